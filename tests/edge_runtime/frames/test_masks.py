import timeit

import numpy as np
import numpy.typing as npt
import pytest

from edge_runtime.errors import OptionError, SourceError
from edge_runtime.frames.geometry import Geometry, PictureOptions
from edge_runtime.frames.masks import Mask, Point, check_sources, kept, parse_mask
from edge_runtime.frames.region import Region
from tests.edge_runtime.frames.servers import Pixels

_Marks = npt.NDArray[np.bool_]
_Numbers = npt.NDArray[np.float64]


def _black(masks: tuple[Mask, ...], width: int, height: int) -> _Marks:
    found = kept(masks, width, height)
    assert found.shape == (height, width, 3)
    assert set(np.unique(found)) <= {0, 255}
    assert np.array_equal(found[:, :, 0], found[:, :, 2])
    return found[:, :, 0] == 0


def _mask(rng: np.random.Generator, width: int, height: int) -> Mask:
    """Corners round about a middle, clipped to the picture: a polygon of any form whose edges do not cross."""
    while True:
        turns = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 12)))
        away = rng.uniform(0.5, 0.5 * min(width, height), len(turns))
        middle = rng.uniform(0.3, 0.7, 2) * (width, height)
        points = middle + away[:, None] * np.stack([np.cos(turns), np.sin(turns)], 1)
        try:
            return Mask(tuple((float(x), float(y)) for x, y in points.clip(0, (width, height)) / (width, height)))
        except OptionError:  # clipped to nothing, or to edges that cross
            continue


def _inside(points: tuple[Point, ...], x: _Numbers, y: _Numbers) -> _Marks:
    """Which points lie within, by another way: how often a ray to the right meets an edge."""
    odd = np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        if ay != by:
            odd ^= ((ay > y) != (by > y)) & (x < (bx - ax) * (y - ay) / (by - ay) + ax)
    return odd


@pytest.mark.parametrize("seed", range(60))
def test_every_pixel_that_it_touches_is_black_and_hardly_more(seed: int) -> None:
    rng = np.random.default_rng(seed)
    width, height = (int(side) for side in rng.integers(8, 60, 2))
    mask = _mask(rng, width, height)
    points = mask.within(width, height)
    black = _black((mask,), width, height)
    fine = 16
    y, x = (np.indices((height * fine, width * fine)) + 0.5) / fine
    inside = _inside(points, x, y)
    touched = inside.reshape(height, fine, width, fine).any((1, 3))
    assert not (touched & ~black).any()
    around = np.abs(np.diff([*points, points[0]], axis=0)).sum()
    assert black.sum() <= inside.mean() * width * height + 1.5 * around + 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2,1 5,1 5,3 2,3", (2, 1, 5, 3)),
        ("5,1 5,3 2,3 2,1", (2, 1, 5, 3)),
        ("2,3 5,3 5,1 2,1", (2, 1, 5, 3)),
        ("0,0 .5,0 .5,1 0,1", (0, 0, 4, 4)),
        ("0,0 1,0 1,1 0,1", (0, 0, 8, 4)),
        ("0.3,0.3 0.7,0.3 0.7,0.7 0.3,0.7", (2, 1, 6, 3)),  # 2.4,1.2 to 5.6,2.8
        ("8,4 8,2 6,2 6,4", (6, 2, 8, 4)),
        ("2,1 5,1 5,3 2,3 2,1", (2, 1, 5, 3)),  # closed
        ("2,1 5,1 5,3 2,3 2,1 5,1 5,3 2,3", (2, 1, 5, 3)),  # gone round twice
    ],
)
def test_rectangles(text: str, expected: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = expected
    black = np.zeros((4, 8), bool)
    black[top:bottom, left:right] = True
    assert np.array_equal(_black((parse_mask(text),), 8, 4), black)


def test_a_triangle_to_the_pixel() -> None:
    drawn = "\n".join("".join(".#"[int(black)] for black in row) for row in _black((parse_mask("1,1 7,1 1,5"),), 8, 6))
    assert drawn == "........\n.######.\n.#####..\n.###....\n.##.....\n........"


def test_one_thinner_than_a_pixel_covers_what_it_touches() -> None:
    black = _black((parse_mask("0.1,0.11 0.9,0.11 0.9,0.12"),), 100, 100)
    assert black[11, 10:90].all()
    assert black.sum() == 80


def _frame() -> Pixels:
    rng = np.random.default_rng(0)
    found: Pixels = rng.integers(1, 256, (40, 80, 3)).astype(np.uint8)
    return found


def test_nothing_of_the_frame_itself_is_touched() -> None:
    frame = _frame()
    frame.flags.writeable = False
    before = frame.copy()
    seen = Geometry(masks=(parse_mask("0,0 40,0 40,40 0,40"),)).apply(frame)
    assert np.array_equal(frame, before)
    assert not np.shares_memory(seen, frame)
    assert not seen[:, :40].any()
    assert np.array_equal(seen[:, 40:], frame[:, 40:])
    seen[:] = 7  # a sink may draw on it
    assert not Geometry(masks=(parse_mask("0,0 40,0 40,40 0,40"),)).apply(frame)[:, :40].any()


@pytest.mark.parametrize("region", [None, (8.0, 4.0, 20.0, 30.0), (0.25, 0.0, 0.5, 1.0)])
@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_it_is_drawn_on_the_turned_and_mirrored_picture_before_the_region(
    rotation: int, mirror: bool, region: Region | None
) -> None:
    frame = _frame()
    whole = Geometry(rotation, mirror).apply(frame)
    expected = whole.copy()
    expected[5:20, 10:30] = 0
    seen = Geometry(rotation, mirror, region, (parse_mask("10,5 30,5 30,20 10,20"),)).apply(frame)
    assert np.array_equal(seen, Geometry(region=region).apply(expected))
    assert seen.flags["C_CONTIGUOUS"]
    assert (seen == 0).any()


def test_several_and_for_which_source() -> None:
    options = PictureOptions(
        mask=("0,0 .1,0 .1,1 0,1", "0,0 1,0 1,.1 0,.1@/dev/video1", "0,0 .2,0 .2,1@rtsp://user:p@ss@h/1")
    )
    assert [
        len(options.geometry(names).masks) for names in ({"0"}, {"/dev/video1", "1"}, {"rtsp://user:p@ss@h/1"})
    ] == [1, 2, 2]
    options.check_sources(["/dev/video1", "rtsp://user:p@ss@h/1", "0"])
    black = options.geometry({"/dev/video1"}).apply(np.full((40, 80, 3), 255, np.uint8)) == 0
    assert black[:, :8].all()
    assert black[:4].all()
    assert not black[4:, 8:].any()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "mask '': 0 points; a polygon has 3 to 200"),
        ("1,1 5,5", "mask '1,1 5,5': 2 points"),
        ("0,0 " * 201, "points; a polygon has 3 to 200"),
        ("1,1 5,5 9,9", "mask '1,1 5,5 9,9': has no area"),
        ("1,1 1,1 1,1", "has no area"),
        ("1,1 5,5 5", "must be X,Y X,Y X,Y ..."),
        ("1,1 5,5 5,6,7", "must be X,Y X,Y X,Y ..."),
        ("1,1;5,5;6,1", "mask: must be X,Y X,Y X,Y ..."),
        ("1, 1 5,5 6,1", "must be X,Y X,Y X,Y ..."),
        ("1,1 5,5 x,1", "must be X,Y X,Y X,Y ..."),
        ("1,1 5,5 nan,1", "mask '1,1 5,5 nan,1': reaches beyond the frame, whose near corner is 0,0"),
        ("1,1 5,5 inf,1", "reaches beyond the frame"),
        ("1,1 5,5 1e999,1", "reaches beyond the frame"),
        ("-1,1 5,5 6,1", "reaches beyond the frame, whose near corner is 0,0"),
        (".5,.5 5,5 6,1", "must be whole pixels, or shares of the frame from 0 to 1"),
        ("0,0 9,9 9,0 0,9", "its edges cross; name its corners in the order"),
        ("0,0 .5,0 .5,1@", "@ without a source behind it"),
    ],
)
def test_what_covers_nothing_for_sure_is_refused(text: str, said: str) -> None:
    with pytest.raises(OptionError) as caught:
        PictureOptions(mask=(text,))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_password_in_the_wrong_place_is_not_shown() -> None:
    for text in ("rtsp://user:hush@h/1", "hush@h", "0,0 1,0 1,1,hush@rtsp://user:hush@h/1"):
        with pytest.raises(OptionError) as caught:
            parse_mask(text)
        assert "hush" not in str(caught.value)
    with pytest.raises(OptionError) as caught:
        check_sources([parse_mask("0,0 1,0 1,1@rtsp://user:hush@192.0.2.7/1")], ["0"])
    assert str(caught.value) == "mask '0,0 1,0 1,1': there is no source rtsp://192.0.2.7/1; write it as --source has it"


