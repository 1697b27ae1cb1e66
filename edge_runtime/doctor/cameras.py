"""Cameras: what is plugged in, what can reach it, and whether this user may."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from edge_runtime.doctor.base import Check
from edge_runtime.machine import device
from edge_runtime.machine.isolated import run_isolated

_DEBIAN = "usr/lib/python3/dist-packages/picamera2"
_PROGRAMS = ("rpicam-vid", "libcamera-vid")
"""The Raspberry Pi's program, and what it was called until 2023."""


def plugged_in(root: Path) -> Iterator[Check]:
    """A row a camera, with the formats that it gives."""
    from edge_runtime.frames.cameras import cameras

    found = cameras()
    for camera in found:
        formats = "; ".join(camera.formats) or "formats not told"
        yield Check(f"camera {camera.path}", "ok", f"{camera.name}: {formats}")
    if not found:
        remedy = "plug one in, or use one of the network: --source rtsp://..."
        if _is_pi(root):
            remedy += "; a ribbon cable's camera is listed by: rpicam-hello --list-cameras"
        yield Check("camera", "warning", "none found", remedy)


def permission(root: Path) -> Check:
    """May this user open the devices?"""
    nodes = sorted((root / "dev").glob("video*"))
    denied = [f"/dev/{node.name}" for node in nodes if not os.access(node, os.R_OK | os.W_OK)]
    if denied:
        remedy = "run: sudo usermod -aG video $USER, then sign in again"
        return Check("permission", "failed", f"not for {', '.join(denied)}", remedy)
    return Check(
        "permission", "ok", f"for all of {len(nodes)} video devices" if nodes else "no video device to need it"
    )


def picamera2(root: Path) -> Check:
    """Python's way to a Raspberry Pi camera."""
    name = "picamera2"
    if importlib.util.find_spec("picamera2") is None:
        if (root / _DEBIAN).exists():
            remedy = "make the environment anew with python3 -m venv --system-site-packages, or use --source rpicam"
            return Check(name, "warning", "the system's, which this virtual environment does not see", remedy)
        if _is_pi(root) and not _program():
            remedy = "run: sudo apt install python3-picamera2, or rpicam-apps for --source rpicam"
            return Check(name, "warning", "not installed; a Raspberry Pi camera needs it or rpicam-vid", remedy)
        return Check(name, "ok", "not installed; only --source picamera needs it")
    outcome = run_isolated("-c", "import picamera2")
    if outcome.problem is None:
        return Check(name, "ok", "can be loaded: --source picamera")
    if "numpy" in outcome.problem:
        remedy = "run: pip install 'numpy<2' 'edge-caption[live]', or use --source rpicam"
        return Check(name, "warning", f"built for another numpy: {outcome.problem}", remedy)
    return Check(
        name, "warning", f"cannot be loaded: {outcome.problem}", "run: sudo apt install --reinstall python3-picamera2"
    )


def rpicam() -> Check:
    """The program that gives a Raspberry Pi camera's pictures."""
    program = _program()
    return Check(
        "rpicam-vid", "ok", f"{program}: --source rpicam" if program else "not on PATH; only --source rpicam needs it"
    )


def _program() -> str | None:
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


def _is_pi(root: Path) -> bool:
    return (device.board(root) or "").startswith("Raspberry Pi")
