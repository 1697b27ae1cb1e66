"""Python, and the packages that a caption or the live mode needs."""

import importlib.metadata
import struct
import sys
from pathlib import Path

from edge_runtime.bundle.manifest import Manifest
from edge_runtime.doctor.base import Check, Status
from edge_runtime.machine.isolated import run_isolated

_OPENCV = """
import cv2
about = cv2.getBuildInformation().splitlines()
facts = {line.split(":")[0].strip(): line.split(":", 1)[1].strip() for line in about if ":" in line}
print(cv2.__version__, "headless" if facts.get("GUI", "NONE") == "NONE" else "windows", facts.get("FFMPEG", "NO"), sep="|")
"""
_LIVE = "run: pip install 'edge-caption[live]'"


def python() -> Check:
    """Which Python, and whether it sees the system's packages."""
    told = f"{sys.version.split()[0]}, {struct.calcsize('P') * 8} bits"
    if sys.prefix != sys.base_prefix:
        settings = Path(sys.prefix) / "pyvenv.cfg"
        shared = settings.exists() and "include-system-site-packages = true" in settings.read_text()
        told += f", a virtual environment {'that sees' if shared else 'apart from'} the system's packages"
    if struct.calcsize("P") < 8:
        return Check("Python", "failed", told, "install the 64-bit system: there are no 32-bit builds of the runtimes")
    return Check("Python", "ok", told)


def libraries() -> Check:
    """Versions of what has no row of its own."""
    return Check("packages", "ok", ", ".join(f"{name} {_version(name)}" for name in ("numpy", "pillow", "psutil")))


def onnx_runtime() -> Check:
    """The runtime that is always there."""
    outcome = run_isolated(
        "-c", "from edge_runtime.backends.onnx_runtime import onnx_runtime; print(onnx_runtime().__version__)"
    )
    if outcome.problem:
        remedy = "run: pip install --force-reinstall 'onnxruntime>=1.24.1'"
        return Check("ONNX Runtime", "failed", f"cannot be loaded: {outcome.problem}", remedy)
    return Check("ONNX Runtime", "ok", outcome.out)


def litert(manifest: Manifest | None) -> Check:
    """The runtime that some variants need; `manifest` is the bundle's, None where it cannot be read."""
    needing = (
        sorted(name for name, variant in manifest.variants.items() if variant.backend == "litert") if manifest else []
    )
    version = _version("ai-edge-litert")
    if version == _MISSING:
        if not needing:
            return Check("LiteRT", "ok", "not installed, and no variant needs it")
        found = f"not installed; needed by {', '.join(needing)}"
        return Check("LiteRT", "warning", found, "run: pip install 'edge-caption[litert]'")
    outcome = run_isolated("-c", "import ai_edge_litert.interpreter")
    if outcome.problem:
        remedy = "run: pip install --force-reinstall 'edge-caption[litert]', or use an onnx variant"
        status: Status = "failed" if manifest and manifest.default_variant in needing else "warning"
        return Check("LiteRT", status, f"{version} cannot be loaded: {outcome.problem}", remedy)
    return Check("LiteRT", "ok", version)


def opencv() -> Check:
    """What reads cameras and videos."""
    outcome = run_isolated("-c", _OPENCV)
    if outcome.problem:
        if "No module named 'cv2'" in outcome.problem:
            return Check("OpenCV", "warning", "not installed; live captions need it", _LIVE)
        remedy = "run: pip uninstall opencv-python; pip install 'edge-caption[live]'"
        return Check("OpenCV", "failed", f"cannot be loaded: {outcome.problem}", remedy)
    version, windows, videos = outcome.out.split("|")
    told = f"{version}, {'with windows' if windows == 'windows' else 'headless: no --window'}"
    if not videos.startswith("YES"):
        remedy = f"{_LIVE}, whose OpenCV has FFmpeg"
        return Check("OpenCV", "warning", f"{told}, without FFmpeg: no video files and no rtsp://", remedy)
    return Check("OpenCV", "ok", f"{told}, with FFmpeg")


_MISSING = "not installed"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return _MISSING