def test_one_that_reaches_beyond_the_frame_gives_no_picture() -> None:
    geometry = Geometry(masks=(parse_mask("10,5 90,5 90,20"),))
    with pytest.raises(SourceError) as caught:
        geometry.apply(_frame())
    assert str(caught.value) == (
        "mask '10,5 90,5 90,20': reaches beyond the frame, which has 80 x 40 pixels; give it in shares of 1"
    )
    assert Geometry(masks=(parse_mask("10,5 80,5 80,40"),)).apply(_frame()).any()  # the far corner is 80,40
    # Turned, the picture is 40 wide.
    with pytest.raises(SourceError, match="which has 40 x 80 pixels"):
        Geometry(90, masks=(parse_mask("10,5 80,5 80,20"),)).apply(_frame())


def test_frames_of_another_size() -> None:
    shares, pixels = parse_mask("0,0 .5,0 .5,1"), parse_mask("0,0 10,0 10,10")
    Geometry(masks=(shares,)).check_resized((40, 80, 3), (80, 160, 3))
    Geometry().check_resized((40, 80, 3), (80, 160, 3))
    Geometry(masks=(shares, pixels)).check_resized((40, 80, 3), (40, 80, 3))
    with pytest.raises(
        SourceError, match="frames of 160 x 80 pixels instead of 80 x 40, for which the mask in pixels was drawn"
    ):
        Geometry(masks=(shares, pixels)).check_resized((40, 80, 3), (80, 160, 3))


@pytest.mark.alone
def test_it_costs_less_than_half_a_millisecond() -> None:
    frame = np.full((480, 640, 3), 200, np.uint8)
    geometry = Geometry(masks=(parse_mask("0.1,0.1 .5,.2 .3,.9"), parse_mask("300,10 400,10 400,470")))
    geometry.apply(frame)
    assert min(timeit.repeat(lambda: geometry.apply(frame), number=10, repeat=9)) / 10 < 0.5e-3
