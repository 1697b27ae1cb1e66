import os
from pathlib import Path

from export.bundling.writer import check_target


def _left(folder: Path, name: str, days: float) -> Path:
    left = folder / name
    left.mkdir(parents=True)
    (left / "encoder.onnx").write_text("x")
    when = left.stat().st_mtime - days * 86_400
    for path in (left / "encoder.onnx", left):
        os.utime(path, (when, when))
    return left


def test_what_killed_exports_left_is_cleaned_after_a_day(tmp_path: Path) -> None:
    old = [_left(tmp_path, f".bundle.{end}", 2) for end in ("abcd1234", "zz_99_aa.ready")]
    kept = [
        _left(tmp_path, ".bundle.abcd5678", 0.5),
        _left(tmp_path, ".bundle.notes", 9),
        _left(tmp_path, ".other.abcd1234", 9),
    ]
    check_target(tmp_path / "bundle")
    assert [path.exists() for path in old] == [False, False]
    assert all((path / "encoder.onnx").exists() for path in kept)


def test_a_bundle_that_was_aside_comes_back(tmp_path: Path) -> None:
    left = _left(tmp_path, ".bundle.abcd1234", 2)
    (left / "old").mkdir()
    (left / "old" / "manifest.json").write_text("{}")
    when = left.stat().st_mtime - 2 * 86_400
    for path in (left / "old", left):
        os.utime(path, (when, when))
    check_target(tmp_path / "bundle")
    assert (tmp_path / "bundle" / "manifest.json").read_text() == "{}"
    assert not left.exists()
