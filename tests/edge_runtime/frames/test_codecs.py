import pytest

from edge_runtime.frames.codecs import codec_name


@pytest.mark.parametrize(
    ("code", "name"),
    [(b"av01", "AV1"), (b"AV01", "AV1"), (b"h264", "H.264"), (b"gif ", "GIF"), (b"FMP4", "FMP4"), (bytes(4), None)],
)
def test_the_name_of_a_codec(code: bytes, name: str | None) -> None:
    assert codec_name(float(int.from_bytes(code, "little"))) == name


def test_no_codec() -> None:
    assert codec_name(-1.0) is None
    assert codec_name(22.0) is None
