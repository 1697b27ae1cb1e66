from pathlib import Path

import pytest
from PIL import Image

from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.cli import main
from tests.edge_runtime.sinks.font_stand_ins import only_fonts_in

pytest.importorskip("cv2", reason="OpenCV is not installed")


def test_a_recording_in_a_language_without_letters_is_refused_at_the_start(
    tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    picture, video = tmp_path / "1.png", tmp_path / "out.mkv"
    Image.new("RGB", (64, 48)).save(picture)
    monkeypatch.setattr(Vocabulary, "letters", "一只狗")
    words = ["live", "--source", str(picture), "--bundle", str(tiny_bundle), "--record", str(video)]
    with only_fonts_in(tmp_path / "none"):
        assert main(words) == 2
    assert capsys.readouterr().err == (
        f"edge-caption: --record {video}: no font that is installed has the letters of Chinese; "
        "run: sudo apt install fonts-noto-cjk\n"
    )
    assert not video.exists()
