import shutil
from pathlib import Path

import pytest

from edge_runtime.sinks import font_files, fonts
from tests.edge_runtime.sinks.font_stand_ins import ARABIC, CHINESE, need, only_fonts_in, without_layout


def test_each_character_is_drawn_in_a_font_that_has_it() -> None:
    need("né日本где")
    runs = fonts.runs_of("né 日本 где", 20)
    assert [run.text for run in runs] == ["né ", "日本 ", "где"]
    assert runs[0].font.path == runs[2].font.path != runs[1].font.path
    for run in runs:
        missing = bytes(run.font.getmask("\U0010ffff"))
        assert all(bytes(run.font.getmask(character)) != missing for character in run.text)


def test_without_installed_fonts_pillow_s_own_is_used(tmp_path: Path) -> None:
    (tmp_path / "NotoSansDamaged-Regular.ttf").write_bytes(b"damaged")
    (tmp_path / "damaged.otf").write_bytes(b"damaged")
    with only_fonts_in(tmp_path):
        (run,) = fonts.runs_of("a dog", 20)
        assert run.font.getname()[0] == "Aileron"
        assert "".join(run.text for run in fonts.runs_of("日本", 20)) == "日本"
        assert fonts.shows("a")
        assert not fonts.shows("狗")


def test_a_font_of_any_name_is_better_than_none(tmp_path: Path) -> None:
    need(CHINESE)
    path = Path(str(fonts.runs_of("狗", 20)[0].font.path))
    shutil.copy(path, tmp_path / f"whatever{path.suffix}")
    with only_fonts_in(tmp_path):
        assert [Path(str(run.font.path)).stem for run in fonts.runs_of("狗", 20)] == ["whatever"]
        assert fonts.runs_of("a dog", 20)[0].font.getname()[0] == "Aileron"


@pytest.mark.parametrize(("text", "region"), [("直骨", "SC"), ("直骨の", "JP"), ("直骨가", "KR")])
def test_chinese_characters_have_the_forms_of_their_region(text: str, region: str) -> None:
    if not any(Path(face.path).name == "NotoSansCJK-Regular.ttc" for face in font_files.installed()):
        pytest.skip("NotoSansCJK-Regular.ttc is not installed (Debian: fonts-noto-cjk)")
    need(text)
    assert fonts.runs_of(text, 20)[0].font.getname()[0] == f"Noto Sans CJK {region}"


def test_arabic_stands_from_right_to_left() -> None:
    need(ARABIC)
    runs = fonts.runs_of("رجل 12 iPhone", 20)
    assert "".join(run.text for run in runs).startswith("iPhone")
    assert [run.direction for run in runs if "رجل" in run.text] == ["rtl"]
    assert [run.direction for run in runs if "iPhone" in run.text] == [None]


def test_arabic_letters_are_joined() -> None:
    """Within a word most are narrower than alone."""
    need(ARABIC)
    (word,), (letter,) = fonts.runs_of("ببب", 60), fonts.runs_of("ب", 60)
    assert word.length < 0.8 * 3 * letter.length


def test_without_a_layout_for_it_arabic_is_drawn_somehow() -> None:
    """A source's name in a message that must come through."""
    with without_layout():
        assert [run.direction for run in fonts.runs_of(ARABIC, 20)] == [None] * len(fonts.runs_of(ARABIC, 20))
