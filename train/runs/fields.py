"""How a field of a run's configuration is declared: what it says, where it may lie, and what a command line calls it."""

import math
from collections.abc import Iterable
from dataclasses import MISSING, Field, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Bounds:
    """Where a number may lie.

    Attributes:
        low: The lowest.
        high: The highest.
        with_low: Whether the lowest itself goes.
        with_high: Whether the highest itself goes.
        both: Whether a message names both ends, and not only the one that was missed.
    """

    low: float
    high: float = math.inf
    with_low: bool = True
    with_high: bool = True
    both: bool = False

    def wrong(self, value: float) -> str | None:
        """What a number must be, where it is not; None where it is.

        Args:
            value: Any number, NaN and infinities included.
        """
        above = value >= self.low if self.with_low else value > self.low
        below = value <= self.high if self.with_high and self.high < math.inf else value < self.high
        if above and below:
            return None
        least = f"{'at least' if self.with_low else 'above'} {self.low:g}"
        most = f"{'at most' if self.with_high else 'below'} {self.high:.10g}"
        if not self.both:
            return f"must be {most if above and self.high < math.inf else least}"
        if self.with_low:
            return (
                f"must be {self.low:g} to {self.high:g}" if self.with_high else f"must be from {self.low:g} to {most}"
            )
        return f"must be {least} and {most}"


LARGEST = 2**31 - 1
POSITIVE = Bounds(1, LARGEST)
"""A count."""
NOT_NEGATIVE = Bounds(0, LARGEST)
RATE = Bounds(0, with_low=False)
"""Above 0, and finite."""
SHARE = Bounds(0, 1, with_low=False, both=True)
PART = Bounds(0, 1, with_high=False, both=True)
"""A share that cannot be all."""


@dataclass(frozen=True)
class Declared:
    """What a field declares beside its type and its default.

    Attributes:
        help: What it is.
        group: Of the options of `python -m train fit`; "" where it is found, and not asked for.
        option: What a command line calls it: `--width`.
        metavar: Of the option.
        choices: The values that go; any where empty.
        bounds: Where a number may lie; anywhere where None.
        later: Whether it came after the first runs: a `config.json` without it holds its default.
        told: Whether a manifest tells it of the training.
    """

    help: str
    group: str = ""
    option: str = ""
    metavar: str | None = None
    choices: tuple[str, ...] = ()
    bounds: Bounds | None = None
    later: bool = False
    told: bool = False


def option(
    default: Any,
    group: str,
    said: str,
    *,
    name: str = "",
    metavar: str | None = None,
    choices: Iterable[str] = (),
    bounds: Bounds | None = None,
    later: bool = False,
    told: bool = False,
) -> Any:
    """A field that is asked for; see `Declared`.

    Args:
        default: Its value where nothing is said of it; a list starts empty.
        group: See `Declared.group`.
        said: See `Declared.help`.
        name: The option; made of the field's name where empty.
        metavar: Of the option.
        choices: The values that go.
        bounds: Where a number may lie.
        later: See `Declared.later`.
        told: See `Declared.told`.
    """
    declared = Declared(said, group, name, metavar, tuple(choices), bounds, later, told)
    if default == []:
        return field(default_factory=list, metadata={"declared": declared})
    return field(default=default, metadata={"declared": declared})


def fact(default: Any, said: str, *, later: bool = False) -> Any:
    """A field that is found in the data, and not asked for.

    Args:
        default: Its value before anything is found; a list starts empty.
        said: See `Declared.help`.
        later: See `Declared.later`.
    """
    return option(default, "", said, later=later)


def declared(known: "Field[Any]") -> Declared:
    """What a field declares."""
    found: Declared = known.metadata["declared"]
    return found


def option_of(known: "Field[Any]") -> str:
    """What a command line calls a field."""
    return declared(known).option or f"--{known.name.replace('_', '-')}"


def default_of(known: "Field[Any]") -> Any:
    """What a field holds where nothing is said of it."""
    return known.default if known.default_factory is MISSING else known.default_factory()
