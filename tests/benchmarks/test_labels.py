"""Labels of charts: all inside the frame, none over another, at few and at many points."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from benchmarks.report.charts import Point, draw_quality
from benchmarks.report.labels import overlap


def _points(count: int, spread: float) -> list[Point]:
    rng = np.random.default_rng(count)
    return [
        Point(f"litert-int8+int8-dynamic, beam {n}", 5 + spread * rng.random(), 0.6 + spread * 0.01 * rng.random(), 5.0)
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "spread"), [(1, 1.0), (2, 0.0), (6, 1.0), (12, 0.2), (12, 8.0), (24, 8.0), (36, 8.0)]
)
def test_labels_have_room_of_their_own(count: int, spread: float) -> None:
    points = _points(count, spread)
    figure, axes = draw_quality(points, "a processor")
    figure.draw_without_rendering()
    renderer: Any = figure.canvas.get_renderer()
    frame = axes.get_window_extent(renderer)
    boxes = [text.get_window_extent(renderer).extents for text in axes.texts]
    assert sorted(text.get_text() for text in axes.texts) == sorted(point.name for point in points)
    assert not [1 for one, other in combinations(boxes, 2) if overlap(one, other)]
    assert not [
        box for box in boxes if box[0] < frame.x0 or box[1] < frame.y0 or box[2] > frame.x1 or box[3] > frame.y1
    ]
    legend = axes.get_legend().get_window_extent(renderer).extents
    assert not [box for box in boxes if overlap(box, legend)]
