import shutil
from pathlib import Path

import pytest

from edge_runtime import Captioner
from edge_runtime.bundle.installed import DEFAULT_BUNDLE, bundle_path, installed_bundle
from edge_runtime.cli import main
from edge_runtime.errors import BundleNotFoundError


@pytest.fixture
def small(tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package edge_caption_small in the path, which must not be run."""
    package = tmp_path / "site" / "edge_caption_small"
    shutil.copytree(tiny_bundle, package / "bundle")
    (package / "__init__.py").write_text("raise SystemExit('it was run')\n")
    monkeypatch.syspath_prepend(str(package.parent))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return package / "bundle"


def test_a_name_is_a_bundle_that_is_installed(small: Path, dark: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle_path("small") == bundle_path(Path("small")) == installed_bundle("small") == small
    assert Captioner.load("small").caption(dark).text == "a dark picture"
    assert main(["caption", "--bundle", "small", str(dark)]) == 0
    assert "a dark picture" in capsys.readouterr().out


def test_a_bundle_at_a_path_of_that_name_comes_first_and_another_folder_does_not(small: Path) -> None:
    Path("small").mkdir()
    assert bundle_path("small") == small
    shutil.copy(small / "manifest.json", "small")
    assert bundle_path("small") == Path("small")


def test_the_default_one_has_a_name_too() -> None:
    assert bundle_path(None) == bundle_path("default") == DEFAULT_BUNDLE


def test_what_is_not_installed_is_said_with_the_remedy(
    dark: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if installed_bundle("large") is not None:
        pytest.skip("edge-caption-large is installed here")
    with pytest.raises(
        BundleNotFoundError, match="the bundle 'large' is not installed; run: pip install edge-caption-large"
    ):
        Captioner.load("large")
    assert main(["caption", "--bundle", "large", str(dark)]) != 0
    said = capsys.readouterr().err
    assert "pip install edge-caption-large" in said
    assert "Traceback" not in said


def test_a_package_that_holds_no_bundle_is_told_from_none(small: Path) -> None:
    (small / "manifest.json").unlink()
    with pytest.raises(BundleNotFoundError, match="is installed, but no bundle lies in it"):
        bundle_path("small")


def test_a_folder_of_that_name_is_meant_where_nothing_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    if installed_bundle("large") is not None:
        pytest.skip("edge-caption-large is installed here")
    Path("large").mkdir()
    assert main(["bundle", "info", "./large"]) != 0
    assert "manifest.json" in capsys.readouterr().err
