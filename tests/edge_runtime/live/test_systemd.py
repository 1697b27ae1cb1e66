import contextlib
import os
import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_runtime.live.systemd import Notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket that systemd would listen on."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(2)
        yield listening


def _received(manager: socket.socket) -> list[str]:
    return manager.recv(4096).decode().split("\n")


def _nothing_waits(manager: socket.socket) -> bool:
    manager.setblocking(False)
    try:
        manager.recv(4096)
    except BlockingIOError:
        return True
    finally:
        manager.settimeout(2)
    return False


def test_every_message(manager: socket.socket) -> None:
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": manager.getsockname()})
    notifier.ready("captioning 2 cameras")
    assert _received(manager) == ["READY=1", "STATUS=captioning 2 cameras"]
    notifier.status("camera 0 is lost\nREADY=1")
    assert _received(manager) == ["STATUS=camera 0 is lost READY=1"]
    before = time.monotonic_ns() // 1000
    notifier.reloading()
    kind, stamp = _received(manager)
    assert kind == "RELOADING=1"
    name, _, value = stamp.partition("=")
    assert name == "MONOTONIC_USEC"
    assert before <= int(value) <= time.monotonic_ns() // 1000
    notifier.stopping()
    assert _received(manager) == ["STOPPING=1"]


def test_an_abstract_socket() -> None:
    name = f"edge-caption-{uuid.uuid4()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0{name}")
        listening.settimeout(2)
        Notifier.from_environment({"NOTIFY_SOCKET": f"@{name}"}).ready("ready")
        assert _received(listening) == ["READY=1", "STATUS=ready"]


def test_signs_of_life_are_sent_three_times_as_often_as_needed(manager: socket.socket) -> None:
    now = [50.0]
    notifier = Notifier(manager.getsockname(), 30.0, clock=lambda: now[0])
    assert notifier.interval == 10.0
    sent = []
    for _ in range(300):
        notifier.alive()
        if not _nothing_waits(manager):
            sent.append(now[0])
        now[0] += 0.5
    assert sent == [50.0 + 10 * number for number in range(15)]


def test_the_watchdog_of_the_environment(manager: socket.socket) -> None:
    address = manager.getsockname()

    def interval(**environ: str) -> float | None:
        return Notifier.from_environment({"NOTIFY_SOCKET": address, **environ}).interval

    assert interval(WATCHDOG_USEC="30000000") == 10.0
    assert interval(WATCHDOG_USEC="30000000", WATCHDOG_PID=str(os.getpid())) == 10.0
    assert interval(WATCHDOG_USEC="30000000", WATCHDOG_PID=str(os.getppid())) is None
    assert interval(WATCHDOG_USEC="0") is None
    assert interval(WATCHDOG_USEC="soon") is None
    assert interval() is None
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address})
    notifier.alive()
    assert _nothing_waits(manager)


def test_without_a_manager_nothing_happens(tmp_path: Path) -> None:
    for environ in ({}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "vsock:2:1"}, {"NOTIFY_SOCKET": "relative"}):
        notifier = Notifier.from_environment({**environ, "WATCHDOG_USEC": "1"})
        assert notifier.interval is None
        notifier.ready("x")
        notifier.alive()


def test_a_manager_that_has_gone_is_no_error(tmp_path: Path) -> None:
    for address in (str(tmp_path / "none"), "@nobody-listens", "/" + "x" * 300):
        notifier = Notifier(address, 0.001)
        notifier.ready("x")
        notifier.alive()
        notifier.stopping()


def test_a_manager_that_does_not_listen_holds_nothing_up(manager: socket.socket) -> None:
    notifier = Notifier(manager.getsockname())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as filling:
        filling.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                filling.sendto(b"x", manager.getsockname())
    begun = time.monotonic()
    notifier.ready("x")
    assert time.monotonic() - begun < 1
