import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_runtime.errors import PictureError, PictureNotFoundError
from edge_runtime.pictures.preprocess import load_input


def _corner(path: Path) -> list[int]:
    values: list[int] = load_input(path, 32, 32)[2, 2].tolist()
    return values


def _left_red(size: tuple[int, int] = (64, 48)) -> Image.Image:
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return image


def test_shape_and_type(tmp_path: Path) -> None:
    _left_red().save(tmp_path / "a.png")
    pixels = load_input(tmp_path / "a.png", 24, 40)
    assert pixels.shape == (24, 40, 3)
    assert pixels.dtype == np.uint8
    assert pixels[12, 2].tolist() == [255, 0, 0]
    assert pixels[12, 37].tolist() == [0, 0, 255]


@pytest.mark.parametrize(
    ("orientation", "where"),
    [(1, "left"), (2, "right"), (3, "right"), (4, "left"), (5, "top"), (6, "top"), (7, "bottom"), (8, "bottom")],
)
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_exif_orientation(tmp_path: Path, orientation: int, where: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    exif = Image.Exif()
    exif[0x0112] = orientation
    _left_red().save(path, exif=exif)
    pixels = load_input(path, 32, 32).astype(int)
    places = {"left": (16, 3), "right": (16, 28), "top": (3, 16), "bottom": (28, 16)}
    red = {name: pixels[place][0] > 150 and pixels[place][2] < 100 for name, place in places.items()}
    assert red[where]
    opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[where]
    assert not red[opposite]


def test_turned_picture_keeps_its_detail(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    upright = Image.fromarray(rng.integers(0, 255, (40, 24, 3), np.uint8)).resize((240, 400), Image.Resampling.BICUBIC)
    exif = Image.Exif()
    exif[0x0112] = 6
    upright.save(tmp_path / "upright.png")
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png", exif=exif)
    difference = load_input(tmp_path / "upright.png", 32, 48).astype(int) - load_input(tmp_path / "turned.png", 32, 48)
    assert abs(difference).max() <= 2


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I;16", "I", "F"])
def test_every_mode_of_a_picture(mode: str) -> None:
    white = Image.new("L", (32, 32), 255)
    if mode in ("I;16", "I"):
        image = Image.fromarray(np.full((32, 32), 65535, np.uint16 if mode == "I;16" else np.int32))
    elif mode == "F":
        gradient = np.linspace(0, 1, 32 * 32, dtype=np.float32).reshape(32, 32)
        image = Image.fromarray(gradient)
    else:
        rgb = white.convert("RGB")
        image = rgb.convert("RGBA").convert("LA") if mode == "LA" else rgb.convert(mode)
    pixels = load_input(image, 32, 32)
    assert pixels.shape == (32, 32, 3)
    assert pixels[-1, -1].min() >= 250


def test_alpha_lies_over_white() -> None:
    image = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    assert load_input(image, 32, 32).min() == 255
    palette = Image.new("P", (32, 32), 0)
    palette.info["transparency"] = 0
    assert load_input(palette, 32, 32).min() == 255


def test_cmyk_file(tmp_path: Path) -> None:
    Image.new("CMYK", (32, 32), (0, 255, 255, 0)).save(tmp_path / "a.jpg")
    red, green, blue = _corner(tmp_path / "a.jpg")
    assert red > 200
    assert max(green, blue) < 60


def test_first_picture_of_an_animation(tmp_path: Path) -> None:
    red, blue = Image.new("RGB", (32, 32), "red"), Image.new("RGB", (32, 32), "blue")
    for suffix in ("gif", "webp", "png", "tif"):
        red.save(tmp_path / f"a.{suffix}", save_all=True, append_images=[blue])
        red_value, _, blue_value = _corner(tmp_path / f"a.{suffix}")
        assert (red_value > 200, blue_value < 60) == (True, True)


def test_sixteen_bit_file(tmp_path: Path) -> None:
    Image.fromarray(np.full((32, 32), 32896, np.uint16)).save(tmp_path / "a.png")
    assert _corner(tmp_path / "a.png") == [128, 128, 128]


@pytest.mark.parametrize("shape", [(32, 32), (32, 32, 1), (32, 32, 3), (32, 32, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.dtype(">u2")])
def test_arrays(shape: tuple[int, ...], dtype: Any) -> None:
    assert load_input(np.full(shape, np.iinfo(dtype).max, dtype), 32, 32).min() == 255


def test_large_photograph_is_read_small_but_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    smooth = Image.fromarray(rng.integers(0, 255, (30, 40, 3), np.uint8)).resize((4000, 3000), Image.Resampling.BICUBIC)
    smooth.save(tmp_path / "a.jpg", quality=92)
    whole = load_input(np.asarray(Image.open(tmp_path / "a.jpg")), 224, 224).astype(int)
    assert np.abs(load_input(tmp_path / "a.jpg", 224, 224) - whole).mean() < 1.0


def test_an_array_that_is_not_contiguous() -> None:
    frame = np.zeros((64, 96, 3), np.uint8)
    frame[:, :48] = 255
    assert load_input(frame[:, ::-1], 32, 32)[5, 30].tolist() == [255, 255, 255]


def _png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_bad_files(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("this is no picture")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "bomb.png").write_bytes(_png_header(60000, 60000))
    (tmp_path / "large.png").write_bytes(_png_header(12000, 12000))
    _left_red((300, 200)).save(tmp_path / "whole.jpg", quality=95)
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "whole.jpg").read_bytes()[:2500])
    _left_red((300, 200)).save(tmp_path / "whole.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "whole.png").read_bytes()[:200])
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    Image.new("RGB", (20000, 10)).save(tmp_path / "line.png")
    Image.new("RGB", (2000, 50)).save(tmp_path / "strip.png")
    expected = {
        "none.jpg": "no such file",
        "text.jpg": "not a picture",
        "empty.jpg": "the file is empty",
        "bomb.png": "megapixels",
        "large.png": "12000 x 12000 pixels is too large",
        "cut.jpg": "damaged or truncated",
        "cut.png": "damaged or truncated",
        "dot.png": "1 x 1 pixels is too small",
        "line.png": "20000 x 10 pixels is too small",
        "strip.png": "2000 x 50 pixels is too narrow",
        "": "a folder, not a picture",
    }
    for name, message in expected.items():
        with pytest.raises(PictureError, match=message) as caught:
            load_input(tmp_path / name, 32, 32)
        assert str(tmp_path / name) in str(caught.value)
    with pytest.raises(FileNotFoundError):
        load_input(tmp_path / "none.jpg", 32, 32)
    assert issubclass(PictureNotFoundError, PictureError)


def test_bad_arrays() -> None:
    cases: list[tuple[Any, str]] = [
        (np.zeros((32, 32, 3), np.float32), "array of float32: not pixel values"),
        (np.zeros((32,), np.uint8), "array of shape 32: not a picture"),
        (np.zeros((32, 32, 2), np.uint8), "array of shape 32 x 32 x 2: not a picture"),
        (np.zeros((0, 32, 3), np.uint8), "array without pixels"),
    ]
    for array, message in cases:
        with pytest.raises(PictureError, match=message):
            load_input(array, 32, 32)


def test_an_orientation_that_is_none_of_the_eight(tmp_path: Path) -> None:
    for index, value in enumerate(("6", 9, 0, 70000)):
        exif = Image.Exif()
        exif[0x0112] = value
        path = tmp_path / f"{index}.jpg"
        try:
            _left_red().save(path, exif=exif)
        except (struct.error, TypeError, ValueError):
            continue
        assert load_input(path, 32, 32)[16, 3, 0] > 200


def test_a_small_file_does_not_take_all_memory(tmp_path: Path) -> None:
    import resource

    image = Image.new("P", (6500, 6500), 1)
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.save(tmp_path / "a.png", transparency=0)
    del image
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert load_input(tmp_path / "a.png", 224, 224)[100, 100].tolist() == [255, 0, 0]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000


def test_a_large_jpeg_passes_and_a_large_png_does_not(tmp_path: Path) -> None:
    image = Image.new("L", (9000, 6000), 255)
    image.save(tmp_path / "a.jpg")
    assert load_input(tmp_path / "a.jpg", 64, 64).min() == 255
    image.save(tmp_path / "a.png")
    with pytest.raises(PictureError, match="9000 x 6000 pixels is too large"):
        load_input(tmp_path / "a.png", 64, 64)


def test_the_callers_picture_stays_as_it_is(tmp_path: Path) -> None:
    _left_red((3000, 2000)).save(tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as image:
        load_input(image, 32, 32)
        assert image.size == (3000, 2000)


def test_postscript_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\nshowpage\n")
    with pytest.raises(PictureError, match="not a picture in a format"):
        load_input(tmp_path / "a.jpg", 32, 32)


def test_greyscale_of_more_than_eight_bits() -> None:
    ramp = np.linspace(0, 1, 1024, dtype=np.float64).reshape(32, 32)
    for values in (ramp * 255, ramp, ramp * 1e6 - 5e5):
        pixels = load_input(Image.fromarray(values.astype(np.float32)), 32, 32)
        assert (pixels[0, 0, 0], pixels[-1, -1, 0]) == (0, 255)
    assert load_input(Image.fromarray((ramp * 255).astype(np.int32)), 32, 32)[-1, -1, 0] == 255
    odd = (ramp * 200).astype(np.float32)
    odd[5, 5], odd[6, 6] = np.inf, np.nan
    assert load_input(Image.fromarray(odd), 32, 32)[-1, -1, 0] == 200
    with pytest.raises(PictureError, match="no pixel has a value"):
        load_input(Image.fromarray(np.full((32, 32), np.nan, np.float32)), 32, 32)


def test_things_that_are_no_picture() -> None:
    with pytest.raises(PictureError, match="a NoneType is no picture"):
        load_input(None, 32, 32)  # type: ignore[arg-type]
    with pytest.raises(PictureError, match="cannot be read"):
        load_input("a\0b", 32, 32)


def test_a_file_that_is_too_long_is_not_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "a.jpg").open("wb") as file:
        file.truncate(3 << 30)
    with pytest.raises(PictureError, match="more than 128 MB"):
        load_input(tmp_path / "a.jpg", 32, 32)


def test_values_of_sixteen_bits_in_either_byte_order() -> None:
    values = np.linspace(0, 65535, 32 * 32).reshape(32, 32)
    little = load_input(values.astype("<u2"), 32, 32)
    assert (load_input(values.astype(">u2"), 32, 32) == little).all()
    assert (little[0, 0, 0], little[-1, -1, 0]) == (0, 255)


def test_any_exception_of_a_decoder_is_a_picture_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _left_red().save(tmp_path / "a.png")
    cases = [
        (RuntimeError("Failed to decode"), r"a.png: damaged or truncated \(Failed to decode\); copy or fetch it again"),
        (KeyError("x"), "damaged or truncated"),
        (AssertionError(), r"damaged or truncated \(AssertionError\)"),
        (RecursionError("too\ndeep"), r"damaged or truncated \(too deep\)"),
        (MemoryError(), "there is no memory to decode it; close other programs"),
    ]
    for raised, words in cases:

        def load(self: Any, raised: Exception = raised) -> None:
            raise raised

        monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", load, raising=False)
        with pytest.raises(PictureError, match=words):
            load_input(tmp_path / "a.png", 32, 32)


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    _left_red().save(tmp_path / "a.png")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for name in ("", "empty", "a.png", "gone"):
        try:
            load_input(tmp_path / name, 32, 32)
        except PictureError:
            continue
    assert len(list(Path("/proc/self/fd").iterdir())) == before
