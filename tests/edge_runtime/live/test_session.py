import json
from pathlib import Path

import pytest
from PIL import Image

from edge_runtime.cli import main
from tests.edge_runtime.fake_source import scene
from tests.edge_runtime.sinks.font_stand_ins import only_fonts_in
from tests.two_languages import CHINESE, two_languages

pytest.importorskip("cv2", reason="OpenCV is not installed")


@pytest.mark.parametrize("languages", [["zh"], ["en", "zh"], ["zh", "en"]])
def test_a_recording_in_a_language_without_letters_is_refused_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], languages: list[str]
) -> None:
    picture, video = tmp_path / "1.png", tmp_path / "out.mkv"
    Image.new("RGB", (64, 48)).save(picture)
    bundle = two_languages(tmp_path / "bundle", "zh", CHINESE)
    words = ["live", "--source", str(picture), "--bundle", str(bundle), "--record", str(video)]
    words += [word for tag in languages for word in ("--language", tag)]
    with only_fonts_in(tmp_path / "none"):
        assert main(words) == 2
    assert capsys.readouterr().err == (
        f"edge-caption: --record {video}: no font that is installed has the letters of Chinese; "
        "run: sudo apt install fonts-noto-cjk\n"
    )
    assert not video.exists()


def test_two_languages_reach_every_sink(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle, picture = two_languages(tmp_path / "bundle"), tmp_path / "1.png"
    Image.fromarray(scene(0)).save(picture)
    files = [tmp_path / name for name in ("out.srt", "out.vtt", "out.jsonl")]
    sinks = [word for file in files for word in (f"--{file.suffix[1:]}", str(file))]
    languages = ["--language", "de", "--language", "en"]
    assert main(["live", "--source", str(picture), "--bundle", str(bundle), *languages, *sinks]) == 0
    assert capsys.readouterr().out == "Ein dunkles Bild.\na dark picture\n"
    subtitles, web, lines = (file.read_text() for file in files)
    assert "\nEin dunkles Bild.\na dark picture\n" in subtitles
    assert "\nEin dunkles Bild.\na dark picture\n" in web
    told = json.loads(lines.splitlines()[0])
    assert (told["language"], told["caption"]) == ("de", "Ein dunkles Bild.")
    assert told["captions"] == {"de": "Ein dunkles Bild.", "en": "a dark picture"}


@pytest.mark.parametrize(
    ("languages", "sentence"),
    [
        (["en", "en"], "--language en: en is asked for twice; name each language once"),
        (["de", "de-CH"], "--language de-CH: de is asked for twice; name each language once"),
        (["en", "xx-bad"], "language xx-bad: this bundle speaks en, de; name one of these"),
        (["xx-bad"], "language xx-bad: this bundle speaks en, de; name one of these"),
    ],
)
def test_languages_that_cannot_be_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], languages: list[str], sentence: str
) -> None:
    bundle, picture, subtitles = two_languages(tmp_path / "bundle"), tmp_path / "1.png", tmp_path / "out.srt"
    Image.fromarray(scene(0)).save(picture)
    named = [word for tag in languages for word in ("--language", tag)]
    assert main(["live", "--source", str(picture), "--bundle", str(bundle), *named, "--srt", str(subtitles)]) == 2
    assert capsys.readouterr() == ("", f"edge-caption: {sentence}\n")
    assert not subtitles.exists()
