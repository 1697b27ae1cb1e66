"""Charts of measurements, as PNG."""

import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.report.labels import place_labels
from benchmarks.report.readable import number

STAGES = ("preprocess", "encode", "decode")
_WIDTH = 9.0
_DPI = 110
_TITLE_LETTERS, _AXIS_LETTERS = 95, 70
"""That fit above a chart, and below its axis."""
_ROOM, _ROOM_A_LETTER = 0.05, 0.02
"""Right of the longest bar, as a share of its length: the longest figure fits into it."""


@dataclass(frozen=True)
class Point:
    """A way to run the model, as good as it is fast.

    Attributes:
        name: Of the configuration.
        milliseconds: Of a caption.
        cider: Of its sentences.
        megabytes: Of its graphs.
    """

    name: str
    milliseconds: float
    cider: float
    megabytes: float


def front(points: Sequence[Point]) -> list[Point]:
    """Return those that no other one beats in both speed and quality (the Pareto front), the fastest first."""
    found: list[Point] = []
    for point in sorted(points, key=lambda point: (point.milliseconds, -point.cider)):
        if not found or point.cider > found[-1].cider:
            found.append(point)
    return found


def quality_against_latency(points: Sequence[Point], where: str) -> bytes:
    """Return each configuration, and the front as a line.

    Args:
        points: At least one.
        where: The machine.
    """
    return _png(draw_quality(points, where)[0])


def draw_quality(points: Sequence[Point], where: str) -> tuple[Any, Any]:
    """Return the chart of `quality_against_latency` as matplotlib's figure and axes."""
    figure, axes = _figure(4.8 + 0.08 * max(0, len(points) - 12))
    best = front(points)
    axes.plot([p.milliseconds for p in best], [p.cider for p in best], color="tab:red", lw=1, label="Pareto front")
    areas = [20 + 8 * point.megabytes for point in points]
    axes.scatter(
        [p.milliseconds for p in points], [p.cider for p in points], s=areas, alpha=0.7, color="tab:blue", zorder=2
    )
    axes.set_xlabel("ms a caption (median)")
    axes.set_ylabel("CIDEr")
    entitle(figure, f"Quality against latency, {where} (area: MB of the graphs)")
    axes.margins(0.15)
    axes.legend(fontsize=8, loc="lower right")
    pixels = axes.figure.dpi / 72
    place_labels(
        axes,
        [(point.milliseconds, point.cider) for point in points],
        [point.name for point in points],
        [pixels * math.sqrt(area / math.pi) for area in areas],
        [(point.milliseconds, point.cider) for point in best],
    )
    return figure, axes


def stacked_stages(stages: Mapping[str, Mapping[str, float]], where: str) -> bytes:
    """Return where the time of a caption goes.

    Args:
        stages: Configuration -> stage -> milliseconds.
        where: The machine.
    """
    figure, axes = _figure(0.4 * len(stages) + 1.5)
    names, left = list(stages), [0.0] * len(stages)
    for stage in STAGES:
        widths = [stages[name].get(stage, 0.0) for name in names]
        axes.barh(names, widths, left=left, label=stage)
        left = [at + width for at, width in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("ms, medians of the stages")
    axes.margins(y=0.01)
    entitle(figure, f"Stages, {where}")
    figure.legend(fontsize=8, loc="outside lower center", ncols=len(STAGES))
    return _png(figure)


def bars(values: Mapping[str, float], unit: str, title: str, logarithmic: bool = False) -> bytes:
    """Return a bar each, its figure beside it.

    Args:
        values: Name -> figure above 0.
        unit: Of the figures.
        title: What is shown.
        logarithmic: Whether ten times as much is one step.
    """
    figure, axes = _figure(0.4 * len(values) + 1.5)
    drawn = axes.barh(list(values), list(values.values()), color="tab:blue")
    axes.bar_label(drawn, [number(value) for value in values.values()], padding=3, fontsize=8)
    axes.invert_yaxis()
    if logarithmic:
        logarithmic_milliseconds(axes)
    make_room(axes)
    name_axis(axes, unit)
    entitle(figure, title)
    return _png(figure)


def groups(values: Mapping[str, Mapping[str, float]], unit: str, title: str) -> bytes:
    """Return bars side by side.

    Args:
        values: Group -> name -> figure.
        unit: Of the figures.
        title: What is shown.
    """
    figure, axes = _figure(4.0)
    names = list(dict.fromkeys(name for group in values.values() for name in group))
    width = 0.8 / max(1, len(names))
    for place, name in enumerate(names):
        shown = [(at, group[name]) for at, group in enumerate(values.values()) if name in group]
        at = [x + (place - (len(names) - 1) / 2) * width for x, _ in shown]
        drawn = axes.bar(at, [value for _, value in shown], width, label=name)
        axes.bar_label(drawn, [number(value) for _, value in shown], padding=2, fontsize=7)
    axes.set_xticks(range(len(values)), list(values))
    axes.margins(y=0.12)
    axes.set_ylabel(unit)
    axes.yaxis.set_major_formatter(_tick)
    entitle(figure, title)
    figure.legend(fontsize=8, loc="outside lower center", ncols=4)
    return _png(figure)


def entitle(figure: Any, title: str) -> None:
    """Write a title in lines that are no wider than the figure: a processor's name may be long."""
    figure.suptitle(textwrap.fill(title, _TITLE_LETTERS), fontsize=10)


def name_axis(axes: Any, text: str) -> None:
    """Say below the x axis what it is, in lines that are no wider than it."""
    axes.set_xlabel(textwrap.fill(text, _AXIS_LETTERS))


def make_room(axes: Any) -> None:
    """Room right of the longest bar for the longest figure beside a bar, and plain numbers along the axis."""
    low, largest = axes.get_xlim()[0], max((bar.get_width() for bar in axes.patches), default=1.0)
    room = _ROOM + _ROOM_A_LETTER * max((len(text.get_text()) for text in axes.texts), default=0)
    axes.set_xlim(low, largest * (largest / low) ** room if axes.get_xscale() == "log" else largest * (1 + room))
    axes.xaxis.set_major_formatter(_tick)


def _tick(value: float, _: int) -> str:
    """Return a tick in full: its own number is off by what a float cannot hold."""
    return f"{value:,.6f}".rstrip("0").rstrip(".")


def logarithmic_milliseconds(axes: Any) -> None:
    """Make the x axis logarithmic, with plain numbers at 1, 2 and 5 of each power of ten and none in between."""
    from matplotlib.ticker import LogLocator, NullFormatter

    axes.set_xscale("log")
    low, high = axes.get_xlim()
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if high / low < 1e3 else (1.0,)))
    axes.xaxis.set_major_formatter(_tick)
    axes.xaxis.set_minor_formatter(NullFormatter())


def _figure(height: float) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(_WIDTH, max(2.2, height)), layout="constrained", dpi=_DPI)
    return figure, axes


def _png(figure: Any) -> bytes:
    from matplotlib import pyplot

    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    pyplot.close(figure)
    return buffer.getvalue()
