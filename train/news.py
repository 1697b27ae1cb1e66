"""Words about the work, for people: they go to stderr, and the work goes on where nobody reads them any more."""

import contextlib
import sys


class News:
    """Stderr as it is at the moment; a terminal that was closed, a full disk or no stderr at all lose words, not the work."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        """Write, or lose it; returns the characters given."""
        with contextlib.suppress(OSError, ValueError):
            if sys.stderr is not None:
                sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, or lose it."""
        with contextlib.suppress(OSError, ValueError):
            if sys.stderr is not None:
                sys.stderr.flush()

    def isatty(self) -> bool:
        """Whether a terminal shows it."""
        with contextlib.suppress(OSError, ValueError):
            return sys.stderr is not None and sys.stderr.isatty()
        return False


NEWS = News()
