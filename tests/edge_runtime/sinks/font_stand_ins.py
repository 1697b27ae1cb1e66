"""Machines with other fonts, and without a layout for Arabic."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_runtime.sinks import font_files, fonts, overlay, script

ARABIC, CHINESE = "رجل يركب دراجة.", "一只狗在跑。"
_CACHES = (
    font_files.installed,
    font_files.further,
    font_files.opened,
    font_files.of_region,
    fonts._font_with,
    fonts.can_shape,
    script.undrawable,
    overlay._band,
)


@contextmanager
def only_fonts_in(folder: Path) -> Iterator[None]:
    """No fonts but those of a folder, and the one within Pillow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(font_files, "_FOLDERS", {"linux": (str(folder),)})
        _forget()
        yield
    _forget()


@contextmanager
def without_layout() -> Iterator[None]:
    """A Pillow that neither joins nor turns letters."""
    with pytest.MonkeyPatch.context() as patch:
        _forget()
        patch.setattr("PIL.features.check", lambda name: name != "raqm")
        yield
    _forget()


def need(text: str) -> None:
    """Skip the test where a text cannot be drawn here."""
    reason = script.undrawable(text)
    if reason is not None:
        pytest.skip(reason)


def _forget() -> None:
    for cache in _CACHES:
        cache.cache_clear()
