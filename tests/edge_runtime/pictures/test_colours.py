import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from edge_runtime.pictures.preprocess import load_input, load_upright
from tests.edge_runtime.pictures.made_profiles import profile


def _file(colour: tuple[int, int, int], icc: bytes | None, mode: str = "RGB", kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (32, 32), colour).convert(mode).save(stream, kind, icc_profile=icc)
    return stream.getvalue()


def _first(content: bytes) -> list[int]:
    values: list[int] = load_input(content, 32, 32)[5, 5].tolist()
    return values


@pytest.mark.parametrize(
    ("space", "given", "expected"),
    [
        # By the matrices of the spaces: https://www.w3.org/TR/css-color-4/#color-conversion-code
        ("display-p3", (180, 80, 60), [196, 70, 49]),
        ("adobe", (100, 150, 100), [66, 151, 97]),
        ("prophoto", (120, 100, 80), [158, 115, 93]),
    ],
)
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_wide_gamut_becomes_srgb(space: str, given: tuple[int, int, int], expected: list[int], kind: str) -> None:
    found = _first(_file(given, profile(space), kind=kind))
    assert np.abs(np.array(found) - expected).max() <= 3, found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_in_every_format_that_holds_profiles(kind: str) -> None:
    plain, wide = _file((100, 150, 100), None, kind=kind), _file((100, 150, 100), profile("adobe"), kind=kind)
    assert _first(plain)[0] - _first(wide)[0] > 15
    assert (load_upright(wide, 32)[5, 5] == _first(wide)).all()


def test_srgb_by_any_name_changes_nothing() -> None:
    own = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    rng = np.random.default_rng(0)
    image = Image.fromarray(rng.integers(0, 255, (40, 50, 3), np.uint8))
    results = []
    for icc in (None, own, profile("srgb")):
        stream = io.BytesIO()
        image.save(stream, "PNG", icc_profile=icc)
        results.append(load_input(stream.getvalue(), 32, 32))
    assert (results[0] == results[1]).all()
    assert (results[0] == results[2]).all()


def test_a_profile_that_is_damaged_or_of_something_else_is_passed_over() -> None:
    wide = profile("prophoto")
    for icc in (wide[:150], wide[:16] + b"CMYK" + wide[20:], wide[:128] + b"\xff" * (len(wide) - 128), b"x"):
        assert _first(_file((120, 100, 80), icc)) == [120, 100, 80]
    assert _first(_file((90, 90, 90), wide, mode="L")) == [90, 90, 90]
