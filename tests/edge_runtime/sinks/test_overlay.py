import time
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.sinks import fonts
from edge_runtime.sinks.overlay import Pixels, draw_caption

cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")

LONG = "a man and a woman are standing next to each other in front of a large building with a clock"
MANY = "un café à côté, 日本語の字幕, Привет, 😀 ★ 한국어"
WHITE = 107
"""What the band leaves of a white picture."""


def _frame(height: int, width: int) -> Pixels:
    return np.full((height, width, 3), 255, np.uint8)


def _band(drawn: Pixels) -> Pixels:
    """The rows that are not as before, of a white frame."""
    changed = np.flatnonzero((drawn != 255).any(axis=(1, 2)))
    assert changed[-1] == len(drawn) - 1
    return drawn[changed[0] :]


@pytest.mark.parametrize(("height", "width"), [(120, 160), (480, 640), (640, 360), (1080, 1920), (2160, 3840)])
@pytest.mark.parametrize("text", ["a dog", LONG, MANY], ids=["short", "long", "many scripts"])
def test_letters_lie_within_a_band_at_the_bottom(height: int, width: int, text: str) -> None:
    frame = _frame(height, width)
    drawn = draw_caption(frame, text)
    assert (frame == 255).all()
    assert (drawn.shape, drawn.dtype) == (frame.shape, frame.dtype)
    band = _band(drawn)
    assert 0.1 * min(height, width) <= len(band) <= 0.6 * height
    letters = band.min(axis=2) > WHITE + 60
    rows, columns = np.flatnonzero(letters.any(axis=1)), np.flatnonzero(letters.any(axis=0))
    assert rows[0] > 0
    assert rows[-1] < len(band) - 1
    assert columns[0] > 0
    assert columns[-1] < width - 1
    middle = (columns[0] + columns[-1]) / 2
    assert abs(middle - width / 2) <= 0.02 * width
    assert (band[0] == WHITE).all()


def test_the_band_is_half_transparent_and_letters_are_white() -> None:
    frame = np.zeros((480, 640, 3), np.uint8)
    frame[:, :, 0] = 200
    band = draw_caption(frame, "a dog")[-20:]
    assert tuple(band[0, 0]) == (84, 0, 0)
    assert band[:, :, 1].max() == 255
    assert (draw_caption(frame, "a dog")[:400] == frame[:400]).all()


def test_letters_grow_with_the_frame() -> None:
    heights = [len(_band(draw_caption(_frame(height, height * 4 // 3), "a dog"))) for height in (480, 960, 1920)]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.06)
    assert heights[2] == pytest.approx(4 * heights[0], rel=0.06)


@pytest.mark.parametrize(("height", "width"), [(16, 16), (16, 320), (320, 16), (17, 33)])
@pytest.mark.parametrize("text", ["a", LONG, MANY, "日本語" * 400])
def test_frames_too_small_for_the_text_are_drawn_too(height: int, width: int, text: str) -> None:
    drawn = draw_caption(_frame(height, width), text)
    assert (drawn != 255).any()


@pytest.mark.parametrize("text", ["", "  \n", "\x00\x1b"])
def test_without_a_sentence_the_frame_stays(text: str) -> None:
    frame = _frame(120, 160)
    assert draw_caption(frame, text) is frame


def test_accents_in_either_form_and_line_breaks_are_one_text() -> None:
    drawn = draw_caption(_frame(240, 320), "un café noir")
    assert (drawn == draw_caption(_frame(240, 320), "un cafe\u0301\n noir\ufe0f")).all()
    assert (drawn != draw_caption(_frame(240, 320), "un cafe noir")).any()


def test_each_character_is_drawn_in_a_font_that_has_it() -> None:
    runs = fonts.runs_of("né 日本 где", 20)
    assert "".join(run.text for run in runs) == "né 日本 где"
    missing = bytes(runs[0].font.getmask("\U0010ffff"))
    if len(runs) == 1:
        pytest.skip("no installed font shows Japanese")
    assert [run.text for run in runs] == ["né ", "日本 ", "где"]
    assert runs[0].font.path == runs[2].font.path != runs[1].font.path
    for run in runs:
        assert all(bytes(run.font.getmask(character)) != missing for character in run.text)


def test_without_installed_fonts_pillow_s_own_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "NotoSansDamaged-Regular.ttf").write_bytes(b"damaged")
    monkeypatch.setattr(fonts, "_FOLDERS", {"linux": (str(tmp_path), str(tmp_path / "none"))})
    caches = (fonts._installed, fonts._font_with, fonts._opened)
    for kept in caches:
        kept.cache_clear()
    try:
        (run,) = fonts.runs_of("a dog", 20)
        assert run.font.getname()[0] == "Aileron"
        assert "".join(run.text for run in fonts.runs_of("日本", 20)) == "日本"
    finally:
        for kept in caches:
            kept.cache_clear()


def test_a_sentence_that_stays_costs_little() -> None:
    frame = _frame(480, 640)
    draw_caption(frame, LONG)
    taken = []
    for _ in range(50):
        begun = time.perf_counter()
        draw_caption(frame, LONG)
        taken.append(time.perf_counter() - begun)
    assert sorted(taken)[10] < 1e-3
