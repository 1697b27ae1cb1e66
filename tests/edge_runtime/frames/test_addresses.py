import pytest

from edge_runtime.errors import SourceError
from edge_runtime.frames.addresses import parsed, redacted, unaddressed


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
        ("rtsp://anna:12/34@10.0.0.2/live", "rtsp://10.0.0.2/live"),
        ("rtsp://anna:12/34@host/live", "rtsp://host/live"),
        ("rtsp://anna:ge/heim@cam/geheim/x", "rtsp://cam/***/x"),
        ("rtsp://anna:geheim", "rtsp://anna:***"),
        ("http://cam/v.cgi?user=anna&pwd=geheim&x=1", "http://cam/v.cgi?user=***&pwd=***&x=***"),
        ("http://cam/v?loginpas=geheim&p=geheim;access=geheim", "http://cam/v?loginpas=***&p=***;access=***"),
        ("http://cam/v?p%61ss=geheim&Channel=1&sub-type=0", "http://cam/v?***=***&Channel=1&sub-type=0"),
        ("http://cam/v?resolution=1920x1080&fps=25", "http://cam/v?resolution=1920x1080&fps=25"),
        ("http://cam/v?channel=geheim&stream=123456789", "http://cam/v?channel=***&stream=***"),
        ("http://cam/v?geheim", "http://cam/v?***"),
        ("http://cam/v?Z2VoZWlt=", "http://cam/v?***"),
        ("rtsp://cam/live#geheim", "rtsp://cam/live#***"),
        ("rtsp://cam/live/SECRETKEY/ch0", "rtsp://cam/live/***/ch0"),
        ("rtsp://cam/live/1234-5678", "rtsp://cam/live/***"),
        ("rtsps://nvr:7441/aB3dE5fG7hI9jK1m?enableSrtp", "rtsps://nvr:7441/***?enableSrtp"),
        ("rtsp://cam/user=admin_password=geheim_channel=1_stream=0.sdp", "rtsp://cam/***"),
        ("http://cam/live;session=geheim", "http://cam/***"),
        ("http://cam/%67eheim", "http://cam/***"),
        ("rtsp://cam/Streaming/Channels/101", "rtsp://cam/Streaming/Channels/101"),
        ("rtsp://cam/cam/realmonitor?channel=1&subtype=0", "rtsp://cam/cam/realmonitor?channel=1&subtype=0"),
        ("rtsp://cam/h264Preview_01_main", "rtsp://cam/h264Preview_01_main"),
        ("rtsp://cam/MediaInput/h264/stream_1", "rtsp://cam/MediaInput/h264/stream_1"),
        ("rtsp://nvr:8554/front_door", "rtsp://nvr:8554/front_door"),
        ("./clip@home.mp4", "./clip@home.mp4"),
    ],
)
def test_shown_without_a_password(spec: str, shown: str) -> None:
    assert redacted(spec) == shown


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ("clip.mp4", "clip.mp4"),
        ("really?.mp4", "really?.mp4"),
        ("rtsp:/anna:geheim@cam/live", "cam/live"),
        ("anna:ge/he@im@cam/live/SECRETKEY", "cam/live/***"),
        ("cam/live?channel=1&pwd=geheim", "cam/live?channel=1&pwd=***"),
    ],
)
def test_what_may_have_been_meant_as_an_address(spec: str, shown: str) -> None:
    assert unaddressed(spec) == shown


def test_parts_of_an_address() -> None:
    address = parsed("rtsp://an%40na:ge%2Fheim@cam.local/live?channel=1")
    assert (address.scheme, address.host, address.port) == ("rtsp", "cam.local", 554)
    assert (address.user, address.password) == ("an@na", "ge/heim")
    assert address.plain == "rtsp://cam.local:554/live?channel=1"
    assert parsed("https://cam").target == "/"
    assert parsed("http://[::1]:8080/x").plain == "http://[::1]:8080/x"


@pytest.mark.parametrize(
    "spec",
    [
        "rtsp://anna:geheim/x@cam/live",
        "http://",
        "http://cam:99999/",
        "rtsp://a:geheim@/x",
        "rtsp://cam/my stream",
        "http://cam/x?a=1\r\nHost: other",
    ],
)
def test_no_address(spec: str) -> None:
    with pytest.raises(SourceError, match="not an address of a stream; write") as caught:
        parsed(spec)
    assert "geheim" not in str(caught.value)
