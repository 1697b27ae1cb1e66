import threading

import pytest

from edge_runtime.console.exits import run_safely


def _raises(error: BaseException, cause: BaseException | None = None) -> int:
    def action() -> int:
        raise error from cause

    return run_safely(action, "p")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ZeroDivisionError("x\x1b"), "this is a fault of edge-caption itself (ZeroDivisionError: x\\x1b); "
         "tell its makers, with what EDGE_CAPTION_DEBUG=1 prints"),
        (MemoryError(), "there is too little memory for this; free some, or give it smaller files"),
        (RecursionError("deep"), "something it was given is nested too deeply to be read; give it a file that is nested less"),
        (ImportError("libx.so", name="numpy.core"), "the package 'numpy' cannot be loaded (libx.so); "
         "run: pip install --force-reinstall numpy"),
    ],
)  # fmt: skip
def test_no_traceback_but_a_sentence(
    error: Exception, sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EDGE_CAPTION_DEBUG", raising=False)
    assert _raises(error) == 2
    assert capsys.readouterr().err == f"p: {sentence}\n"


def test_the_traceback_is_there_for_who_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDGE_CAPTION_DEBUG", "1")
    assert _raises(ZeroDivisionError("x")) == 2
    assert capsys.readouterr().err.startswith("Traceback")


def test_an_interrupt_behind_another_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert _raises(SystemError("import failed"), KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "p: interrupted\n"


def test_a_thread_that_dies_says_so_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise MemoryError

    def action() -> int:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
        return 0

    before = threading.excepthook
    assert run_safely(action, "p") == 0
    assert threading.excepthook is before
    assert capsys.readouterr().err == "p: there is too little memory for this; free some, or give it smaller files\n"
