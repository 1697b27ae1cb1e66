from pathlib import Path

import pytest
from PIL import Image

from edge_runtime.cli import main
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
