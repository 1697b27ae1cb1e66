"""How a command ends: its exit status, and its errors as one sentence on stderr."""

import contextlib
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterator

from edge_runtime.console.streams import LOG_STREAM, open_streams, stdout_failure, stdout_is_open
from edge_runtime.console.terminal import plain, plain_lines
from edge_runtime.errors import EdgeCaptionError

EXIT_PARTLY, EXIT_FAILED, EXIT_INTERRUPTED = 1, 2, 130
DEBUG = "EDGE_CAPTION_DEBUG"
"""Variable of the environment: with 1 a fault of the program is shown with its traceback."""
NO_STDOUT = "stdout is closed, and the answer goes there; open it, or send it to a file with > FILE"
_LONGEST = 2000
"""Characters of a sentence; what a stranger's file has to say is cut after them."""


def log(text: str) -> None:
    """Tell people on stderr how the work goes; where nobody reads it any more, the words are lost and the work goes on.

    Args:
        text: One line or several; characters that would steer a terminal are escaped.
    """
    print(plain_lines(text), file=LOG_STREAM, flush=True)


def emit(program: str, sentence: object) -> None:
    """Print a sentence on stderr, in one line; a stderr that takes none stops nothing.

    Args:
        program: Name that leads it.
        sentence: Text or an error; control characters are escaped. Notes of an error, which show a place, stand below it.
    """
    text = str(sentence)
    print(f"{program}: {plain(text[:_LONGEST])}{'...' if len(text) > _LONGEST else ''}", file=sys.stderr)
    for note in getattr(sentence, "__notes__", ()):
        print(plain_lines(note), file=sys.stderr)


def run_safely(action: Callable[[], int], program: str, extra: str | None = None) -> int:
    """Run a command: its errors become one sentence on stderr and an exit status.

    Args:
        action: The command.
        program: Name that leads the sentence.
        extra: The extra of a checkout that installs what the command imports. Such a command always answers on stdout, and is
            refused where that is closed.

    Returns:
        The action's own status; 2 on an error, be it only that stdout takes no more; 130 on Ctrl-C; 0 when the reader of a pipe
        has left.

    Raises:
        SystemExit: The action's own, as `--help` ends.
    """
    open_streams()
    if extra is not None and not stdout_is_open():
        emit(program, NO_STDOUT)
        return EXIT_FAILED
    ended: SystemExit | None = None
    try:
        with _threads_heard(program, extra):
            status = action()
    except SystemExit as stop:
        ended, status = stop, EXIT_FAILED
    except BrokenPipeError:
        stdout_failure()
        return 0
    except Exception as error:
        lost = stdout_failure()
        if isinstance(error, OSError) and lost is not None:
            return _unwritten(program, lost)
        return _failed(error, program, extra)
    except KeyboardInterrupt:
        stdout_failure()
        emit(program, "interrupted")
        return EXIT_INTERRUPTED
    lost = stdout_failure()
    if lost is not None and not isinstance(lost, BrokenPipeError):
        return _unwritten(program, lost)
    if ended is not None:
        raise ended
    return status


@contextlib.contextmanager
def _threads_heard(program: str, extra: str | None) -> Iterator[None]:
    """A thread that dies of an exception says so in a sentence too; Python would print a traceback."""

    def hear(died: threading.ExceptHookArgs) -> None:
        if isinstance(died.exc_value, Exception):
            _failed(died.exc_value, program, extra)

    before, threading.excepthook = threading.excepthook, hear
    try:
        yield
    finally:
        threading.excepthook = before


def _unwritten(program: str, error: OSError) -> int:
    if isinstance(error, BrokenPipeError):
        return 0
    emit(program, f"stdout cannot be written ({error.strerror or error}); check the disk that it goes to")
    return EXIT_FAILED


def _failed(error: Exception, program: str, extra: str | None) -> int:
    """Say what went wrong; returns the exit status."""
    if _was_interrupted(error):
        emit(program, "interrupted")
        return EXIT_INTERRUPTED
    if os.environ.get(DEBUG) == "1" and not isinstance(error, EdgeCaptionError):
        traceback.print_exception(error)
    emit(program, error if isinstance(error, EdgeCaptionError) else _sentence(error, extra))
    return EXIT_FAILED


def _was_interrupted(error: BaseException | None) -> bool:
    """Return whether Ctrl-C is behind it: a native module whose import is interrupted reports a failed import, or another error."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        seen.append(error)
        error = error.__cause__ or error.__context__
    return False


def _sentence(error: Exception, extra: str | None) -> str:
    match error:
        case EdgeCaptionError():
            return str(error)
        case ModuleNotFoundError():
            remedy = f"-e '.[{extra}]'" if extra else error.name
            return f"the package '{error.name}' is not installed; run: pip install {remedy}"
        case ImportError():
            package = (error.name or "").partition(".")[0]
            remedy = f"pip install --force-reinstall {package or 'the package that it names'}"
            return f"{f'the package {package!r}' if package else 'a package'} cannot be loaded ({error}); run: {remedy}"
        case OSError():
            where = f"{error.filename}: " if error.filename else ""
            return f"{where}{error.strerror or error}; check the path, its permissions and the disk"
        case MemoryError():
            return "there is too little memory for this; free some, or give it smaller files"
        case RecursionError():
            return "something it was given is nested too deeply to be read; give it a file that is nested less"
        case _:
            told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            more = f"tell its makers, with what {DEBUG}=1 prints"
            return f"this is a fault of edge-caption itself ({told}); {more}"
