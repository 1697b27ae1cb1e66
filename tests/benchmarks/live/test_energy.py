import time
from pathlib import Path

import pytest

from benchmarks.live.energy import EnergyCounters, EnergyMeter, PowerSensor, energy_source
from tests.edge_runtime.fake_root import write

PI_5 = """ 3V7_WL_SW_A current(0)=0.10000000A
   3V3_SYS_A current(1)=0.20000000A
  EXT5V_V volt(24)=5.10000000V
 3V7_WL_SW_V volt(8)=3.50000000V
   3V3_SYS_V volt(9)=3.00000000V
"""


@pytest.fixture(autouse=True)
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where programs are looked for."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def _rapl(root: Path, *counts: int) -> Path:
    zone = "sys__class__powercap__intel-rapl:{}__"
    for number, count in enumerate(counts):
        name = zone.format(number)
        files = {"name": f"package-{number}\n", "energy_uj": f"{count}\n", "max_energy_range_uj": "100000000\n"}
        write(root, **{name + file: content for file, content in files.items()})
    write(root, **{zone.format("0:0") + "name": "core\n", zone.format("0:0") + "energy_uj": "5\n"})
    return root


def test_nothing_tells(tmp_path: Path) -> None:
    assert energy_source(tmp_path) is None
    with EnergyMeter(None) as meter:
        pass
    assert (meter.joules, meter.watts) == (None, None)


def test_counters_that_begin_again(tmp_path: Path) -> None:
    source = energy_source(_rapl(tmp_path, 90_000_000, 1_000_000))
    assert isinstance(source, EnergyCounters)
    _rapl(tmp_path, 5_000_000, 4_000_000)
    assert source.step(1.0) == 18.0
    assert source.step(1.0) == 0.0


def test_a_counter_that_may_not_be_read(tmp_path: Path) -> None:
    _rapl(tmp_path, 1)
    (tmp_path / "sys/class/powercap/intel-rapl:0/energy_uj").unlink()
    assert energy_source(tmp_path) is None


def test_a_boards_sensor_comes_first(tmp_path: Path) -> None:
    _rapl(tmp_path, 1)
    write(tmp_path, sys__class__hwmon__hwmon0__name="amdgpu\n", sys__class__hwmon__hwmon0__power1_input="9\n")
    write(tmp_path, sys__class__hwmon__hwmon1__name="ina219\n", sys__class__hwmon__hwmon1__power1_input="3000000\n")
    source = energy_source(tmp_path)
    assert source is not None
    assert source.name == "sensor ina219, what it is wired to"
    write(tmp_path, sys__class__hwmon__hwmon1__power1_input="5000000\n")
    assert source.step(2.0) == 8.0


def test_the_supply_chip_of_a_pi(tmp_path: Path, path: Path) -> None:
    program = path / "vcgencmd"
    program.write_text(f'#!/bin/sh\n[ "$*" = pmic_read_adc ] && cat <<E\n{PI_5}E\n')
    program.chmod(0o755)
    source = energy_source(tmp_path)
    assert source is not None
    assert source.step(2.0) == pytest.approx(2 * (0.35 + 0.6))
    program.write_text("#!/bin/sh\necho 'error=1 error_msg=\"Command not registered\"'\n")
    assert energy_source(tmp_path) is None


def test_energy_adds_up(tmp_path: Path) -> None:
    with EnergyMeter(PowerSensor("three watts", lambda: 3.0)) as meter:
        time.sleep(0.05)
    assert meter.seconds >= 0.05
    assert meter.watts == pytest.approx(3.0)


def test_a_sensor_that_falls_silent() -> None:
    answers = [3.0, 3.0]

    def watts() -> float:
        if not answers:
            raise OSError("no such device")
        return answers.pop()

    with EnergyMeter(PowerSensor("two answers", watts)) as meter:
        pass
    assert (meter.joules, meter.watts) == (None, None)
