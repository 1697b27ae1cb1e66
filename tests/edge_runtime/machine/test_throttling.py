import time
from pathlib import Path

import pytest

from edge_runtime.machine.throttling import COOLED, Sensors, Throttling, cooled, heat_events, sensors, throttling
from tests.edge_runtime.fake_root import write


@pytest.fixture
def vcgencmd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name, to be filled with a script."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    program = folder / "vcgencmd"
    program.touch(0o755)
    return program


@pytest.mark.parametrize(
    ("word", "now", "past"),
    [
        ("0x0", (), ()),
        ("0x50005", ("under-voltage", "throttled"), ("under-voltage", "throttled")),
        ("0xe0008", ("soft temperature limit",), ("arm frequency capped", "throttled", "soft temperature limit")),
        ("0xF000F",) + (("under-voltage", "arm frequency capped", "throttled", "soft temperature limit"),) * 2,
        ("0x20000", (), ("arm frequency capped",)),
    ],
)
def test_the_bits(vcgencmd: Path, word: str, now: tuple[str, ...], past: tuple[str, ...]) -> None:
    vcgencmd.write_text(f'#!/bin/sh\n[ "$*" = get_throttled ] && echo throttled={word}\n')
    assert throttling() == Throttling(now, past)


@pytest.mark.parametrize(
    "script",
    [
        "#!/bin/sh\necho 'VCHI initialization failed' >&2; exit 255\n",
        "#!/bin/sh\nprintf 'throttled=0x\\377'\n",
        "#!/bin/sh\necho error=1 error_msg='Command not registered'\n",
        "#!/no/such/interpreter\n",
    ],
)
def test_an_answer_that_is_none(vcgencmd: Path, script: str) -> None:
    vcgencmd.write_text(script)
    assert throttling() is None


def test_one_that_hangs_is_given_up_within_a_second(vcgencmd: Path) -> None:
    vcgencmd.write_text("#!/bin/sh\nexec sleep 20\n")
    begun = time.monotonic()
    assert throttling() is None
    assert time.monotonic() - begun < 1.0


def test_without_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert throttling() is None
    write(tmp_path, sys__class__thermal__thermal_zone0__temp="76400\n")
    assert sensors(tmp_path) == Sensors(76.4, ())


def test_sensors_are_both(vcgencmd: Path, tmp_path: Path) -> None:
    vcgencmd.write_text("#!/bin/sh\necho throttled=0x50001\n")
    assert sensors(tmp_path) == Sensors(None, ("under-voltage",))


def test_the_kernel_holds_the_clock_down(tmp_path: Path) -> None:
    assert cooled(tmp_path) == ()
    fan = {
        "sys__class__thermal__cooling_device0__type": "pwm-fan",
        "sys__class__thermal__cooling_device0__cur_state": "3",
    }
    clock = {"sys__class__thermal__cooling_device1__type": "cpufreq-cpu0"}
    state = "sys__class__thermal__cooling_device1__cur_state"
    assert cooled(write(tmp_path, **fan, **clock, **{state: "0\n"})) == ()
    assert cooled(write(tmp_path, **{state: "2\n"})) == (COOLED,)


def test_heat_counted_by_the_processor(tmp_path: Path) -> None:
    assert heat_events(tmp_path) is None
    name = "sys__devices__system__cpu__cpu{}__thermal_throttle__core_throttle_count"
    write(tmp_path, **{name.format(0): "4\n", name.format(1): "3\n"})
    assert heat_events(tmp_path) == 7
