"""Tests of edge_runtime.pictures.listing."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from edge_runtime.commands.caption import _sources
from edge_runtime.errors import PictureError
from edge_runtime.frames.images import ImageFolderSource
from edge_runtime.pictures.listing import listed_pictures, picture_files, walk_pictures
from edge_runtime.pictures.preprocess import load_input


def _picture(path: Path) -> Path:
    Image.new("RGB", (32, 32)).save(path)
    return path


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that another user may search."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def _nobody() -> Iterator[None]:
    """The rights of no user in particular, where the tests are run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_folders_within_folders_in_order(tmp_path: Path) -> None:
    for name in ("b.jpg", "a/z.png", "a/b/c.JPG", "c.txt", "d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "a/b/loop").symlink_to(tmp_path)
    found = [str(path).removeprefix(f"{tmp_path}/") for path in walk_pictures(tmp_path, recursive=True)]
    assert found == ["a/b/c.JPG", "a/z.png", "b.jpg", "d.png"]
    assert list(walk_pictures(tmp_path, recursive=False)) == [str(tmp_path / "b.jpg"), str(tmp_path / "d.png")]


def test_folders_as_deep_as_a_path_may_be_long_and_deeper(tmp_path: Path) -> None:
    _picture(tmp_path / "z.jpg")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(2500):
        os.mkdir("a", dir_fd=here)
        inner = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    first, last = walk_pictures(tmp_path, recursive=True)
    subprocess.run(["rm", "-rf", str(tmp_path / "a")], check=True)  # too deep for Python's own
    assert isinstance(first, PictureError)
    assert "cannot be listed (File name too long)" in str(first)
    assert last == str(tmp_path / "z.jpg")


def test_a_folder_that_may_not_be_searched_or_listed(shared: Path) -> None:
    for name, mode in (("a-listed", 0o444), ("b-closed", 0o000), ("c-open", 0o755)):
        (shared / name).mkdir()
        _picture(shared / name / "p.jpg")
        (shared / name).chmod(mode)
    with _nobody():
        found = list(walk_pictures(shared, recursive=True))
        with pytest.raises(PictureError, match=r"p.jpg: cannot be read \(Permission denied\)"):
            load_input(str(found[0]), 32, 32)
        with pytest.raises(PictureError, match="b-closed: cannot be listed"):
            picture_files(shared / "b-closed")
    assert found[0] == str(shared / "a-listed/p.jpg")
    assert "b-closed: cannot be listed (Permission denied)" in str(found[1])
    assert found[2] == str(shared / "c-open/p.jpg")
    for name in ("a-listed", "b-closed"):
        (shared / name).chmod(0o755)


def test_what_is_no_file_is_named_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "b.jpg"))
    (tmp_path / "c.jpg").symlink_to("/dev/zero")
    (tmp_path / "d.jpg").symlink_to("d.jpg")
    (tmp_path / "e.jpg").symlink_to("gone.jpg")
    _picture(tmp_path / "f.jpg")
    said = []
    for source in walk_pictures(tmp_path, recursive=True):
        try:
            load_input(str(source), 32, 32)
            said.append("read")
        except PictureError as error:
            said.append(str(error).removeprefix(f"{tmp_path}/"))
    assert said == [
        "a.jpg: a pipe, not a file; pipe its content into the command and write - for it",
        "b.jpg: a socket, not a file; name a picture",
        "c.jpg: a device, not a file; pipe its content into the command and write - for it",
        "d.jpg: cannot be read (Too many levels of symbolic links); check the path and its permissions",
        "e.jpg: no such file; check the path",
        "read",
    ]
    assert picture_files(tmp_path) == [tmp_path / "f.jpg"]


def test_every_reader_of_a_folder_takes_the_same_pictures(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.png", "._a.png", ".hidden.jpg", "c.txt", "d.mp4", "e", ".jpg"):
        (tmp_path / name).write_bytes(b"x")
        if name in ("b.JPG", "a.png"):
            Image.new("RGB", (40, 30), (len(name), 2, 3)).save(tmp_path / name)
    (tmp_path / "f.jpg").mkdir()
    (tmp_path / ".thumbnails").mkdir()
    _picture(tmp_path / ".thumbnails/t.png")
    wanted = [tmp_path / "a.png", tmp_path / "b.JPG"]
    assert listed_pictures(tmp_path) == picture_files(tmp_path) == wanted
    for recursive in (False, True):
        assert list(_sources([str(tmp_path)], recursive)) == [str(path) for path in wanted]
    said: list[str] = []
    with ImageFolderSource(str(tmp_path), log=said.append) as source:
        assert [source.grab() for _ in range(3)] == [True, True, False]
    assert said == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"gone: cannot be listed \(No such file or directory\)"):
        picture_files(tmp_path / "gone")
