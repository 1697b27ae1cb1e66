import numpy as np
import pytest

from edge_runtime.errors import OptionError, SourceError
from edge_runtime.frames.geometry import PictureOptions
from edge_runtime.frames.zones import Zone, parse_zones


def test_zones_as_written() -> None:
    options = PictureOptions(zone=("porch=0,0,.5,1", "Street_2-b = 40, 0, 40, 40"))
    assert options.zones() == (Zone("porch", (0, 0, 0.5, 1)), Zone("Street_2-b", (40, 0, 40, 40)))
    assert PictureOptions().zones() == ()


def test_its_part_of_the_picture() -> None:
    pixels = np.arange(40 * 80 * 3).reshape(40, 80, 3).astype(np.uint8)
    cut = Zone("porch", (0.5, 0, 0.5, 1)).cut(pixels)
    assert np.array_equal(cut, pixels[:, 40:])
    assert cut.flags["C_CONTIGUOUS"]
    assert np.array_equal(Zone("porch", (10, 4, 20, 30)).cut(pixels), pixels[4:34, 10:30])


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (("porch",), "zone 'porch': must be NAME=X,Y,WIDTH,HEIGHT"),
        (("=0,0,1,1",), "zone '': no name; it has letters, digits, - and _, 32 at the most"),
        (("the porch=0,0,1,1",), "zone 'the porch': no name"),
        (("pörch=0,0,1,1",), "zone 'pörch': no name"),
        (("a" * 33 + "=0,0,1,1",), "no name"),
        (("-\n=0,0,1,1", "-=0,0,1,1"), "zone -: named twice"),
        (("porch=0,0,1",), "zone porch '0,0,1': must be X,Y,WIDTH,HEIGHT"),
        (("porch=0,0,0,1",), "zone porch 0,0,0,1: must be X,Y,WIDTH,HEIGHT, none of them negative"),
        (("porch=.5,0,.6,1",), "zone porch 0.5,0,0.6,1: reaches beyond the frame"),
        (("porch=0,0,10.5,20",), "zone porch 0,0,10.5,20: must be whole pixels"),
        (("porch=0,0,nan,1",), "zone porch 0,0,nan,1: must be"),
        (
            ("porch=0,0,1,1", "street=0,0,1,1", "porch=0,0,.5,1"),
            "zone porch: named twice; give each zone a name of its own",
        ),
    ],
)
def test_what_is_no_zone(texts: tuple[str, ...], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_zones(texts)
    assert said in str(caught.value)


def test_a_zone_outside_the_picture() -> None:
    pixels = np.zeros((40, 80, 3), np.uint8)
    with pytest.raises(
        SourceError, match=r"^zone porch 50,0,40,20: reaches beyond the frame, which has 80 x 40 pixels"
    ):
        Zone("porch", (50, 0, 40, 20)).cut(pixels)
    with pytest.raises(SourceError, match=r"^zone porch 0,0,0\.1,1: only 8 x 40 pixels"):
        Zone("porch", (0, 0, 0.1, 1)).cut(pixels)
