import pytest

from edge_runtime.errors import OptionError
from edge_runtime.server.address import Address


@pytest.mark.parametrize(
    ("text", "host", "port", "loopback", "url"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080, True, "http://127.0.0.1:8080/"),
        ("127.9.9.9:1", "127.9.9.9", 1, True, "http://127.9.9.9:1/"),
        ("LocalHost:80", "localhost", 80, True, "http://localhost:80/"),
        ("[::1]:8080", "::1", 8080, True, "http://[::1]:8080/"),
        ("0.0.0.0:0", "0.0.0.0", 0, False, "http://0.0.0.0:0/"),
        ("[::]:8080", "::", 8080, False, "http://[::]:8080/"),
        ("192.0.2.7:65535", "192.0.2.7", 65535, False, "http://192.0.2.7:65535/"),
        # Its name server may say anything.
        ("localhost.example:80", "localhost.example", 80, False, "http://localhost.example:80/"),
    ],
)
def test_addresses(text: str, host: str, port: int, loopback: bool, url: str) -> None:
    address = Address.parse("--web", text)
    assert (address.host, address.port, address.is_loopback, address.url) == (host, port, loopback, url)


@pytest.mark.parametrize(
    "text",
    ["", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:-1", "::1:8080", "[127.0.0.1]:80"]
    + ["[::1]", "a b:80", "1.2.3:80", "256.0.0.1:80", "http://127.0.0.1:80", "x@y:80", "127.0.0.1:٣", "-a:80", "a/b:1"],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(OptionError, match=r"^--web .*: must be HOST:PORT, such as 127\.0\.0\.1:8080$"):
        Address.parse("--web", text)


@pytest.mark.parametrize("port", ["65536", "99999", "1" * 5000])
def test_what_is_no_port(port: str) -> None:
    with pytest.raises(OptionError, match=r": the port must be 0 to 65535$") as refused:
        Address.parse("--web", f"127.0.0.1:{port}")
    assert len(str(refused.value)) < 120


def test_localhost_is_not_looked_up() -> None:
    assert Address.parse("--web", "localhost:80").bound == "127.0.0.1"
