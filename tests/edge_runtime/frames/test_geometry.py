import numpy as np
import pytest

from edge_runtime.errors import OptionError, SourceError
from edge_runtime.frames.geometry import Geometry
from edge_runtime.frames.region import Region, parse_region
from tests.edge_runtime.frames.servers import Pixels


def _frame() -> Pixels:
    """80 x 40: red at the top left, green at the top right, blue at the bottom left, white at the bottom right."""
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:20, :40], pixels[:20, 40:] = (0, 0, 255), (0, 255, 0)
    pixels[20:, :40], pixels[20:, 40:] = (255, 0, 0), (255, 255, 255)
    return pixels


def _corners(pixels: Pixels) -> str:
    names = {(0, 0, 255): "r", (0, 255, 0): "g", (255, 0, 0): "b", (255, 255, 255): "w"}
    return "".join(names[tuple(pixels[place].tolist())] for place in ((0, 0), (0, -1), (-1, 0), (-1, -1)))


@pytest.mark.parametrize(
    ("geometry", "corners", "shape"),
    [
        (Geometry(), "rgbw", (40, 80, 3)),
        (Geometry(90), "brwg", (80, 40, 3)),
        (Geometry(180), "wbgr", (40, 80, 3)),
        (Geometry(270), "gwrb", (80, 40, 3)),
        (Geometry(mirror=True), "grwb", (40, 80, 3)),
        (Geometry(90, mirror=True), "rbgw", (80, 40, 3)),
        (Geometry(region=(40, 0, 40, 20)), "gggg", (20, 40, 3)),
        (Geometry(region=(0, 0.5, 1, 0.5)), "bwbw", (20, 80, 3)),
        (Geometry(90, mirror=True, region=(0, 40, 40, 40)), "gwgw", (40, 40, 3)),
        (Geometry(region=(0, 0, 1, 1)), "rgbw", (40, 80, 3)),
    ],
)
def test_turned_mirrored_then_cut(geometry: Geometry, corners: str, shape: tuple[int, ...]) -> None:
    pixels = geometry.apply(_frame())
    assert pixels.shape == shape
    assert pixels.flags["C_CONTIGUOUS"]
    assert _corners(pixels) == corners


def test_nothing_to_do_copies_nothing() -> None:
    frame = _frame()
    assert Geometry().apply(frame) is frame


@pytest.mark.parametrize(
    "region", [(0, 0, 0, 10), (-1, 0, 10, 10), (0.5, 0, 0.6, 1), (0, 0, 10.5, 10), (0, 0, float("nan"), 1)]
)
def test_impossible_region(region: Region) -> None:
    with pytest.raises(OptionError, match="region"):
        Geometry(region=region)


def test_impossible_rotation() -> None:
    with pytest.raises(OptionError, match="rotation 45: must be 0, 90, 180 or 270"):
        Geometry(45)


def test_region_beyond_the_frame() -> None:
    with pytest.raises(SourceError, match="region 50,0,40,20: reaches beyond the frame, which has 80 x 40 pixels"):
        Geometry(region=(50, 0, 40, 20)).apply(_frame())
    with pytest.raises(SourceError, match="only 8 x 40 pixels of a frame of 80 x 40"):
        Geometry(region=(0, 0, 0.1, 1)).apply(_frame())


def test_region_as_written() -> None:
    assert parse_region("10, 20,300,400") == (10, 20, 300, 400)
    assert parse_region("0,0.25,1,.5") == (0, 0.25, 1, 0.5)
    for text in ("1,2,3", "1,2,3,x", ""):
        with pytest.raises(OptionError, match="must be X,Y,WIDTH,HEIGHT"):
            parse_region(text)
