"""Every error that edge-caption raises on purpose.

Each class is an `EdgeCaptionError` and the closest builtin, so that a caller may catch either. The message is one
sentence that names what was wrong, where, and what to do about it; the command prints it as it is.
"""


class EdgeCaptionError(Exception):
    """Base of all errors of this project."""


class BundleError(EdgeCaptionError, ValueError):
    """A bundle that cannot be used: wrong schema, altered file, unexpected graph."""


class BundleNotFoundError(BundleError, FileNotFoundError):
    """A bundle, or a file that its manifest names, does not exist."""


class UnknownVariantError(EdgeCaptionError, ValueError):
    """A variant that the bundle does not hold."""


class UnknownLanguageError(EdgeCaptionError, ValueError):
    """A language that the bundle does not speak, or no language at all."""


class BackendNotInstalledError(EdgeCaptionError, ImportError):
    """The package that runs a variant is not installed."""


class CacheError(EdgeCaptionError, OSError):
    """The user's cache cannot be written."""


class OutputError(EdgeCaptionError, OSError):
    """A folder for what is made that cannot be written."""


class PictureError(EdgeCaptionError, ValueError):
    """A picture that cannot be captioned: not a picture, damaged, or of a size outside the limits."""


class PictureNotFoundError(PictureError, FileNotFoundError):
    """No picture at this path."""


class PictureWarning(UserWarning):
    """A picture that is read, but perhaps not as it was meant; the message says how it was taken and what to do."""


class OptionError(EdgeCaptionError, ValueError):
    """An option whose value lies outside its range."""


class SourceError(EdgeCaptionError, OSError):
    """A camera, stream or file that cannot be opened or read."""


class SourceAwayError(SourceError):
    """A source that is not there now and may come: a server that is down, a host that does not answer."""


class CameraAwayError(SourceAwayError):
    """A camera of this computer that is unplugged or in use; it is waited for only beside other sources."""


class SourceLostError(SourceError):
    """A source that gave frames and does not any more; it may come back."""


class SinkError(EdgeCaptionError, OSError):
    """A place for captions that cannot be written."""


class ReaderLeftError(SinkError, BrokenPipeError):
    """The program that read the captions has had enough, as `head` does: an end, not a failure."""


class SpeechError(SinkError):
    """A voice that cannot speak: its program or its server is away, hangs, or has no voice for a language."""


class SoundError(SpeechError):
    """Nothing can be heard: there is no player, or no loudspeaker."""


class ConfigurationError(EdgeCaptionError, ValueError):
    """A configuration file that cannot be read, or says what is not known."""


class JournalError(EdgeCaptionError, OSError):
    """A journal that cannot be opened, read or written."""


class JournalNotFoundError(JournalError, FileNotFoundError):
    """No journal at this path."""


class QueryError(EdgeCaptionError, ValueError):
    """Words to search for that cannot be read.

    The message is its sentence alone.

    Args:
        sentence: What is wrong with which part, and the remedy.
        text: What was searched for.
        place: Where in it, in characters.
    """

    def __init__(self, sentence: str, text: str = "", place: int = 0) -> None:
        super().__init__(sentence)
        self.text = text
        self.place = place


class RecordError(EdgeCaptionError, ValueError):
    """A file of measurements that cannot be read, or cannot be compared with another."""


class RuleError(OptionError):
    """A rule that cannot be read, or asks for a word that the model can never say.

    Attributes:
        excerpt: Where in the rule, as two lines: its text, and a caret under the place; empty where there is no place.
    """

    def __init__(self, sentence: str, excerpt: str = "") -> None:
        super().__init__(sentence)
        self.excerpt = excerpt
        if excerpt:
            self.add_note(excerpt)


class ActionError(EdgeCaptionError, OSError):
    """What a rule does cannot be done: a command, a webhook, a notification, a sound."""


class DemoNotInstalledError(EdgeCaptionError, ImportError):
    """The packages that the demo shows are not installed."""


class ServerError(EdgeCaptionError, OSError):
    """An address that cannot be listened on, or a server that stopped."""


class ServerNotInstalledError(EdgeCaptionError, ImportError):
    """The packages of a server are not installed."""
