"""What this machine is: processor, memory, temperature, clock. Read from Linux's own files, nothing is measured.

Every function takes `root`, where `/proc` and `/sys` are looked for, and gives None or nothing for what the machine does not tell.
"""

import contextlib
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path("/")

FEATURES = {
    "amx_int8": "amx_int8",
    "avx512_vnni": "avx512_vnni",
    "avx_vnni": "avx_vnni",
    "avx512f": "avx512f",
    "avx2": "avx2",
    "i8mm": "i8mm",
    "asimddp": "asimddp",
    "asimdhp": "fp16",
    "fphp": "fp16",
    "asimd": "neon",
    "neon": "neon",
}
"""What the kernel calls an instruction set -> what it is called here, the best first; others make no difference to a caption."""

_DOT_PRODUCTS = {"amx_int8", "avx512_vnni", "avx_vnni", "i8mm", "asimddp"}
_ARM = "0x41"
_ARM_CORES = {
    "0xd03": "Cortex-A53",
    "0xd04": "Cortex-A35",
    "0xd05": "Cortex-A55",
    "0xd07": "Cortex-A57",
    "0xd08": "Cortex-A72",
    "0xd09": "Cortex-A73",
    "0xd0a": "Cortex-A75",
    "0xd0b": "Cortex-A76",
    "0xd0c": "Neoverse-N1",
    "0xd0d": "Cortex-A77",
    "0xd40": "Neoverse-V1",
    "0xd41": "Cortex-A78",
    "0xd44": "Cortex-X1",
    "0xd46": "Cortex-A510",
    "0xd47": "Cortex-A710",
}
"""Part numbers of "Main ID Register" in Arm's reference manuals; the kernel gives no name on 64-bit ARM."""
_SENSIBLE = range(-40, 151)
"""Degrees Celsius; sensors that are not connected give figures outside."""
_CPU_SENSORS = ("cpu_thermal", "coretemp", "k10temp", "zenpower", "soc_thermal", "acpitz")


class Memory(NamedTuple):
    """Memory in bytes: what this process may use in all, and what of it is free."""

    total: int
    available: int


class Frequency(NamedTuple):
    """Clock of the fastest core in MHz, now and at the most."""

    now: int
    most: int


def available_cores(root: Path = ROOT) -> int:
    """Return processor cores that this process may use: of those it may run on, no more than a container's quota of time fills.

    A quota of 1.5 cores is two: the second works half of the time.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = cpu_quota(root)
    return allowed if quota is None else max(1, min(allowed, math.ceil(quota)))


def cpu_quota(root: Path = ROOT) -> float | None:
    """Return cores' worth of time that the control group of this process allows it; None where there is no limit."""
    return min(_group_quotas(root), default=None)


def board(root: Path = ROOT) -> str | None:
    """Name of a single-board computer, as its device tree gives it: `Raspberry Pi 5 Model B Rev 1.0`."""
    return (kernel_text(root / "proc/device-tree/model") or "").strip("\0 \n") or None


def cpu_model(root: Path = ROOT) -> str:
    """Name of the processor; of each kind of core where there are several; `unknown` where nothing tells."""
    names: dict[str, None] = {}
    for core in _cpuinfo(root):
        part = core.get("CPU part", "")
        known = _ARM_CORES.get(part) if core.get("CPU implementer") == _ARM else None
        name = known or core.get("model name") or (f"ARM part {part}" if part else None)
        if name:
            names[name] = None
    return " + ".join(names) or "unknown"


def cpu_features(root: Path = ROOT) -> tuple[str, ...]:
    """Return the instruction sets that matter to a caption and that every core has, by this module's names, the best first."""
    flags: set[str] | None = None
    for core in _cpuinfo(root):
        listed = core.get("flags") or core.get("Features")
        if listed is not None:
            flags = set(listed.split()) if flags is None else flags & set(listed.split())
    return tuple(dict.fromkeys(name for flag, name in FEATURES.items() if flag in (flags or set())))


def has_dot_product(features: tuple[str, ...]) -> bool:
    """Return whether four 8-bit products are one instruction, what int8 graphs gain most from."""
    return not _DOT_PRODUCTS.isdisjoint(features)


def memory(root: Path = ROOT) -> Memory | None:
    """Return memory of the machine, or of the control group that this process is in where that has less."""
    figures = dict(
        line.split(":", 1) for line in (kernel_text(root / "proc/meminfo") or "").splitlines() if ":" in line
    )
    try:
        total, available = (int(figures[name].split()[0]) * 1024 for name in ("MemTotal", "MemAvailable"))
    except (KeyError, ValueError, IndexError):
        return None
    for limit, used in _group_limits(root):
        total = min(total, limit)
        available = min(available, max(0, limit - used))
    return Memory(total, available)


class ProcessMemory(NamedTuple):
    """Memory of a process in bytes: what it holds, what of it is swapped out, and the most that it has held since its program began."""

    resident: int
    swapped: int
    peak: int


def process_memory(process: int | None = None, root: Path = ROOT) -> ProcessMemory | None:
    """Return memory of a process; None where it has ended, or nothing tells.

    The peak is not `getrusage`'s `ru_maxrss`: on Linux a child's begins with what its parent held.

    Args:
        process: Its number; this one where None.
        root: See the module.
    """
    status = kernel_text(root / "proc" / str(process or "self") / "status") or ""
    figures = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    try:
        resident, swapped = (int(figures.get(name, "0").split()[0]) for name in ("VmRSS", "VmSwap"))
        return ProcessMemory(resident * 1024, swapped * 1024, int(figures["VmHWM"].split()[0]) * 1024)
    except (KeyError, ValueError, IndexError):
        return None


