import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import edge_runtime
from edge_runtime import Captioner
from edge_runtime.bundle.installed import PACKAGES
from edge_runtime.bundle.reader import Bundle
from export.bundling.packaging import VARIANTS
from export.cli import main

ROOT = Path(__file__).parents[2]
PROJECTS = ROOT / "packages"


def _project(size: str, folder: Path) -> Path:
    """A copy of a package's source, without the bundle that it may hold."""
    return Path(
        shutil.copytree(PROJECTS / size, folder / size, ignore=shutil.ignore_patterns("bundle", "build", "*.egg-info"))
    )


@pytest.mark.parametrize("size", PACKAGES)
def test_a_wheel_of_a_package_is_found_by_its_name(
    size: str, tiny_bundle: Path, dark: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = _project(size, tmp_path)
    variant = Bundle(tiny_bundle).manifest.default_variant
    assert main(["package", str(tiny_bundle), "--size", size, "--to", str(project), "--variants", variant]) == 0
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(project)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.chdir(tmp_path)
    assert Captioner.load(size).caption(dark).text == "a dark picture"


def test_only_the_variants_asked_for_go_in(tiny_bundle: Path, tmp_path: Path) -> None:
    project = _project("small", tmp_path)
    variant = Bundle(tiny_bundle).manifest.default_variant
    main(["package", str(tiny_bundle), "--size", "small", "--to", str(project), "--variants", variant])
    made = Bundle(project / "src" / "edge_caption_small" / "bundle")
    made.verify()
    assert list(made.manifest.variants) == [variant]
    assert {path.name for path in made.path.iterdir()} == {"manifest.json", *(file.path for file in made.files())}


@pytest.mark.parametrize("size", PACKAGES)
def test_the_bundle_that_a_package_carries(size: str, dark: Path, tmp_path: Path) -> None:
    bundle = Bundle(PROJECTS / size / "src" / PACKAGES[size] / "bundle")
    bundle.verify()
    manifest = bundle.manifest
    assert manifest.name == PACKAGES[size].replace("_", "-")
    assert set(manifest.variants) == set(VARIANTS)
    assert manifest.default_variant == VARIANTS[0]
    # One of another size would be a copy of the default's.
    shipped = Bundle(None).manifest
    assert (manifest.input.height < shipped.input.height) == (size == "small")
    for variant in VARIANTS:
        captioner = Captioner.load(bundle, variant)
        said = captioner.caption(ROOT / "examples" / "street.jpg")
        assert len(said.text.split()) > 3
        assert said.confidence is not None
        assert 0 < said.confidence < 1
        assert captioner.caption(dark).abstained


@pytest.mark.parametrize("size", PACKAGES)
def test_the_versions_go_together(size: str) -> None:
    about = tomllib.loads((PROJECTS / size / "pyproject.toml").read_text())["project"]
    assert about["name"] == PACKAGES[size].replace("_", "-")
    assert about["version"] == edge_runtime.__version__
    major, minor, _ = edge_runtime.__version__.split(".")
    assert about["dependencies"] == [f"edge-caption>={major}.{minor},<{major}.{int(minor) + 1}"]


def test_bad_input(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = _project("small", tmp_path)
    for arguments, said in [
        ([str(tiny_bundle), "--to", str(project), "--variants", "onnx-int3"], "unknown variant 'onnx-int3'"),
        ([str(tiny_bundle), "--to", str(tmp_path / "none")], "no source of the package edge_caption_small"),
        ([str(tmp_path / "nothing"), "--to", str(project)], "no such bundle"),
    ]:
        assert main(["package", *arguments, "--size", "small"]) != 0
        error = capsys.readouterr().err
        assert said in error
        assert len(error.strip().splitlines()) == 1
    assert not (project / "src" / "edge_caption_small" / "bundle").exists()
