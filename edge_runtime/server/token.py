"""The secret that opens a server which others than this machine's programs can reach."""

import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import OptionError

LEAST = 16
"""Characters of a token."""
_MOST = 512
_MAKE_ONE = "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe())'"


class Token:
    """A secret, compared in a time that does not tell how much of a guess was right.

    Args:
        text: At least `LEAST` characters of ASCII, none of them a space.
        purpose: Of the cookie, so that one server's opens no other of the same token.
    """

    def __init__(self, text: str, purpose: str) -> None:
        self._digest = _digest(text)
        self._cookie = hmac.new(text.encode(), f"cookie of {purpose}".encode(), hashlib.sha256).hexdigest()

    @property
    def cookie(self) -> str:
        """Return what a browser keeps: made from the token, which it does not tell, and the same after a restart."""
        return self._cookie

    def matches(self, guess: str) -> bool:
        """Return whether a guess is the token."""
        return hmac.compare_digest(self._digest, _digest(guess))

    def matches_cookie(self, guess: str) -> bool:
        """Return whether a guess is the cookie."""
        return hmac.compare_digest(_digest(self._cookie), _digest(guess))


def check_token(called: str, text: str) -> None:
    """Refuse what is too short to be a secret, or can stand in no header.

    Args:
        called: What messages call it: `--web-token`; the token itself stands in no message.
        text: The token.

    Raises:
        OptionError: It is one.
    """
    if len(text) < LEAST:
        raise OptionError(f"{called}: a token must have at least {LEAST} characters; {_MAKE_ONE}")
    if len(text) > _MOST or not text.isascii() or not text.isprintable() or " " in text:
        raise OptionError(
            f"{called}: a token must be letters, digits and signs of ASCII without spaces, {_MOST} at most; {_MAKE_ONE}"
        )


def find_token(
    given: str | None, file: str | None, option: str, variable: str, environ: Mapping[str, str] = os.environ
) -> str | None:
    """Return the token that is asked for: as given, else from a file, else from the environment; None where there is none.

    Args:
        given: On the command line or in the configuration.
        file: Path of a file that holds it and nothing else but a line's end.
        option: What messages call it: `--web-token`; its file's is the same with `-file` behind it.
        variable: Of the environment.
        environ: The environment.

    Raises:
        OptionError: It is none, the file cannot be read, or two are given.
    """
    if given is not None and file is not None:
        raise OptionError(f"{option} and {option}-file: give one of them")
    found, called = given, option
    if file is not None:
        found, called = _read(f"{option}-file", file), f"{option}-file {plain(shortened(file, 200))}"
    elif given is None and variable in environ:
        found, called = environ[variable].strip(), variable
    if found is not None:
        check_token(called, found)
    return found


def _read(option: str, path: str) -> str:
    shown = plain(shortened(path, 200))
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST + 3)
        return content.decode("ascii").strip()
    except OSError as error:
        raise OptionError(f"{option} {shown}: cannot be read ({error.strerror}); name a file with the token") from None
    except ValueError:
        raise OptionError(f"{option} {shown}: not text in ASCII; name a file with the token alone") from None


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="replace")).digest()
