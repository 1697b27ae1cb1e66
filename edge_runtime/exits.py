"""How a command ends: its exit status, and its errors as one sentence on stderr."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from edge_runtime.errors import EdgeCaptionError

if TYPE_CHECKING:
    from edge_runtime.record import Record

EXIT_PARTLY, EXIT_FAILED, EXIT_INTERRUPTED = 1, 2, 130


def measured(record: "Record", program: str) -> int:
    """End a measurement: one that must not be believed is called so on stderr, in one sentence.

    Args:
        record: What was found; it has been printed already.
        program: Name that leads the sentence.

    Returns:
        The exit status: 0 for a valid run, 1 for another.
    """
    if record.valid:
        return 0
    print(f"{program}: this run is not valid: {'; '.join(record.doubts)}", file=sys.stderr)
    return EXIT_PARTLY


def run_safely(action: Callable[[], int], program: str, extra: str | None = None) -> int:
    """Run a command: its errors become one sentence on stderr and an exit status.

    Args:
        action: The command.
        program: Name that leads the sentence.
        extra: The extra of a checkout that installs what the command imports.

    Returns:
        The action's own status; 2 on an error; 130 on Ctrl-C; 0 when the reader of a pipe has left.
    """
    try:
        return action()
    except EdgeCaptionError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return EXIT_FAILED
    except ModuleNotFoundError as error:
        remedy = f"-e '.[{extra}]'" if extra else error.name
        print(f"{program}: the package '{error.name}' is not installed; run: pip install {remedy}", file=sys.stderr)
        return EXIT_FAILED
    except (KeyboardInterrupt, ImportError) as error:
        # A native module whose import is interrupted reports a failed import.
        if isinstance(error, ImportError) and not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        print(f"{program}: interrupted", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Python would complain once more while it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(
            f"{program}: {where}{error.strerror or error}; check the path, its permissions and the disk",
            file=sys.stderr,
        )
        return EXIT_FAILED
