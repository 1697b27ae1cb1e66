"""Processor, memory, heat, power and clock."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from edge_runtime.doctor.base import Check
from edge_runtime.machine import device
from edge_runtime.machine.throttling import SOFT_LIMIT, UNDER_VOLTAGE, hot_limit, throttling

_MB = 1 << 20
_ENOUGH, _TIGHT = 400 * _MB, 150 * _MB
"""Free memory: a camera, the model and a recording take about 250 MB, the model alone 100."""
_HEADROOM = 10.0
"""Degrees below the processor's own limit from which the live loop slows down."""
_VECTORS = {"neon", "avx2"}
_STEADY_DRIVERS = ("intel_pstate", "amd-pstate", "amd_pstate")
"""With these, `powersave` does not mean the lowest clock."""
_COOLING = "give it a heat sink or a fan, and a place with air"
_POWER = "use the power supply made for this board, and a short, thick cable"


def processor(root: Path) -> Iterator[Check]:
    """Name, cores and instructions."""
    board = device.board(root)
    yield Check("processor", "ok", f"{f'{board}, ' if board else ''}{device.cpu_model(root)}")
    cores, quota = device.available_cores(), device.cpu_quota(root)
    limit = "" if quota is None else f"; a control group allows {quota:.2g} cores' worth of time"
    if cores > 1:
        yield Check("cores", "ok", f"{cores} for this program{limit}")
    else:
        remedy = "leave time for the camera: --max-fps 2"
        yield Check("cores", "warning", f"1 for this program: camera and captions share it{limit}", remedy)
    features = device.cpu_features(root)
    if _VECTORS.isdisjoint(features):
        remedy = "run: edge-caption bundle tune; a 64-bit system on a newer board is several times as fast"
        yield Check("instructions", "warning", f"{' '.join(features) or 'none known'}; no AVX2 and no NEON", remedy)
    elif device.has_dot_product(features):
        yield Check("instructions", "ok", f"{' '.join(features)}; with 8-bit dot products")
    else:
        yield Check("instructions", "ok", f"{' '.join(features)}; without 8-bit dot products, so int8 gains less")


def memory(root: Path) -> Check:
    """Is there room for the model and a camera?"""
    found = device.memory(root)
    if found is None:
        return Check("memory", "ok", "not told by this system")
    told = f"{found.available // _MB} MB free of {found.total // _MB} MB"
    if found.available >= _ENOUGH:
        return Check("memory", "ok", told)
    remedy = "end other programs, or raise MemoryMax of the service it runs in"
    return Check("memory", "failed" if found.available < _TIGHT else "warning", told, remedy)


def temperature(root: Path) -> Check:
    """Is it cool enough to go on at full speed?"""
    heat, limit = device.temperature(root), hot_limit()
    if heat is None:
        return Check("temperature", "ok", "not told by this system")
    told = f"{heat:.0f} degrees C"
    if heat >= limit:
        return Check("temperature", "failed", f"{told}: the processor slows itself down", _COOLING)
    if heat >= limit - _HEADROOM:
        return Check("temperature", "warning", f"{told}: live captions are slowed down", _COOLING)
    return Check("temperature", "ok", told)


def power() -> Check:
    """Return what a Raspberry Pi's firmware says of its power supply and its heat."""
    found = throttling()
    if found is None:
        return Check("power", "ok", "no word from firmware (vcgencmd), as on all but a Raspberry Pi")
    if found.now:
        return Check("power", "failed", f"now: {', '.join(found.now)}", _cure(found.now))
    if found.past:
        return Check("power", "warning", f"since the start: {', '.join(found.past)}; not now", _cure(found.past))
    return Check("power", "ok", "neither under-voltage nor throttling since the start")


def governor(root: Path) -> Check:
    """Does the kernel let the clock rise?"""
    name, clock = device.governor(root), device.frequency(root)
    if name is None:
        return Check("clock rate", "ok", "not told by this system")
    told = name + (f", {clock.now} of {clock.most} MHz" if clock else "")
    driver = root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_driver"
    steady = driver.exists() and driver.read_text().startswith(_STEADY_DRIVERS)
    if name not in ("powersave", "userspace") or steady:
        return Check("clock rate", "ok", told)
    remedy = "run: echo ondemand | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"
    return Check("clock rate", "warning", f"{told}: the clock does not rise with the work", remedy)


def wall_clock() -> Check:
    """Is the time of day right? Events carry it, and a Raspberry Pi has no battery for it."""
    answer = ""
    if program := shutil.which("timedatectl"):
        command = [program, "show", "--property=NTPSynchronized", "--value"]
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            answer = subprocess.run(command, capture_output=True, text=True, timeout=5).stdout.strip()
    if answer == "no":
        return Check("time of day", "warning", "not synchronised", "run: sudo timedatectl set-ntp true")
    return Check("time of day", "ok", "synchronised" if answer == "yes" else "not told by this system")


def _cure(flags: tuple[str, ...]) -> str:
    heat = SOFT_LIMIT in flags or UNDER_VOLTAGE not in flags
    return "; ".join([_POWER] * (UNDER_VOLTAGE in flags) + [_COOLING] * heat)
