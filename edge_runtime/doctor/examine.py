"""What this machine has for captions, and what to do about what it lacks."""

from collections.abc import Callable, Iterable
from pathlib import Path

from edge_runtime.console.columns import padded, width
from edge_runtime.console.terminal import plain
from edge_runtime.doctor import cameras, fonts, machine, model, packages, storage
from edge_runtime.doctor.base import Check
from edge_runtime.machine.device import ROOT

_ARROW = "  -> "


def examine(bundle: Path | None = None, root: Path = ROOT) -> list[Check]:
    """Look at everything; a check that breaks is a row of its own and stops no other.

    Args:
        bundle: Folder or zip; the default bundle where None.
        root: Where /proc, /sys and /dev are looked for.
    """
    checks: dict[str, Callable[[], Check | Iterable[Check]]] = {
        "processor": lambda: machine.processor(root),
        "memory": lambda: machine.memory(root),
        "temperature": lambda: machine.temperature(root),
        "power": machine.power,
        "clock rate": lambda: machine.governor(root),
        "time of day": machine.wall_clock,
        "Python": packages.python,
        "packages": packages.libraries,
        "ONNX Runtime": packages.onnx_runtime,
        "LiteRT": lambda: packages.litert(model.manifest(bundle)),
        "OpenCV": packages.opencv,
        "fonts": fonts.fonts,
        "camera": lambda: cameras.plugged_in(root),
        "permission": lambda: cameras.permission(root),
        "picamera2": lambda: cameras.picamera2(root),
        "rpicam-vid": cameras.rpicam,
        "bundle": lambda: model.intact(bundle),
        "cache folder": storage.cache,
        "current folder": storage.current,
        "disk": storage.disk,
    }
    rows: list[Check] = []
    for name, check in checks.items():
        try:
            found = check()
            rows += [found] if isinstance(found, Check) else found
        except Exception as error:
            # Whatever a strange machine makes of a check, the other rows are what helps its owner.
            remedy = "tell the makers of edge-caption, with this line"
            rows.append(Check(name, "warning", f"cannot be examined ({type(error).__name__}: {error})", remedy))
    return rows


def table(checks: list[Check]) -> str:
    """Return the rows in columns, what to do below each that is not ok."""
    name, status = (max(width(plain(getattr(check, column))) for check in checks) for column in ("check", "status"))
    lines = []
    for check in checks:
        lines.append(f"{padded(plain(check.check), name)}  {check.status:<{status}}  {plain(check.found)}")
        if check.remedy:
            lines.append(f"{'':<{name}}  {'':<{status}}{_ARROW}{plain(check.remedy)}")
    return "\n".join(lines)
