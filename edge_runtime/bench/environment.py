"""Under what conditions figures are taken, and whether they may be believed."""

import datetime
import importlib.metadata
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from edge_runtime.machine.device import (
    available_cores,
    board,
    busy_cores,
    cpu_features,
    cpu_model,
    frequency,
    governor,
    memory,
    temperature,
)
from edge_runtime.machine.throttling import COOLED, cooled, heat_events, hot_limit, throttling

PACKAGES = ("edge-caption", "numpy", "onnxruntime", "ai-edge-litert", "pillow", "opencv-python-headless")
WIDEST = 0.10
"""Half the spread of a median's repeats, as a share of it, above which a run is not believed."""
_BUSY = 0.3
"""Cores' worth of other processes' work above which a machine counts as busy."""
_WATCHED = 0.5
"""Seconds that they are watched for."""


@dataclass(frozen=True)
class Snapshot:
    """What may hold the processor back, at one time.

    Attributes:
        temperature: Degrees Celsius; None where nothing tells.
        throttled: What firmware and kernel say now: `throttled`, `under-voltage`, ...; empty where nothing tells.
        throttled_before: What it says of any time since the start.
        clock_mhz: Clock of the fastest core; None where nothing tells.
        busy: Cores' worth of work that other processes do; None where nothing tells.
        heat_events: How often heat has slowed a core down since the start; None where nothing tells.
    """

    temperature: float | None
    throttled: tuple[str, ...]
    throttled_before: tuple[str, ...]
    clock_mhz: int | None
    busy: float | None
    heat_events: int | None = None


def snapshot() -> Snapshot:
    """Look at the machine; takes half a second, and a second more at the most."""
    held, clock = throttling(), frequency()
    return Snapshot(
        temperature(),
        (*(held.now if held else ()), *cooled()),
        held.past if held else (),
        clock.now if clock else None,
        busy_cores(_WATCHED),
        heat_events(),
    )


def machine_facts() -> dict[str, Any]:
    """What stands beside every figure: board, processor, cores, memory, clock's governor, versions."""
    found, clock = memory(), frequency()
    return {
        "board": board(),
        "cpu": cpu_model(),
        "cpu_features": list(cpu_features()),
        "architecture": platform.machine(),
        "cores": available_cores(),
        "memory_mb": round(found.total / 1e6) if found else None,
        "governor": governor(),
        "clock_most_mhz": clock.most if clock else None,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": versions(PACKAGES),
    }


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Versions of the packages that are installed."""
    found = {}
    for package in packages:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def today() -> str:
    """This moment, ISO 8601 to the second, UTC."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def measurement_warnings(before: Snapshot, after: Snapshot, noise: Mapping[str, float]) -> list[str]:
    """Why the figures of a measurement should not be believed; nothing where nothing speaks against them.

    Args:
        before: The machine before the measurement.
        after: And after it.
        noise: What was measured -> half the spread of its repeats, as a share of it.
    """
    found = []
    new = [flag for flag in after.throttled_before if flag not in before.throttled_before]
    slowed = (after.heat_events or 0) > (before.heat_events or 0)
    held = dict.fromkeys([*before.throttled, *after.throttled, *new, *([COOLED] if slowed else [])])
    if held:
        found.append(
            f"the processor was held back ({', '.join(held)}): cool it, or give it a stronger supply, and measure again"
        )
    hottest = max((m.temperature for m in (before, after) if m.temperature is not None), default=None)
    if hottest is not None and hottest >= hot_limit():
        found.append(f"the processor was at {hottest:.0f} C, where it slows itself down: cool it and measure again")
    wide = {name: share for name, share in noise.items() if share > WIDEST}
    if wide:
        worst = max(wide, key=lambda name: wide[name])
        more = f" and {len(wide) - 1} more" if len(wide) > 1 else ""
        found.append(
            f"the spread is too wide ({worst}: {wide[worst] * 100:.0f} % either way{more}; {WIDEST * 100:.0f} % is the most): "
            "stop what else runs and measure again"
        )
    busiest = max((m.busy for m in (before, after) if m.busy is not None), default=0.0)
    if busiest > _BUSY:
        found.append(f"other processes kept {busiest:.1f} cores busy: stop what else runs and measure again")
    return found


def state(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """Both snapshots, as they stand in a record."""
    return {"before": asdict(before), "after": asdict(after)}
