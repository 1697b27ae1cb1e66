import logging
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.errors import SinkError
from edge_runtime.sinks.base import SinkContext
from edge_runtime.sinks.lettering import Lettering
from edge_runtime.sinks.script import package_of, script_name, undrawable
from edge_runtime.sinks.video import VideoSink
from edge_runtime.sinks.window import WindowKind
from tests.edge_runtime.sinks.font_stand_ins import ARABIC, CHINESE, need, only_fonts_in, without_layout

pytest.importorskip("cv2", reason="OpenCV is not installed")

FRAME = np.full((240, 320, 3), 255, np.uint8)
NO_CHINESE = "no font that is installed has the letters of Chinese; run: sudo apt install fonts-noto-cjk"
NO_ARABIC = "no font that is installed has the letters of Arabic; run: sudo apt install fonts-noto-core"
NO_LAYOUT = "Pillow cannot join or turn letters here, as Arabic needs it; run: sudo apt install libfribidi0 libraqm0"


@pytest.mark.parametrize(
    ("letter", "name", "package"),
    [
        ("狗", "Chinese", "fonts-noto-cjk"),
        ("ひ", "Japanese", "fonts-noto-cjk"),
        ("가", "Korean", "fonts-noto-cjk"),
        ("ر", "Arabic", "fonts-noto-core"),
        ("क", "Devanagari", "fonts-noto-core"),
        ("ß", "Latin", "fonts-dejavu-core"),
        ("ж", "Cyrillic", "fonts-dejavu-core"),
    ],
)
def test_scripts_have_names_and_packages(letter: str, name: str, package: str) -> None:
    assert (script_name(letter), package_of(name)) == (name, package)


@pytest.mark.parametrize("text", ["a dog", "a dog 😀 ★ \u2068", ""])
def test_english_is_always_drawn_and_signs_do_not_count(text: str, tmp_path: Path) -> None:
    with only_fonts_in(tmp_path), without_layout():
        assert undrawable(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"a {CHINESE}", NO_CHINESE),
        ("großer", NO_CHINESE.replace("Chinese", "Latin").replace("noto-cjk", "dejavu-core")),
    ],
)
def test_a_script_without_a_font_is_named_with_its_package(text: str, reason: str, tmp_path: Path) -> None:
    with only_fonts_in(tmp_path):
        assert undrawable(text) == reason


def test_arabic_without_a_font_or_a_layout_is_not_drawn(tmp_path: Path) -> None:
    with without_layout():
        assert undrawable(ARABIC) == NO_LAYOUT
        assert undrawable("नमस्ते") == NO_LAYOUT.replace("Arabic", "Devanagari")
    need(ARABIC)
    with only_fonts_in(tmp_path):
        assert undrawable(ARABIC) == NO_ARABIC


def test_what_cannot_be_drawn_is_said_once_and_not_drawn(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lettering = Lettering("--window")
    before = logging.getLogger("edge_runtime").propagate
    logging.getLogger("edge_runtime").propagate = True
    with only_fonts_in(tmp_path):
        for _ in range(3):
            assert lettering.draw(FRAME, CHINESE) is FRAME
        assert (lettering.draw(FRAME, "a dog") != FRAME).any()
        both = lettering.draw(FRAME, f"a dog\n{CHINESE}")
        assert (both == lettering.draw(FRAME, "a dog")).all()
    logging.getLogger("edge_runtime").propagate = before
    assert [record.getMessage() for record in caplog.records] == [
        f"--window: {NO_CHINESE}; until then such captions are not drawn"
    ]


def test_what_can_be_drawn_is() -> None:
    for text in (ARABIC, CHINESE):
        need(text)
        assert (Lettering("--window").draw(FRAME, text) != FRAME).any()


def test_a_sink_of_a_language_without_letters_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "out.mkv"
    with only_fonts_in(tmp_path):
        with pytest.raises(SinkError) as refused:
            VideoSink(str(path), 10, letters="aei一只").check()
        assert str(refused.value) == f"--record {path}: {NO_CHINESE}"
        context = SinkContext((), None, False, lambda: None, "一只")
        (window,) = WindowKind(enabled=True).sinks(context)
        with pytest.raises(SinkError) as refused:
            window.sink.check()
        assert str(refused.value) == f"--window: {NO_CHINESE}"
        Lettering("--window", "aei").check()
    with without_layout(), pytest.raises(SinkError, match="Pillow cannot join"):
        Lettering("--window", "رجل").check()
    assert not path.exists()
