import os
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_runtime.errors import SourceError, SourceLostError
from edge_runtime.frames.images import ImageFolderSource
from edge_runtime.frames.options import SourceOptions


def _corner(source: ImageFolderSource) -> list[int]:
    corner: list[int] = source.retrieve()[2, 2].tolist()
    return corner


def test_in_the_order_of_names_and_then_an_end(tmp_path: Path) -> None:
    for name, colour in (("b.png", (1, 2, 3)), ("a.png", (10, 20, 30)), ("c.png", (200, 100, 0))):
        Image.new("RGB", (40, 30), colour).save(tmp_path / name)
    (tmp_path / ".hidden.png").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    source = ImageFolderSource(str(tmp_path))
    for _ in range(2):  # a second time as the first
        with source:
            seen = []
            while source.grab():
                seen.append((source.position, _corner(source)))
            assert seen == [(0, [30, 20, 10]), (1, [3, 2, 1]), (2, [0, 100, 200])]
            assert not source.grab()
    assert not source.live


def test_upright_over_white_and_small(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (4000, 1000), "blue")
    image.paste("red", (0, 0, 2000, 1000))
    for name in ("a.jpg", "b.tif", "c.png"):
        image.save(tmp_path / name, exif=exif)
    Image.new("RGBA", (50, 40), (0, 0, 0, 0)).save(tmp_path / "d.png")
    with ImageFolderSource(str(tmp_path)) as source:
        for _ in range(3):
            assert source.grab()
            pixels = source.retrieve()
            assert pixels.shape == (1920, 480, 3)
            assert pixels.flags["C_CONTIGUOUS"]
            assert pixels[10, 240].tolist()[2] > 250  # red is above
            assert pixels[-10, 240].tolist()[0] > 250
        assert source.grab()
        assert source.retrieve().shape == (40, 50, 3)
        assert _corner(source) == [255, 255, 255]


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30), (1, 2, 3)).save(tmp_path / "b.png")
    (tmp_path / "a.jpg").write_bytes(b"not a picture")
    said: list[str] = []
    with ImageFolderSource(str(tmp_path), log=said.append) as source:
        assert source.grab()
        assert _corner(source) == [3, 2, 1]
        assert not source.grab()
    assert said == [
        f"{tmp_path}/a.jpg: not a picture in a format that can be read; use JPEG, PNG, WebP, GIF, BMP or TIFF (passed over)"
    ]


def test_a_folder_without_pictures_is_one_sentence(tmp_path: Path) -> None:
    for name in ("a.txt", "b", "c.mp4", ".d.jpg"):
        (tmp_path / name).write_bytes(b"no picture")
    (tmp_path / "e.jpg").mkdir()
    said: list[str] = []
    with pytest.raises(SourceError) as caught, ImageFolderSource(str(tmp_path), log=said.append):
        pass
    assert str(caught.value) == f"{tmp_path}: the folder has no pictures; put some into it, or name another one"
    assert said == []
    Image.new("RGB", (40, 30), (1, 2, 3)).save(tmp_path / "F.PNG")
    with ImageFolderSource(str(tmp_path)) as source:
        assert source.grab()


def test_in_real_time(tmp_path: Path) -> None:
    for number in range(6):
        Image.new("RGB", (40, 30), (0, 0, 40 * number)).save(tmp_path / f"{number}.png")
    with ImageFolderSource(str(tmp_path), SourceOptions(fps=10, realtime=True)) as source:
        assert source.live
        began = time.monotonic()
        times, seen = [], []
        while source.grab():
            times.append(time.monotonic() - began)
            seen.append(_corner(source)[0] // 40)
            if len(seen) == 2:
                time.sleep(0.25)  # 0.1 s + 0.25 s: those of 0.2 s are gone when the next is asked for
    assert seen == [0, 1, 3, 4, 5]
    assert times == pytest.approx([0.0, 0.1, 0.35, 0.4, 0.5], abs=0.04)


def test_errors(tmp_path: Path) -> None:
    with (
        pytest.raises(SourceError, match="the folder has no pictures; put some into it"),
        ImageFolderSource(str(tmp_path)),
    ):
        pass
    with pytest.raises(SourceError, match="no such folder"), ImageFolderSource(str(tmp_path / "x")):
        pass
    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    with ImageFolderSource(str(tmp_path)) as source, pytest.raises(SourceLostError, match="no picture has been read"):
        source.retrieve()


def test_what_is_no_file_is_named_and_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").symlink_to("b.jpg")
    Image.new("RGB", (40, 30), (1, 2, 3)).save(tmp_path / "c.png")
    said: list[str] = []
    with ImageFolderSource(str(tmp_path), log=said.append) as source:
        assert source.grab()
        assert _corner(source) == [3, 2, 1]
        assert not source.grab()
    assert [words.removeprefix(f"{tmp_path}/").partition(";")[0] for words in said] == [
        "a.jpg: a pipe, not a file",
        "b.jpg: cannot be read (Too many levels of symbolic links)",
    ]


def test_what_looks_like_twelve_bits_is_said(tmp_path: Path) -> None:
    Image.fromarray(np.full((32, 32), 1023, np.uint16)).save(tmp_path / "a.png")
    said: list[str] = []
    with ImageFolderSource(str(tmp_path), log=said.append) as source:
        assert source.grab()
    assert len(said) == 1
    assert said[0].startswith(f"{tmp_path}/a.png: no value is beyond a sixteenth of its 16 bits")


@pytest.mark.parametrize("realtime", [False, True])
def test_a_folder_is_shown_again_and_its_time_goes_on(realtime: bool, tmp_path: Path) -> None:
    for number in range(3):
        Image.new("RGB", (40, 30), (0, 0, 40 * number)).save(tmp_path / f"{number}.png")
    with ImageFolderSource(str(tmp_path), SourceOptions(fps=50, realtime=realtime, loop=True)) as source:
        seen, positions = [], []
        for _ in range(7):
            assert source.grab()
            seen.append(_corner(source)[0] // 40)
            positions.append(source.position)
    assert seen == [0, 1, 2, 0, 1, 2, 0]
    assert positions == pytest.approx([0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12])
    assert not source.grab()


def test_a_folder_without_a_picture_that_can_be_read_is_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"none")
    with (
        pytest.raises(SourceError, match="none of its pictures can be read"),
        ImageFolderSource(str(tmp_path), SourceOptions(loop=True)) as source,
    ):
        source.grab()
