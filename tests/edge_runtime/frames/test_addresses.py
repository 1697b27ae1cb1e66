import pytest

from edge_runtime.errors import SourceError
from edge_runtime.frames.addresses import parsed, redacted


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ("rtsp://10.0.0.2:554/live", "rtsp://10.0.0.2:554/live"),
        ("rtsp://anna:geheim@10.0.0.2/live", "rtsp://10.0.0.2/live"),
        ("rtsp://anna@10.0.0.2/live", "rtsp://10.0.0.2/live"),
        ("rtsp://anna:ge@heim@10.0.0.2/live@1", "rtsp://10.0.0.2/live@1"),
        ("rtsp://anna:ge/heim@10.0.0.2/live", "rtsp://10.0.0.2/live"),
        ("http://anna:ge#heim@cam/live", "http://cam/live"),
        ("http://cam:81/live@1", "http://cam:81/live@1"),
        ("http://[fe80::1]/live@1", "http://[fe80::1]/live@1"),
        ("http://cam/v.cgi?user=anna&pwd=geheim&x=1", "http://cam/v.cgi?user=anna&pwd=***&x=1"),
        ("http://cam/v?loginpass=geheim&auth_token=geheim", "http://cam/v?loginpass=***&auth_token=***"),
        ("./clip@home.mp4", "./clip@home.mp4"),
    ],
)
def test_shown_without_a_password(spec: str, shown: str) -> None:
    assert redacted(spec) == shown


def test_parts_of_an_address() -> None:
    address = parsed("rtsp://an%40na:ge%2Fheim@cam.local/live?channel=1")
    assert (address.scheme, address.host, address.port) == ("rtsp", "cam.local", 554)
    assert (address.user, address.password) == ("an@na", "ge/heim")
    assert address.plain == "rtsp://cam.local:554/live?channel=1"
    assert parsed("https://cam").target == "/"
    assert parsed("http://[::1]:8080/x").plain == "http://[::1]:8080/x"


@pytest.mark.parametrize(
    "spec", ["rtsp://anna:geheim/x@cam/live", "http://", "http://cam:99999/", "rtsp://a:geheim@/x"]
)
def test_no_address(spec: str) -> None:
    with pytest.raises(SourceError, match="not an address of a stream; write") as caught:
        parsed(spec)
    assert "geheim" not in str(caught.value)
