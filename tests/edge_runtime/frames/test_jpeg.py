import io

import numpy as np
import pytest
from PIL import Image

from edge_runtime.frames import jpeg
from edge_runtime.frames.jpeg import JpegSplitter, is_whole


def _picture(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (24, 32, 3), np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "JPEG", quality=90)
    return content.getvalue()


def test_only_the_newest_whole_picture_is_kept() -> None:
    first, second, third = map(_picture, range(3))
    splitter = JpegSplitter()
    assert splitter.feed(first + second + third[:100]) == second
    assert splitter.feed(third[100:]) == third


@pytest.mark.parametrize("size", [1, 7, 500])
def test_in_parts_of_any_size(size: int) -> None:
    pictures = [_picture(seed) for seed in range(4)]
    stream = b"noise\xff" + b"\0\0".join(pictures)
    splitter = JpegSplitter()
    found = [splitter.feed(stream[at : at + size]) for at in range(0, len(stream), size)]
    assert [picture for picture in found if picture] == pictures


def test_end_marker_inside_a_thumbnail_is_no_end() -> None:
    picture = _picture(0)
    application = b"\xff\xe1" + (2 + 8).to_bytes(2, "big") + b"ab\xff\xd8\xff\xd9cd"
    with_thumbnail = picture[:2] + application + picture[2:]
    assert JpegSplitter().feed(with_thumbnail + picture[:50]) == with_thumbnail


def test_a_stream_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg, "MAX_BYTES", 4 << 20)
    splitter = JpegSplitter()
    assert splitter.feed(b"x" * (8 << 20)) is None  # no picture has begun: nothing is kept
    with pytest.raises(ValueError, match="4 MB without a whole picture"):
        splitter.feed(_picture(0)[:-2] + b"\0" * (5 << 20))


def test_whole() -> None:
    picture = _picture(0)
    assert is_whole(picture)
    assert is_whole(picture + b"\r\n\0\0")
    assert not is_whole(picture[:-2])
    assert not is_whole(picture[1:])
