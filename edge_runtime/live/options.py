"""The options of `edge-caption live`, written down once: for the command line, for the configuration file, and for both to be printed."""

import argparse
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from types import UnionType
from typing import Any, get_args

from edge_runtime.bundle.manifest import MAX_BEAM
from edge_runtime.errors import ConfigurationError, OptionError
from edge_runtime.frames.geometry import ROTATIONS, Geometry, parse_region
from edge_runtime.frames.options import SourceOptions
from edge_runtime.live.configuration import read_toml
from edge_runtime.live.gate import SENSITIVITIES, Sensitivity
from edge_runtime.terminal import json_text
from edge_runtime.validation import (
    at_home,
    check_text,
    number,
    number_shown,
    plain_text,
    shortened,
    whole_number,
)

LOG_LEVELS = ("debug", "info", "warning", "error")

_PARSERS: dict[type, Callable[[str], Any]] = {int: whole_number, float: number, str: plain_text, tuple: plain_text}
_PATHS = ("source", "bundle", "jsonl", "record", "srt", "vtt")
"""Options that may be files, whose `~` is a home."""


def _option(
    default: Any,
    said: str,
    metavar: str | None = None,
    choices: Iterable[Any] = (),
    low: float | None = None,
    high: float | None = None,
) -> Any:
    return field(
        default=default,
        metadata={"help": said, "metavar": metavar, "choices": tuple(choices), "low": low, "high": high},
    )


