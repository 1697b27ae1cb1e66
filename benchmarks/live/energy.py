"""How much energy the machine takes, where it tells: a board's power sensor, a Pi 5's supply chip, a processor's own counters."""

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from edge_runtime.machine.device import ROOT

NOTHING_TELLS = "Nothing on this machine tells what energy it takes: no power sensor, no supply chip, no RAPL counter."
_INTERVAL = 0.5
"""Seconds between two looks; counters run over within a minute on some processors."""
_PATIENCE = 2.0
_RAIL = re.compile(r"(\w+)_([AV])\s+(?:current|volt)\(\d+\)=([0-9.]+)[AV]")


class EnergySource(Protocol):
    """What tells.

    Attributes:
        name: What it is, and of what it tells.
    """

    name: str

    def step(self, seconds: float) -> float:
        """Return joules since the call before, or since it was made.

        Args:
            seconds: That have passed since.

        Raises:
            OSError, ValueError, subprocess.SubprocessError: It gives no answer any more.
        """
        ...


def energy_source(root: Path = ROOT) -> EnergySource | None:
    """Return the best that there is: a board's sensor tells of more than a processor's counter does; None where nothing can be read."""
    for find in (_sensor, lambda _: _supply_chip(), _counter):
        try:
            found = find(root)
        except (OSError, ValueError, subprocess.SubprocessError):  # there, but not for us or not working
            continue
        if found is not None:
            return found
    return None


class EnergyMeter:
    """Adds up energy while it is open.

    Args:
        source: What tells; None gives no figures.

    Attributes:
        joules: So far; None without a source, or where it fell silent.
        seconds: So far.
    """

    def __init__(self, source: EnergySource | None) -> None:
        self.joules: float | None = 0.0 if source is not None else None
        self.seconds = 0.0
        self._source = source
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def watts(self) -> float | None:
        """Mean power."""
        return self.joules / self.seconds if self.joules is not None and self.seconds else None

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        if self._source is None:
            return
        total, ended = 0.0, False
        try:
            self._source.step(0.0)
            at = time.monotonic()
            while not ended:
                ended = self._done.wait(_INTERVAL)
                passed = time.monotonic() - at
                total += self._source.step(passed)
                at, self.seconds = at + passed, self.seconds + passed
        except (OSError, ValueError, subprocess.SubprocessError):
            self.joules = None  # half a figure is none
            return
        self.joules = total


class PowerSensor:
    """Tells the power of the moment.

    Args:
        name: What it is.
        watts: Reads it.
    """

    def __init__(self, name: str, watts: Callable[[], float]) -> None:
        self.name = name
        self._watts, self._before = watts, watts()

    def step(self, seconds: float) -> float:
        """Return joules since the call before, power taken to have changed evenly."""
        now = self._watts()
        joules, self._before = (self._before + now) / 2 * seconds, now
        return joules


class EnergyCounters:
    """Count up, and each begins again at its own end.

    Args:
        name: What they are.
        counters: File of microjoules, and the count at which it begins again.
    """

    def __init__(self, name: str, counters: Sequence[tuple[Path, int]]) -> None:
        self.name = name
        self._counters = list(counters)
        self._before = [int(file.read_text()) for file, _ in counters]

    def step(self, seconds: float) -> float:
        """Return joules since the call before."""
        now = [int(file.read_text()) for file, _ in self._counters]
        steps = [
            after - before if after >= before else after - before + most
            for after, before, (_, most) in zip(now, self._before, self._counters, strict=True)
        ]
        self._before = now
        return sum(steps) / 1e6


def _counter(root: Path) -> EnergySource | None:
    """Return RAPL's packages; parts of one, such as its cores, are counted in it already."""
    zones = [zone for zone in sorted(root.glob("sys/class/powercap/*-rapl:*")) if zone.name.count(":") == 1]
    packages = [zone for zone in zones if (zone / "name").read_text().startswith("package")]
    counters = [(zone / "energy_uj", int((zone / "max_energy_range_uj").read_text())) for zone in packages]
    return EnergyCounters("RAPL, the processors alone", counters) if counters else None


def _sensor(root: Path) -> EnergySource | None:
    """Return a board's own sensor, Texas Instruments' INA chips for the most part."""
    for folder in sorted(root.glob("sys/class/hwmon/hwmon*")):
        name, file = (folder / "name").read_text().strip(), folder / "power1_input"
        if name.startswith(("ina", "power_meter")) and file.exists():
            return PowerSensor(f"sensor {name}, what it is wired to", lambda file=file: int(file.read_text()) / 1e6)  # type: ignore[misc]
    return None


def _supply_chip() -> EnergySource | None:
    """Return a Raspberry Pi 5's, rail by rail; older boards do not answer."""
    program = shutil.which("vcgencmd")
    if program is None:
        return None

    def watts() -> float:
        answer = subprocess.run([program, "pmic_read_adc"], capture_output=True, text=True, timeout=_PATIENCE)
        return _rails(answer.stdout)

    return PowerSensor("supply chip, the board without what hangs on its ports", watts) if watts() else None


def _rails(told: str) -> float:
    """Return watts of all rails whose current and voltage are told."""
    found: dict[str, dict[str, float]] = {}
    for rail, kind, value in _RAIL.findall(told):
        found.setdefault(rail, {})[kind] = float(value)
    return sum(rail["A"] * rail["V"] for rail in found.values() if len(rail) == 2)
