"""Has the processor been slowed down, and why? What a Raspberry Pi's `vcgencmd get_throttled` and the kernel say, and how hot it is."""

import contextlib
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.machine.device import ROOT, kernel_text, temperature

UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT = (
    "under-voltage",
    "arm frequency capped",
    "throttled",
    "soft temperature limit",
)
COOLED = "clock lowered by heat"
"""What the kernel says, of boards and PCs without `vcgencmd` too."""
_FLAGS = (UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT)
"""Bits 0 to 3 of the firmware's word tell of now, bits 16 to 19 of any time since the start."""
_PAST = 16
_PATIENCE = 0.8
"""Seconds that vcgencmd may take; it takes 0.02, or for ever where the firmware does not answer."""


@dataclass(frozen=True)
class Throttling:
    """What holds the processor back.

    Attributes:
        now: Flags at this moment: `under-voltage`, `arm frequency capped`, `throttled`, `soft temperature limit`.
        past: Flags of any time since the machine was started.
    """

    now: tuple[str, ...]
    past: tuple[str, ...]


@dataclass(frozen=True)
class Sensors:
    """What tells that the machine must rest.

    Attributes:
        temperature: Degrees Celsius; None where nothing tells.
        flags: `Throttling.now`; empty where nothing tells.
    """

    temperature: float | None
    flags: tuple[str, ...] = ()


def throttling() -> Throttling | None:
    """Ask the firmware, which takes a second at the most; None where there is no `vcgencmd`, or it gives no answer."""
    program = shutil.which("vcgencmd")
    answer = _answer([program, "get_throttled"]) if program else None
    found = re.search(r"throttled=0x([0-9a-fA-F]+)", answer or "")
    if not found:
        return None
    word = int(found[1], 16)
    now, past = (tuple(flag for bit, flag in enumerate(_FLAGS) if word >> (bit + offset) & 1) for offset in (0, _PAST))
    return Throttling(now, past)


def cooled(root: Path = ROOT) -> tuple[str, ...]:
    """`COOLED` where the kernel holds the clock down because of heat at this moment."""
    for device in root.glob("sys/class/thermal/cooling_device*"):
        lowers_clock = any(word in _read(device / "type") for word in ("cpufreq", "Processor"))
        if lowers_clock and _read(device / "cur_state").isdigit() and int(_read(device / "cur_state")) > 0:
            return (COOLED,)
    return ()


def heat_events(root: Path = ROOT) -> int | None:
    """Return how often heat has slowed a core of an x86 processor down since the start; None where nothing tells."""
    counts = [_read(file) for file in root.glob("sys/devices/system/cpu/cpu*/thermal_throttle/core_throttle_count")]
    found = [int(count) for count in counts if count.isdigit()]
    return sum(found) if found else None


def sensors(root: Path = ROOT) -> Sensors:
    """Return temperature and flags of this moment; see `device.temperature` and `throttling`."""
    found = throttling()
    return Sensors(temperature(root), found.now if found else ())


def hot_limit() -> float:
    """Return degrees Celsius at which the processor is slowed down by itself: 85 on boards, 100 on PCs, which run hotter."""
    return 100.0 if platform.machine() in ("x86_64", "AMD64", "i686") else 85.0


def _read(file: Path) -> str:
    return (kernel_text(file) or "").strip()


def _answer(command: list[str]) -> str | None:
    """Return what a program prints, if it does so in time."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
    except OSError:
        return None
    try:
        return process.communicate(timeout=_PATIENCE)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        # One that hangs inside a driver cannot be killed: waiting for its end, as subprocess.run does, would hang as well.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
        return None
    except ValueError:  # what it printed is no text
        return None
    finally:
        if process.stdout:
            process.stdout.close()