@dataclass(frozen=True)
class LiveOptions:
    """What `edge-caption live` is asked for; a field's help says what it is."""

    source: tuple[str, ...] = _option(
        ("0",),
        "camera number, /dev/video0, video file, folder of pictures, rtsp:// or http:// stream, picamera or rpicam; repeat it to "
        "watch several",
        "SOURCE",
    )
    realtime: bool = _option(False, "play files at their own speed instead of looking at every frame")
    width: int | None = _option(None, "pixels asked of the camera", "W", low=16, high=16384)
    height: int | None = _option(None, "pixels asked of the camera", "H", low=16, high=16384)
    fps: float | None = _option(None, "frames a second asked of the camera", "F", low=0.01, high=1000)
    rotate: int = _option(0, "degrees by which the picture is turned clockwise", "DEGREES", choices=ROTATIONS)
    mirror: bool = _option(False, "mirror the picture left to right")
    region: str | None = _option(
        None, "part that is captioned: X,Y,WIDTH,HEIGHT in pixels, or in shares of 1 of the turned picture", "REGION"
    )
    bundle: str | None = _option(None, "bundle folder or zip (default: the one that ships)", "B")
    variant: str | None = _option(None, "form of the model, see 'bundle info'", "V")
    threads: int | None = _option(None, "processor threads (default: all, 4 at the most)", "N", low=1, high=64)
    beam: int = _option(1, "hypotheses kept; at 1, greedy, words appear as they come", "K", low=1, high=MAX_BEAM)
    sensitivity: Sensitivity = _option("normal", "how small a change of the scene counts", choices=SENSITIVITIES)  # noqa: RUF009
    gate: bool = _option(True, "caption only what has changed; without it every frame that there is time for")
    max_age: float = _option(
        30.0, "seconds after which an unchanged scene is captioned again, 0 for never", "S", low=0, high=1e9
    )
    max_fps: float | None = _option(None, "frames looked at in a second at the most", "F", low=0.001, high=1000)
    cpu_budget: float | None = _option(
        None, "percent of all processor cores that may be used", "PERCENT", low=1, high=100
    )
    retries: int | None = _option(
        None, "times a lost camera is tried again (default: for ever)", "N", low=0, high=2**31
    )
    text: bool = _option(True, "print captions to the terminal")
    jsonl: str | None = _option(None, "append every event as a line of JSON to FILE, - for stdout", "FILE")
    window: bool = _option(False, "show the picture with its caption in a window")
    record: str | None = _option(
        None, "record a video of the first source with the caption in it, without sound: .mp4, .mkv or .avi", "FILE.mp4"
    )
    srt: str | None = _option(None, "write subtitles", "FILE.srt")
    vtt: str | None = _option(None, "write subtitles", "FILE.vtt")
    overwrite: bool = _option(
        False,
        "write over a recording or subtitles that are there already; otherwise they stay, and the new file goes beside with "
        "the time in its name, as FILE.20261126-153000.mp4",
    )
    log_level: str = _option("info", "what is said on stderr", choices=LOG_LEVELS)
    expect_digest: str | None = _option(None, "refuse every bundle but the one of this digest", "SHA256")

    def __post_init__(self) -> None:
        for name in _PATHS:
            value = getattr(self, name)
            if value is not None:
                home = tuple(map(at_home, value)) if isinstance(value, tuple) else at_home(value)
                object.__setattr__(self, name, home)  # the way for a frozen dataclass
        if not self.source:
            raise OptionError("source: name at least one camera, file or stream")
        if len(set(self.source)) != len(self.source):
            raise OptionError("source: the same one is named twice; name each once")
        for known in fields(self):
            value = getattr(self, known.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    check_text(_dashed(known.name), text)
            _check(known, value)
        if self.region is not None:
            Geometry(region=parse_region(self.region))
        SourceOptions(self.width, self.height)

    def to_toml(self) -> str:
        """As a configuration file; options that are not set stand in it as comments."""
        lines = []
        for known in fields(self):
            value = getattr(self, known.name)
            if isinstance(value, tuple):
                value = list(value)
            name = _dashed(known.name)
            lines.append(f"# {known.metadata['help']}")
            # JSON's texts are TOML's, but for DEL, which `json_text` escapes too.
            written = json_text(value)
            lines.append(f"# {name} =" if value is None else f"{name} = {written}")
        return "\n".join(lines) + "\n"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add every option; those that are not given are left out of what is parsed."""
    for known in fields(LiveOptions):
        name, kind, said = f"--{_dashed(known.name)}", _kind(known), known.metadata["help"]
        more: dict[str, Any] = {"dest": known.name, "default": argparse.SUPPRESS}
        if kind is bool:
            parser.add_argument(name, action=argparse.BooleanOptionalAction, help=said, **more)
            continue
        if known.metadata["choices"]:
            more["choices"] = known.metadata["choices"]
            more["metavar"] = None if kind is str else known.metadata["metavar"]
        else:
            more["metavar"] = known.metadata["metavar"]
        if known.default not in (None, MISSING) and not isinstance(known.default, tuple):
            said = f"{said} (default: {known.default})"
        if kind is tuple:
            parser.add_argument(name, action="append", type=_PARSERS[kind], help=f"{said} (default: 0)", **more)
        else:
            parser.add_argument(name, type=_PARSERS[kind], help=said, **more)


def resolve(given: Mapping[str, Any], configuration: Path | None) -> LiveOptions:
    """The options in force: those of the command line, then those of the configuration file, then the defaults.

    Args:
        given: Options of the command line, by field name.
        configuration: TOML file, or None.

    Raises:
        ConfigurationError: The file cannot be read, or holds what is not known.
        OptionError: A value lies outside its range.
    """
    named = {known.name: given[known.name] for known in fields(LiveOptions) if known.name in given}
    if "source" in named:
        named["source"] = tuple(named["source"])
    return replace(read_configuration(configuration) if configuration else LiveOptions(), **named)


def read_configuration(path: Path) -> LiveOptions:
    """Read a TOML configuration, whose keys are the options' names without their dashes in front.

    Raises:
        ConfigurationError: It cannot be read, is not TOML, or holds an unknown key or a value of another kind.
    """
    content = read_toml(path)
    known = {_dashed(one.name): one for one in fields(LiveOptions)}
    unknown = sorted(content.keys() - known.keys())
    if unknown:
        raise ConfigurationError(f"{path}: unknown key '{shortened(unknown[0])}'; known are: {', '.join(known)}")
    values = {known[name].name: _converted(known[name], value, path) for name, value in content.items()}
    try:
        return LiveOptions(**values)
    except OptionError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def _converted(known: "Field[Any]", value: Any, path: Path) -> Any:
    kind = _kind(known)
    if kind is tuple and isinstance(value, str | int) and not isinstance(value, bool):
        value = [value]
    if kind is tuple and isinstance(value, list) and all(isinstance(one, str) or type(one) is int for one in value):
        return tuple(one if isinstance(one, str) else number_shown(one) for one in value)
    if type(value) is int and abs(value) >= 2**63:
        raise ConfigurationError(f"{path}: '{_dashed(known.name)}' must not be {number_shown(value)}")
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        wanted = {
            tuple: "a list of texts",
            str: "a text",
            bool: "true or false",
            int: "a whole number",
            float: "a number",
        }
        # An address may hold a password.
        given = "" if known.name == "source" else f", not {shortened(repr(value))}"
        raise ConfigurationError(f"{path}: '{_dashed(known.name)}' must be {wanted[kind]}{given}")
    return value


def _check(known: "Field[Any]", value: Any) -> None:
    name, rules = _dashed(known.name), known.metadata
    if value is None:
        return
    if rules["choices"] and value not in rules["choices"]:
        shown = shortened(value) if isinstance(value, str) else number_shown(value)
        raise OptionError(f"{name} {shown}: must be one of {', '.join(map(str, rules['choices']))}")
    if rules["low"] is not None and not rules["low"] <= value <= rules["high"]:
        raise OptionError(f"{name} {number_shown(value)}: must be {rules['low']:g} to {rules['high']:g}")


def _kind(known: "Field[Any]") -> type:
    declared: Any = known.type
    if isinstance(declared, UnionType):
        (declared,) = (one for one in get_args(declared) if one is not type(None))
    if declared == tuple[str, ...]:
        return tuple
    return declared if isinstance(declared, type) else str


def _dashed(name: str) -> str:
    return name.replace("_", "-")
