"""Charts of bars: figures, titles and names of axes stay within the frame, and no axis is in scientific notation."""

from itertools import combinations
from typing import Any

import pytest

from benchmarks.report import charts


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Figures as they are before they become files."""
    kept: list[Any] = []

    def keep(figure: Any) -> bytes:
        kept.append(figure)
        return b""

    monkeypatch.setattr(charts, "_png", keep)
    return kept


@pytest.mark.parametrize("bars", [1, 9, 40])
@pytest.mark.parametrize("largest", [1e-3, 14_359.2, 1e9])
def test_nothing_leaves_the_frame(drawn: list[Any], bars: int, largest: float) -> None:
    from matplotlib import pyplot

    values = {f"litert-int8+int8-dynamic, {n} threads": largest / (1 + n % 7) for n in range(bars)}
    title = "milliseconds a caption, a machine whose name goes on and on " * 3
    charts.bars(values, "time of the whole caption over that of its graphs alone, " * 3, title)
    charts.bars({**values, "small": largest / 3e3}, "milliseconds", title, logarithmic=True)
    for figure in drawn:
        figure.draw_without_rendering()
        renderer, axes = figure.canvas.get_renderer(), figure.axes[0]
        frame = axes.get_window_extent(renderer)
        boxes = [text.get_window_extent(renderer) for text in axes.texts]
        assert len(boxes) >= bars
        assert [box for box in boxes if box.x1 > frame.x1 or box.y1 > frame.y1 or box.y0 < frame.y0] == []
        assert [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])] == []
        for words in (figure._suptitle, axes.xaxis.label):
            shown = words.get_window_extent(renderer)
            assert 0 <= shown.x0 < shown.x1 <= figure.bbox.x1
        pyplot.close(figure)


def test_groups_of_bars_have_room_for_their_figures(drawn: list[Any]) -> None:
    charts.groups({"litert": {"int8": 3.85}, "onnx": {"int8": 5.34, "fp32": 14_359.2}}, "ms", "a title " * 30)
    (figure,) = drawn
    figure.draw_without_rendering()
    renderer, axes = figure.canvas.get_renderer(), figure.axes[0]
    frame = axes.get_window_extent(renderer)
    assert [text for text in axes.texts if text.get_window_extent(renderer).y1 > frame.y1] == []


def test_axes_are_written_in_full(drawn: list[Any]) -> None:
    charts.bars({"a": 5.0, "b": 14_359.2}, "ms", "t", logarithmic=True)
    charts.bars({"a": 5e8, "b": 1e9}, "ms", "t")
    charts.bars({"a": 0.3, "b": 0.7}, "ms", "t")
    for figure in drawn:
        figure.draw_without_rendering()
    steps, large, small = ([t.get_text() for t in figure.axes[0].get_xticklabels()] for figure in drawn)
    assert {"10", "100", "1,000", "10,000"} <= set(steps)
    assert large[1] == "200,000,000"
    assert {"0.1", "0.2", "0.3"} <= set(small)
    assert drawn[1].axes[0].xaxis.get_offset_text().get_text() == ""


def test_no_bars_are_a_chart_too(drawn: list[Any]) -> None:
    charts.bars({}, "ms", "t")
    assert len(drawn) == 1