def peak_memory(root: Path = ROOT) -> int | None:
    """Return bytes of memory that this process has held at the most; see `process_memory`."""
    found = process_memory(root=root)
    return found.peak if found else None


def temperature(root: Path = ROOT) -> float | None:
    """Return degrees Celsius of the hottest thermal zone, or else of the processor as psutil gives it."""
    zones = [_number(file) for file in root.glob("sys/class/thermal/thermal_zone*/temp")]
    found = [value / 1000 for value in zones if value is not None and value // 1000 in _SENSIBLE]
    if not found and root == ROOT:
        found = list(_psutil_temperatures())
    return max(found, default=None)


def busy_cores(seconds: float, root: Path = ROOT) -> float | None:
    """Return cores' worth of work that other processes do, whatever their priority: watched for a while, this one's own left out.

    Args:
        seconds: To watch for; the kernel counts in hundredths.
        root: See the module.
    """
    before, own, begun = _worked(root), time.process_time(), time.perf_counter()
    if before is None:
        return None
    time.sleep(seconds)
    after, own, passed = _worked(root), time.process_time() - own, time.perf_counter() - begun
    return None if after is None else round(max(0.0, (after - before - own) / passed), 2)


def _worked(root: Path) -> float | None:
    """Return seconds that all cores have worked since the start: not idle, not waiting for a disk."""
    line = (kernel_text(root / "proc/stat") or "").partition("\n")[0].split()
    if len(line) < 9 or line[0] != "cpu" or not all(field.isdigit() for field in line[1:9]):
        return None
    user, nice, system, _idle, _waiting, *rest = map(int, line[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def governor(root: Path = ROOT) -> str | None:
    """Return how the kernel chooses the processor's clock: `ondemand`, `performance`, `powersave`, ..."""
    return (kernel_text(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") or "").strip() or None


def frequency(root: Path = ROOT) -> Frequency | None:
    """Return clock of the fastest core."""
    found = []
    for policy in root.glob("sys/devices/system/cpu/cpufreq/policy*"):
        now, most = _number(policy / "scaling_cur_freq"), _number(policy / "cpuinfo_max_freq")
        if now is not None and most is not None:
            found.append(Frequency(round(now / 1000), round(most / 1000)))
    return max(found, key=lambda clock: (clock.most, clock.now), default=None)


def _cpuinfo(root: Path) -> Iterator[dict[str, str]]:
    """Yield a table a core."""
    for paragraph in (kernel_text(root / "proc/cpuinfo") or "").split("\n\n"):
        pairs = (line.partition(":") for line in paragraph.splitlines())
        yield {name.strip(): value.strip() for name, _, value in pairs}


def _group_limits(root: Path) -> Iterator[tuple[int, int]]:
    """Limit and use in bytes of this process's control group and of those around it, in both versions of the kernel's files."""
    files = {2: ("memory.max", "memory.current"), 1: ("memory.limit_in_bytes", "memory.usage_in_bytes")}
    for version, group in _groups("memory", root):
        limit, used = (_number(group / name) for name in files[version])
        if limit is not None and used is not None:
            # What is only cached there is given back when memory is short.
            yield limit, max(0, used - _cached(group))


def _group_quotas(root: Path) -> Iterator[float]:
    """Yield cores' worth of time that this process's control group, and those around it, may take."""
    for version, group in _groups("cpu", root):
        if version == 2:
            quota, period = ((kernel_text(group / "cpu.max") or "").split() + ["", ""])[:2]
        else:
            quota, period = ((kernel_text(group / f"cpu.cfs_{name}_us") or "").strip() for name in ("quota", "period"))
        # `max` or -1 where there is none.
        if quota.isdecimal() and period.isdecimal() and int(quota) > 0 and int(period) > 0:
            yield int(quota) / int(period)


def _groups(controller: str, root: Path) -> Iterator[tuple[int, Path]]:
    """Yield folders of this process's control group and of those around it, the innermost first, and the version of their files."""
    for line in (kernel_text(root / "proc/self/cgroup") or "").splitlines():
        _, controllers, inside = (line.split(":", 2) + ["", ""])[:3]
        if controllers == "":
            version, base = 2, root / "sys/fs/cgroup"
        elif controller in controllers.split(","):
            version, base = 1, root / "sys/fs/cgroup" / controller
        else:
            continue
        folder = base / inside.strip("/")
        for group in (folder, *folder.parents):
            yield version, group
            if group == base:
                break


def _cached(group: Path) -> int:
    for line in (kernel_text(group / "memory.stat") or "").splitlines():
        name, _, value = line.partition(" ")
        if name in ("inactive_file", "total_inactive_file") and value.isdigit():
            return int(value)
    return 0


def _psutil_temperatures() -> Iterator[float]:
    try:
        import psutil
    except ImportError:
        return
    with contextlib.suppress(AttributeError, OSError):  # there are none on some systems
        for name, sensors in psutil.sensors_temperatures().items():
            if name in _CPU_SENSORS:
                yield from (sensor.current for sensor in sensors if int(sensor.current) in _SENSIBLE)


def kernel_text(file: Path) -> str | None:
    """Return content of a file of the kernel's; None where it is missing or the driver refuses."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return None


def _number(file: Path) -> int | None:
    try:
        return int(kernel_text(file) or "")
    except ValueError:
        return None
