import io
import warnings

import numpy as np
import pytest
from PIL import Image

from edge_runtime.errors import PictureWarning
from edge_runtime.pictures.preprocess import load_input, load_upright
from tests.edge_runtime.pictures.made_tiffs import grey

_RAMP = np.linspace(0, 255, 32).round().astype(np.uint16)[None].repeat(32, 0)
"""From black on the left to white on the right."""


def _levels(content: bytes) -> list[int]:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pixels = load_input(content, 32, 32)
        assert (load_upright(content, 32) == pixels).all()
    levels: list[int] = pixels[16, :, 1].tolist()
    return levels


def test_white_is_zero_in_every_depth() -> None:
    ramp = _RAMP[0].tolist()
    assert _levels(grey(32, 32, 8, 0, (255 - _RAMP).astype(np.uint8).tobytes())) == ramp
    assert _levels(grey(32, 32, 16, 1, (_RAMP * 257).astype("<u2").tobytes())) == ramp
    assert _levels(grey(32, 32, 16, 0, (65535 - _RAMP * 257).astype("<u2").tobytes())) == ramp
    floats = (1 - _RAMP / 255).astype("<f4").tobytes()
    assert _levels(grey(32, 32, 32, 0, floats, t339=(3, [3]))) == ramp


def test_twelve_bits_that_the_file_tells_of() -> None:
    packed = bytearray()
    for left, right in (_RAMP.astype(int) * 4095 // 255).reshape(-1, 2).tolist():
        packed += (left << 12 | right).to_bytes(3, "big")
    assert np.abs(np.array(_levels(grey(32, 32, 12, 1, bytes(packed)))) - _RAMP[0]).max() <= 1
    for most in (1023, 4095):
        values = (_RAMP.astype(int) * most // 255).astype("<u2").tobytes()
        for tag in ("t281", "t341"):
            found = _levels(grey(32, 32, 16, 1, values, **{tag: (3, [most])}))
            assert np.abs(np.array(found) - _RAMP[0]).max() <= 1
        found = _levels(b"P5\n32 32\n%d\n" % most + (_RAMP.astype(int) * most // 255).astype(">u2").tobytes())
        assert np.abs(np.array(found) - _RAMP[0]).max() <= 1


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_twelve_bits_that_nothing_tells_of_are_warned_of(kind: str) -> None:
    stream = io.BytesIO()
    Image.fromarray((_RAMP * 16).astype(np.uint16)).save(stream, kind)
    with pytest.warns(PictureWarning, match="picture bytes: no value is beyond a sixteenth of its 16 bits"):
        load_input(stream.getvalue(), 32, 32)
    negative = grey(32, 32, 16, 0, (_RAMP * 16).astype("<u2").tobytes())
    with pytest.warns(PictureWarning, match="scale them to 0..65535"):
        load_input(negative, 32, 32)


def test_sixteen_bits_that_are_dark_but_whole_are_not() -> None:
    stream = io.BytesIO()
    Image.fromarray((_RAMP * 30).astype(np.uint16)).save(stream, "PNG")
    assert _levels(stream.getvalue())[-1] == 30


@pytest.mark.parametrize(("kind", "bands"), [(b"P5", 1), (b"P6", 3)])
@pytest.mark.parametrize("most", [1, 100, 254, 256, 1023, 40000, 65535])
def test_portable_maps_as_pillow_reads_them(kind: bytes, bands: int, most: int) -> None:
    from edge_runtime.pictures import netpbm

    values = np.random.default_rng(most).integers(0, most + 1, (20, 24, bands))
    stored = values.astype(np.uint8 if most < 256 else ">u2").tobytes()
    content = kind + b" # words 5 6\n24 20\n%d\n" % most + stored
    ours = netpbm.pixels(content)
    if kind == b"P5" and most == 65535:
        assert ours is None  # Pillow's own is fast
        return
    theirs = Image.open(io.BytesIO(content))
    assert ours is not None
    assert (ours.mode, ours.size) == (theirs.mode, theirs.size)
    assert (np.asarray(ours) == np.asarray(theirs)).all()
