"""Letters are there on every machine, and words are of letters alone."""

import numpy as np
import pytest

from train.nonpictures import fonts
from train.nonpictures.kinds import draw


def test_words_are_of_the_script() -> None:
    rng = np.random.default_rng(0)
    for script in fonts.SCRIPTS:
        written = [fonts.word(rng, script) for _ in range(50)]
        assert all(word.isalpha() for word in written)
        assert all(word.isascii() for word in written) == (script == "latin")


def test_text_has_the_words_asked_for() -> None:
    text = fonts.words(np.random.default_rng(0), 200)
    assert len(text) == 200
    assert text[0][0].isupper() or text[0][0].isdigit()
    assert sum(word.endswith(".") for word in text) > 5


def test_a_machine_without_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow's own font does for all that is written."""
    nothing: dict[str, list[object]] = {"sans": [], "serif": [], "mono": []}
    monkeypatch.setattr(fonts, "_files", lambda: nothing)
    fonts.has_scripts.cache_clear()
    try:
        assert not fonts.has_scripts()
        for kind in ("page", "screenshot", "diagram", "bars"):
            assert np.ptp(draw(kind, 6, seed=1).astype(int)) > 100
    finally:
        fonts.has_scripts.cache_clear()
