"""What a rule's `then` says."""

from dataclasses import dataclass

from edge_runtime.console.options import Options, option
from edge_runtime.errors import RuleError
from edge_runtime.rules.actions.command import check_arguments
from edge_runtime.rules.actions.webhook import checked_url

TONE = "tone"
"""In the place of a sound's file: the short tone that ships."""


@dataclass(frozen=True)
class ActionOptions(Options):
    """One thing that a rule does, in braces: `then = [{ notify = true }, { command = ["mail", "{text}"] }]`.

    Attributes:
        command: A program and its arguments, each as it is, for no shell reads them.
        webhook: Address that a POST goes to.
        notify: Whether the desktop shows a notification.
        sound: A WAV file that is played, or `TONE`.
        mqtt: Not there yet.
        picture: Whether the webhook gets the picture too.
        timeout: Seconds that it may take.
        retries: Times that a webhook is tried again.

    Raises:
        OptionError: None of them is named, or several, or one that cannot be had.
    """

    table = ""

    command: tuple[str, ...] = option(
        (),
        "program and arguments, no shell; {text} {id} {source} {zone} {rule} {at} {picture} stand for what was found",
    )
    webhook: str | None = option(None, "http:// or https:// address that gets a POST with JSON", secret=True)
    notify: bool = option(False, "show a notification of the desktop, by notify-send")
    sound: str | None = option(None, f"WAV file to play, or '{TONE}'", path=True)
    mqtt: str | None = option(None, "not there yet")
    picture: bool = option(False, "send the picture with the webhook, as multipart/form-data")
    timeout: float = option(10.0, "seconds that it may take", low=0.1, high=600)
    retries: int = option(3, "times that a webhook is tried again", low=0, high=10)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.mqtt is not None:
            raise RuleError("mqtt is not there yet; use a webhook, or a command such as mosquitto_pub")
        given = [bool(self.command), self.webhook is not None, self.notify, self.sound is not None]
        if sum(given) != 1:
            what = "names several things to do" if any(given) else "names nothing to do"
            raise RuleError(f"{what}; put one of command, webhook, notify and sound into each pair of braces")
        if self.picture and self.webhook is None:
            raise RuleError("picture is for webhooks; a command gets the picture's file by {picture}")
        if self.command:
            check_arguments(self.command)
        if self.webhook is not None:
            checked_url(self.webhook)
