import time

import numpy as np
import pytest

from edge_runtime.sinks.overlay import Pixels, draw_caption
from tests.edge_runtime.sinks.font_stand_ins import ARABIC, CHINESE, need

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


def test_accents_in_either_form_and_spaces_are_one_text() -> None:
    drawn = draw_caption(_frame(240, 320), "un café noir")
    assert (drawn == draw_caption(_frame(240, 320), " un cafe\u0301 \t noir\ufe0f")).all()
    assert (drawn != draw_caption(_frame(240, 320), "un cafe noir")).any()


def test_lines_in_several_languages_stay_apart() -> None:
    one, two = (_band(draw_caption(_frame(480, 640), text)) for text in ("a dog ein Hund", "a dog\nein Hund"))
    assert len(two) > 1.5 * len(one)


def _rows_and_columns(text: str) -> tuple[int, int]:
    """Size of the band and of its letters, of a white frame."""
    band = _band(draw_caption(_frame(480, 640), text))
    columns = np.flatnonzero((band.min(axis=2) > WHITE + 60).any(axis=0))
    return len(band), int(columns[-1] - columns[0])


def test_chinese_fills_its_lines() -> None:
    need(CHINESE)
    sentence = "一只棕色的狗在雪地里奔跑追着一个红色的球" * 3
    (one, _), (rows, columns) = _rows_and_columns("一只狗"), _rows_and_columns(sentence)
    assert columns > 0.9 * 640
    assert rows > 1.5 * one


def test_the_full_stop_of_an_arabic_sentence_stands_at_its_left() -> None:
    need(ARABIC)
    letters = _band(draw_caption(_frame(480, 640), ARABIC)).min(axis=2) > WHITE + 60
    columns = np.flatnonzero(letters.any(axis=0))
    heights = [np.ptp(np.flatnonzero(letters[:, columns[0] + side])) for side in range(2)]
    assert max(heights) <= 4  # of a line of 35
    assert np.flatnonzero(letters[:, columns[0]])[0] > len(letters) / 2


def test_a_sentence_that_stays_costs_little() -> None:
    frame = _frame(480, 640)
    draw_caption(frame, LONG)
    taken = []
    for _ in range(50):
        begun = time.perf_counter()
        draw_caption(frame, LONG)
        taken.append(time.perf_counter() - begun)
    assert sorted(taken)[10] < 1e-3
