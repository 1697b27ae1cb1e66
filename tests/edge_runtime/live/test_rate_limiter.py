import time
from itertools import pairwise

import pytest

from edge_runtime.errors import OptionError
from edge_runtime.live.rate_limiter import RateLimiter, RateOptions
from edge_runtime.machine.throttling import Sensors


class _Machine:
    """Clocks and sensors that only move when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0
        self.used = 7.0
        self.temperature: float | None = None
        self.flags: tuple[str, ...] = ()
        self.reading = 0.0
        self.readings: list[float] = []

    def sensors(self) -> Sensors:
        self.readings.append(self.now)
        self.now += self.reading
        return Sensors(self.temperature, self.flags)

    def limiter(
        self, max_fps: float | None = None, cpu_budget: float | None = None, cores: int = 2, limit: float = 85
    ) -> RateLimiter:
        options = RateOptions(max_fps, cpu_budget)
        return RateLimiter(options, lambda: self.now, lambda: self.used, self.sensors, limit, cores)

    def look(self, limiter: RateLimiter, seconds: float = 0.05, cores: float = 2) -> float:
        """One look and the rest after it; the rest."""
        self.now += seconds
        self.used += seconds * cores
        rest = limiter.wait(seconds)
        self.now += rest
        return rest


def test_without_limits_it_never_rests() -> None:
    machine = _Machine()
    limiter = machine.limiter()
    assert {machine.look(limiter) for _ in range(200)} == {0.0}
    assert (limiter.news(), limiter.slowed) == (None, False)


@pytest.mark.parametrize("fps", [0.5, 5, 8, 12.5])
def test_the_rate_is_exact(fps: float) -> None:
    machine = _Machine()
    limiter = machine.limiter(max_fps=fps)
    begun = machine.now
    for _ in range(100):
        machine.look(limiter)
    assert machine.now - begun == pytest.approx(100 / fps, abs=1e-6)


def test_the_rate_holds_though_frames_come_at_another_one() -> None:
    machine = _Machine()
    limiter = machine.limiter(max_fps=10)
    looks = []
    while machine.now < 120:
        frame = -(-(machine.now - 1e-9) // 0.04) * 0.04  # the next frame of 25 a second
        machine.now = max(machine.now, frame)
        looks.append(machine.now)
        machine.look(limiter, 0.01)
    assert len(looks) == pytest.approx(200, abs=1)
    assert min(after - before for before, after in pairwise(looks)) > 0.079


def test_a_rate_above_what_the_machine_does_costs_nothing() -> None:
    machine = _Machine()
    limiter = machine.limiter(max_fps=30)
    assert max(machine.look(limiter, 0.05) for _ in range(50)) == 0


def test_looks_that_were_missed_are_not_made_up_for() -> None:
    machine = _Machine()
    limiter = machine.limiter(max_fps=2)
    machine.look(limiter)
    machine.now += 60  # no frame came
    assert [machine.look(limiter) for _ in range(3)] == pytest.approx([0.45, 0.45, 0.45])


@pytest.mark.parametrize(("budget", "cores"), [(20, 2), (50, 2), (10, 2), (20, 1), (5, 4)])
def test_the_budget_is_kept(budget: float, cores: int) -> None:
    machine = _Machine()
    limiter = machine.limiter(cpu_budget=budget, cores=cores)
    for seconds in (5, 60):
        begun, used = machine.now, machine.used
        while machine.now < begun + seconds:
            machine.look(limiter, cores=cores)
        share = 100 * (machine.used - used) / (machine.now - begun) / cores
        assert share == pytest.approx(budget, rel=0.1)


def test_the_budget_is_kept_though_looks_differ_and_something_else_runs() -> None:
    machine = _Machine()
    limiter = machine.limiter(cpu_budget=30)
    begun, used = machine.now, machine.used
    number = 0
    while machine.now < begun + 60:
        number += 1
        before = machine.now
        machine.look(limiter, 0.3 if number % 7 == 0 else 0.002)
        machine.used += 0.1 * (machine.now - before)  # the capture thread
        machine.now += 0.01  # for a frame
    share = 100 * (machine.used - used) / (machine.now - begun) / 2
    assert share == pytest.approx(30, rel=0.1)


def test_a_budget_that_is_used_up_elsewhere_still_lets_looks_through() -> None:
    machine = _Machine()
    limiter = machine.limiter(cpu_budget=10)
    rests = []
    for _ in range(20):
        rest = machine.look(limiter)
        machine.used += rest * 2
        rests.append(rest)
    assert rests[-1] == 5.0
    assert max(rests) == 5.0


def test_a_long_idle_time_pays_for_one_second_at_the_most() -> None:
    machine = _Machine()
    limiter = machine.limiter(cpu_budget=20)
    machine.look(limiter)
    machine.now += 3600
    begun, used = machine.now, machine.used
    while machine.now < begun + 5:
        machine.look(limiter)
    assert machine.used - used == pytest.approx(2 * 0.2 * (5 + 1), abs=0.1)


def test_less_than_the_budget_is_not_held_back() -> None:
    machine = _Machine()
    limiter = machine.limiter(cpu_budget=60)
    assert max(machine.look(limiter, 0.05, cores=1) for _ in range(200)) == 0


def _settle(machine: _Machine, limiter: RateLimiter, seconds: float = 6) -> float:
    """Look until the sensors have been read again; the time from look to look."""
    until = machine.now + seconds
    period = 0.0
    while machine.now < until:
        before = machine.now
        machine.look(limiter, 0.05)
        period = machine.now - before
    return period


def test_heat_slows_down_in_proportion_and_cooling_speeds_up_later() -> None:
    machine = _Machine()
    limiter = machine.limiter()
    periods = {}
    for heat in (60, 74.9, 75.0, 77.0, 78.5, 82.0, 90.0, 80.0, 78.9, 76.0, 73.0, 71.9):
        machine.temperature = heat
        periods[heat] = _settle(machine, limiter)
    assert periods == pytest.approx(
        {
            60: 0.05,
            74.9: 0.05,
            75.0: 0.2,
            77.0: 4 / 7,
            78.5: 1.0,
            82.0: 2.0,
            90.0: 2.0,
            80.0: 2.0,  # still: it must be 3 degrees cooler
            78.9: 2 * 6.9 / 7,
            76.0: 2 * 4 / 7,
            73.0: 2 / 7,
            71.9: 0.05,
        }
    )


def test_it_says_so_once() -> None:
    machine = _Machine()
    limiter = machine.limiter()
    said = []
    for heat in (70.0, 79.2, 81.0, 79.0, 74.0, 73.0, 71.0, 70.0, None, 80.0, None):
        machine.temperature = heat
        _settle(machine, limiter)
        said.append((limiter.news(), limiter.slowed))
        assert limiter.news() is None
    assert said == [
        (None, False),
        ("slowed to one caption every 1.2 s: 79 degrees C", True),
        (None, True),
        (None, True),
        (None, True),
        (None, True),
        ("full speed again: 71 degrees C", False),
        (None, False),
        (None, False),
        ("slowed to one caption every 1.4 s: 80 degrees C", True),
        ("full speed again: the temperature cannot be read any more", False),
    ]


def test_a_processor_that_bears_more_is_slowed_later() -> None:
    machine = _Machine()
    limiter = machine.limiter(limit=100)
    machine.temperature = 89
    assert _settle(machine, limiter) == pytest.approx(0.05)
    machine.temperature = 97
    assert _settle(machine, limiter) == pytest.approx(2.0)


def test_flags_halve_the_rate_until_30_seconds_after_the_last_one() -> None:
    machine = _Machine()
    limiter = machine.limiter(max_fps=5)
    assert _settle(machine, limiter) == pytest.approx(0.2)
    machine.flags = ("under-voltage", "arm frequency capped")
    assert _settle(machine, limiter) == pytest.approx(0.4)
    assert limiter.news() == "slowed to half speed: under-voltage"
    machine.flags = ()
    assert _settle(machine, limiter, 20) == pytest.approx(0.4)
    assert limiter.news() is None
    assert _settle(machine, limiter, 20) == pytest.approx(0.2)
    assert limiter.news() == "full speed again: no under-voltage for 30 s"


def test_flags_halve_the_budget_and_what_has_no_limit() -> None:
    machine = _Machine()
    machine.flags = ("throttled",)
    free = machine.limiter()
    assert [machine.look(free, 0.1) for _ in range(5)] == pytest.approx([0.1] * 5)
    limiter = machine.limiter(cpu_budget=40)
    begun, used = machine.now, machine.used
    while machine.now < begun + 60:
        machine.look(limiter)
    assert 100 * (machine.used - used) / (machine.now - begun) / 2 == pytest.approx(20, rel=0.1)


def test_a_capped_frequency_alone_is_no_reason() -> None:
    machine = _Machine()
    machine.flags = ("arm frequency capped",)
    limiter = machine.limiter()
    assert _settle(machine, limiter) == pytest.approx(0.05)
    assert limiter.news() is None


def test_heat_and_a_flag_together() -> None:
    machine = _Machine()
    machine.temperature, machine.flags = 78.5, ("soft temperature limit",)
    limiter = machine.limiter()
    assert _settle(machine, limiter) == pytest.approx(2.0)
    assert limiter.news() == "slowed to one caption every 2.0 s: 78 degrees C, soft temperature limit"
    machine.temperature, machine.flags = 60.0, ()
    _settle(machine, limiter, 40)
    assert limiter.news() == "full speed again: 60 degrees C, no soft temperature limit for 30 s"


def test_the_sensors_are_read_every_5_seconds_and_less_often_when_that_takes_long() -> None:
    machine = _Machine()
    limiter = machine.limiter()
    _settle(machine, limiter, 60)
    assert len(machine.readings) == 12
    machine.reading = 0.9  # it hangs until it is given up
    machine.readings.clear()
    _settle(machine, limiter, 450)
    assert 450 / 45 <= len(machine.readings) <= 450 / 45 + 2


def test_what_reading_takes_is_part_of_the_rest() -> None:
    machine = _Machine()
    machine.reading = 0.02
    limiter = machine.limiter(max_fps=5)
    begun = machine.now
    for _ in range(100):
        machine.look(limiter)
    assert machine.now - begun == pytest.approx(20, abs=1e-6)


@pytest.mark.parametrize(
    ("rate", "budget", "message"),
    [
        (0, None, "--max-fps 0: must be 0.001 to 1000"),
        (float("nan"), None, "--max-fps nan: must be 0.001 to 1000"),
        (None, 0, "--cpu-budget 0: must be 1 to 100"),
        (None, 101, "--cpu-budget 101: must be 1 to 100"),
    ],
)
def test_limits_outside_their_range(rate: float | None, budget: float | None, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        RateOptions(rate, budget)
    assert str(caught.value) == message


def test_the_real_clocks() -> None:
    limiter = RateLimiter(RateOptions(cpu_budget=10), facts=lambda: Sensors(None), cores=1)
    begun, used = time.monotonic(), time.process_time()
    while time.monotonic() < begun + 1.5:
        look = time.monotonic()
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass
        time.sleep(limiter.wait(time.monotonic() - look))
    share = (time.process_time() - used) / (time.monotonic() - begun)
    assert share == pytest.approx(0.1, rel=0.2)
