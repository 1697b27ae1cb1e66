import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from train.cli import main
from train.fitting.stopping import Stopped, deferred_stop, stoppable


@pytest.fixture(autouse=True)
def _heeded() -> Iterator[None]:
    """What starts the tests in the background may make them ignore Ctrl-C and hang-ups."""
    handlers: dict[signal.Signals, Any] = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: signal.SIG_DFL,
        signal.SIGHUP: signal.SIG_DFL,
    }
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    yield
    for number, found in before.items():
        signal.signal(number, found)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_a_command(number: signal.Signals, status: int) -> None:
    with stoppable(), pytest.raises(Stopped) as caught:
        os.kill(os.getpid(), number)
    assert caught.value.status == status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_waits_for_the_end_of_a_step(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stoppable(), deferred_stop() as asked:
        assert asked.number is None
        os.kill(os.getpid(), number)
        assert asked.number == number
    assert signal.getsignal(number) == before


def test_nohup_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable(), deferred_stop() as asked:
            os.kill(os.getpid(), signal.SIGHUP)
            assert asked.number is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_the_exit_status_of_a_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("train.commands.to_pickle.read_captions", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    assert main(["to-pickle", "--captions", "c.txt", "--out", "c.pkl"]) == 143
    assert capsys.readouterr().err == "train to-pickle: interrupted\n"
