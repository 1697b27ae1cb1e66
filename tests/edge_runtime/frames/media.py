"""Small media that ffmpeg makes."""

import subprocess
from pathlib import Path

import pytest

TEST_PICTURES = ("-f", "lavfi", "-i", "testsrc=duration=1:size=128x96:rate=10")
"""Ten pictures of a second."""


def made_by_ffmpeg(path: Path, *words: str) -> Path:
    """Make a file; skips where ffmpeg is not installed, or cannot encode it."""
    try:
        made = subprocess.run(["ffmpeg", "-v", "error", "-y", *words, str(path)], capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs Debian's ffmpeg")
    if b"Unknown encoder" in made.stderr:
        pytest.skip("needs an ffmpeg with this encoder")
    assert made.returncode == 0, made.stderr
    return path
