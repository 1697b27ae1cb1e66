"""A program that is run for an alert, without a shell."""

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import shortened
from edge_runtime.errors import ActionError, RuleError
from edge_runtime.events import AlertEvent, iso_time
from edge_runtime.rules.actions.program import run_program

_PICTURE = "picture"
_FIELDS: dict[str, Callable[[AlertEvent], str]] = {
    "text": lambda alert: alert.scene.shown or alert.scene.failure,
    "id": lambda alert: alert.scene.id,
    "source": lambda alert: alert.scene.source,
    "zone": lambda alert: alert.scene.zone,
    "rule": lambda alert: alert.rule,
    "at": lambda alert: iso_time(alert.at),
    _PICTURE: lambda _: "",
}
_PLACE = re.compile(r"\{([a-z]+)\}")


def check_arguments(arguments: Sequence[str]) -> None:
    """Refuse a placeholder that stands for nothing, and a program that what was seen would choose.

    Args:
        arguments: The program, then what it is given.

    Raises:
        RuleError: There is one.
    """
    for argument in arguments:
        for name in _PLACE.findall(argument):
            if name not in _FIELDS:
                known = " ".join(f"{{{one}}}" for one in _FIELDS)
                raise RuleError(f"command: {{{plain(shortened(name))}}} stands for nothing; known are: {known}")
    if not arguments[0] or _PLACE.search(arguments[0]):
        raise RuleError("command: its first text is the program; name one")


class CommandAction:
    """Runs a program.

    Args:
        arguments: The program and its arguments; `{text}` and the like stand for what was found.
        timeout: Seconds after which it is killed, with everything that it started.

    Attributes:
        name: For messages.
        workers: How many may run at once.
    """

    workers = 4

    def __init__(self, arguments: Sequence[str], timeout: float) -> None:
        self.name = f"command {plain(shortened(arguments[0]))}"
        self._arguments, self._timeout = tuple(arguments), timeout
        self._wants_picture = any(f"{{{_PICTURE}}}" in argument for argument in arguments)

    def check(self) -> None:
        """See whether the program is there.

        Raises:
            ActionError: It is not.
        """
        if shutil.which(self._arguments[0]) is None:
            raise ActionError(f"{self.name}: not found; install it, or give its whole path")

    def act(self, alert: AlertEvent) -> None:
        """Run it, and wait for its end.

        Raises:
            ActionError: It could not be run, took too long, or ended with another status than 0.
        """
        if not self._wants_picture or not alert.scene.jpeg:
            run_program(self.name, self._filled(alert, ""), self._timeout)
            return
        try:
            with tempfile.TemporaryDirectory(prefix="edge-caption-") as folder:
                picture = Path(folder) / "picture.jpg"
                picture.write_bytes(alert.scene.jpeg)
                run_program(self.name, self._filled(alert, str(picture)), self._timeout)
        except ActionError:
            raise
        except OSError as error:
            raise ActionError(f"{self.name}: the picture cannot be written ({error.strerror})") from None

    def stop(self) -> None:
        """Nothing waits."""

    def _filled(self, alert: AlertEvent, picture: str) -> list[str]:
        """Put what was found in the place of the placeholders; what is put there is not looked at again."""
        values = {name: picture if name == _PICTURE else take(alert) for name, take in _FIELDS.items()}
        return [_PLACE.sub(lambda found: values[found[1]].replace("\0", ""), argument) for argument in self._arguments]
