"""Figures and their names as people read them: one way for every table, chart and page."""

import math

_UNITS = {
    "gmacs_per_s": ("billion multiply-adds a second", 1.0),
    "gb_per_s": ("GB a second", 1.0),
    "captions_per_s": ("captions a second", 1.0),
    "ms": ("ms", 1.0),
    "us": ("\N{MICRO SIGN}s", 1.0),
    "s": ("s", 1.0),
    "bytes": ("MB", 1e-6),
    "mb": ("MB", 1.0),
    "percent": ("%", 1.0),
    "m": ("million", 1.0),
}
"""End of a figure's name in a record -> its unit for people, and what the figure is multiplied by; the longest first."""
_WHOLE = {"fps": "frames a second", "cider": "CIDEr", "meteor": "METEOR", "rouge_l": "ROUGE-L"}
"""Names that their parts do not explain."""
_STATISTICS = {"p50": "median", "p90": "90 % within", "p95": "95 % within", "p99": "99 % within", "max": "at the most"}
"""End of a figure's name -> which of the repeats it is."""


def number(value: float, digits: int = 3) -> str:
    """Return a figure with as many digits as matter, never in scientific notation.

    Whole numbers are written whole and nothing before the decimal point is cut off; thousands have commas.

    Args:
        value: Any finite figure; one that is not finite is written as a dash.
        digits: Digits that matter.
    """
    if not math.isfinite(value):
        return "-"
    if value == int(value):
        return f"{int(value):,}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}"


def percent(share: float, decimals: int = 0) -> str:
    """Return a share as percent; what only rounds to all or nothing is said to be more or less than that.

    Args:
        share: 0 to 1 and beyond.
        decimals: Digits after the point.
    """
    step = 10.0**-decimals
    shown = f"{share * 100:.{decimals}f}"
    if share < 1 and float(shown) == 100:
        return f"over {100 - step:.{decimals}f} %"
    if share > 0 and float(shown) == 0:
        return f"under {step:.{decimals}f} %"
    return f"{shown} %"


def unit_of(key: str) -> tuple[str, float]:
    """Return the unit of a record's figure, and what the figure is multiplied by to be in it.

    Args:
        key: As in a record, such as `total_ms_p50`.

    Returns:
        `("ms", 1.0)`; an empty unit where the figure has none.
    """
    return _parts(key)[1:3]


def title(key: str) -> str:
    """Return a record's figure for the head of a table: `total_ms_p50` is `total, median, ms`, `size_bytes` is `size, MB`.

    Args:
        key: As in a record.
    """
    if key in _WHOLE:
        return _WHOLE[key]
    if key.startswith("bleu_"):
        return f"BLEU-{key[5:]}"
    what, unit, _, statistic = _parts(key)
    return ", ".join(part for part in (what.replace("_", " "), statistic, unit) if part)


def amount(key: str, value: float, digits: int = 3) -> str:
    """Return a record's figure in its unit for people, the unit not included: bytes as MB.

    Args:
        key: As in a record.
        value: As in a record.
        digits: See `number`.
    """
    return number(value * _parts(key)[2], digits)


def _parts(key: str) -> tuple[str, str, float, str]:
    """What, unit, factor, statistic."""
    what, _, last = key.rpartition("_")
    statistic = _STATISTICS.get(last, "")
    what = what if statistic else key
    for ending, (unit, factor) in _UNITS.items():
        if what == ending:
            return "", unit, factor, statistic
        if what.endswith(f"_{ending}"):
            return what.removesuffix(f"_{ending}"), unit, factor, statistic
    return what, "", 1.0, statistic
