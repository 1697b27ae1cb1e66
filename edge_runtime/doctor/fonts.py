"""Which scripts can be drawn into pictures."""

from edge_runtime.doctor.base import Check
from edge_runtime.sinks.script import undrawable

_SCRIPTS = {"Latin": "aeiouäöüßãçñ", "Chinese": "的一在人有是狗车红", "Arabic": "ابتجدرسعفقكلمنهوي"}
"""Of the languages that captions come in, and letters to try them by."""


def fonts() -> Check:
    """Return which scripts have fonts; never a warning, since only a window or a recording in such a language needs them."""
    lacking = {script: undrawable(letters) for script, letters in _SCRIPTS.items()}
    drawn = ", ".join(script for script, reason in lacking.items() if reason is None)
    found = f"{drawn or 'English alone'} can be drawn"
    for reason in lacking.values():
        if reason is not None:
            found += f"; for captions in pictures: {reason}"
    return Check("fonts", "ok", found)
