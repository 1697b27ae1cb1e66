import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from edge_runtime.machine import device
from edge_runtime.machine.device import Frequency, Memory
from tests.edge_runtime.fake_root import PC, PI_4, PI_5, ROCKCHIP, meminfo, write

MB = 1 << 20


@pytest.mark.parametrize(
    ("cpuinfo", "model", "features", "dot"),
    [
        (PI_4, "Cortex-A72", ("neon",), False),
        (PI_5, "Cortex-A76", ("asimddp", "fp16", "neon"), True),
        (ROCKCHIP, "Cortex-A55 + Cortex-A76", ("asimddp", "neon"), True),
        (PC, "Intel(R) Core(TM) i5-1235U", ("avx_vnni", "avx2"), True),
        ("processor: 0\nCPU implementer: 0x61\nCPU part: 0x022\n", "ARM part 0x022", (), False),
        ("", "unknown", (), False),
    ],
)
def test_the_processor(tmp_path: Path, cpuinfo: str, model: str, features: tuple[str, ...], dot: bool) -> None:
    write(tmp_path, proc__cpuinfo=cpuinfo)
    assert device.cpu_model(tmp_path) == model
    assert device.cpu_features(tmp_path) == features
    assert device.has_dot_product(features) is dot


def test_a_machine_that_tells_nothing(tmp_path: Path) -> None:
    assert device.cpu_model(tmp_path) == "unknown"
    assert device.cpu_features(tmp_path) == ()
    assert device.board(tmp_path) is None
    assert device.memory(tmp_path) is None
    assert device.temperature(tmp_path) is None
    assert device.governor(tmp_path) is None
    assert device.frequency(tmp_path) is None


def test_the_board(tmp_path: Path) -> None:
    (tmp_path / "proc/device-tree").mkdir(parents=True)
    (tmp_path / "proc/device-tree/model").write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
    assert device.board(tmp_path) == "Raspberry Pi 5 Model B Rev 1.0"


def test_memory(tmp_path: Path) -> None:
    write(tmp_path, proc__meminfo=meminfo(4096, 3000))
    assert device.memory(tmp_path) == Memory(4096 * MB, 3000 * MB)


def test_memory_that_a_group_has_less_of(tmp_path: Path) -> None:
    write(tmp_path, proc__meminfo=meminfo(4096, 3000), proc__self__cgroup="0::/system.slice/edge-caption.service\n")
    group = tmp_path / "sys/fs/cgroup/system.slice"
    (group / "edge-caption.service").mkdir(parents=True)
    for folder, limit, used in ((group, "max", 900 * MB), (group / "edge-caption.service", 512 * MB, 300 * MB)):
        (folder / "memory.max").write_text(f"{limit}\n")
        (folder / "memory.current").write_text(f"{used}\n")
    (group / "edge-caption.service/memory.stat").write_text(f"anon 1\ninactive_file {100 * MB}\n")
    assert device.memory(tmp_path) == Memory(512 * MB, 312 * MB)
    (group / "memory.max").write_text(f"{400 * MB}\n")
    assert device.memory(tmp_path) == Memory(400 * MB, 0)


def test_memory_in_the_older_groups(tmp_path: Path) -> None:
    write(tmp_path, proc__meminfo=meminfo(4096, 3000), proc__self__cgroup="9:pids:/\n4:memory:/docker/a\n0::/\n")
    write(
        tmp_path,
        sys__fs__cgroup__memory__docker__a__memory_limit="",
    )
    folder = tmp_path / "sys/fs/cgroup/memory/docker/a"
    (folder / "memory.limit_in_bytes").write_text(f"{1024 * MB}\n")
    (folder / "memory.usage_in_bytes").write_text(f"{1000 * MB}\n")
    (folder / "memory.stat").write_text(f"cache 1\ntotal_inactive_file {10 * MB}\n")
    assert device.memory(tmp_path) == Memory(1024 * MB, 34 * MB)


@pytest.mark.parametrize("content", ["", "MemTotal: x kB\nMemAvailable: 1 kB\n", "MemTotal:\nMemAvailable:\n"])
def test_memory_that_cannot_be_read(tmp_path: Path, content: str) -> None:
    write(tmp_path, proc__meminfo=content)
    assert device.memory(tmp_path) is None


def test_the_hottest_zone_counts_and_broken_ones_do_not(tmp_path: Path) -> None:
    for number, value in enumerate(("45123", "61250", "", "-273000", "255000")):
        write(tmp_path, **{f"sys__class__thermal__thermal_zone{number}__temp": f"{value}\n"})
    assert device.temperature(tmp_path) == 61.25


def test_without_zones_psutil_is_asked_for_the_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        "nvme": [SimpleNamespace(current=81.0)],
        "coretemp": [SimpleNamespace(current=52.0), SimpleNamespace(current=57.0), SimpleNamespace(current=-300.0)],
    }
    fake = SimpleNamespace(sensors_temperatures=lambda: found)
    monkeypatch.setitem(sys.modules, "psutil", fake)
    assert device.temperature(tmp_path) is None  # psutil knows nothing of a made-up machine
    monkeypatch.setattr(device, "ROOT", tmp_path)
    assert device.temperature(tmp_path) == 57.0
    monkeypatch.setitem(sys.modules, "psutil", SimpleNamespace())
    assert device.temperature(tmp_path) is None
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert device.temperature(tmp_path) is None


def test_clock_and_governor(tmp_path: Path) -> None:
    cpu = "sys__devices__system__cpu__"
    write(tmp_path, **{f"{cpu}cpu0__cpufreq__scaling_governor": "ondemand\n"})
    for policy, now, most in (("policy0", 1800000, 1800000), ("policy4", 600000, 2400000)):
        write(tmp_path, **{f"{cpu}cpufreq__{policy}__scaling_cur_freq": f"{now}\n"})
        write(tmp_path, **{f"{cpu}cpufreq__{policy}__cpuinfo_max_freq": f"{most}\n"})
    assert device.governor(tmp_path) == "ondemand"
    assert device.frequency(tmp_path) == Frequency(600, 2400)


def test_this_machine() -> None:
    found = device.memory()
    assert found is not None
    assert 0 < found.available <= found.total
    assert device.available_cores() >= 1
    assert device.cpu_model() != "unknown"


def test_the_most_memory_that_was_held(tmp_path: Path) -> None:
    assert device.peak_memory(tmp_path) is None
    write(tmp_path, proc__self__status="Name:\tpython3\nVmPeak:\t  900 kB\nVmHWM:\t  300 kB\nVmRSS:\t  200 kB\n")
    assert device.peak_memory(tmp_path) == 300 * 1024


def test_what_other_processes_do(tmp_path: Path) -> None:
    assert device.busy_cores(0.01, tmp_path) is None
    write(tmp_path, proc__stat="cpu  10 0 5 100 3 0 0 0 0 0\ncpu0 10 0 5 100 3 0 0 0 0 0\n")
    assert device.busy_cores(0.01, tmp_path) == 0.0
    write(tmp_path, proc__stat="cpu  none\n")
    assert device.busy_cores(0.01, tmp_path) is None


@pytest.mark.skipif(not Path("/proc/stat").is_file(), reason="this machine does not tell what its cores do")
def test_a_process_that_works_is_seen() -> None:
    spinning = subprocess.Popen([sys.executable, "-c", "print(flush=True)\nwhile True: pass"], stdout=subprocess.PIPE)
    try:
        assert spinning.stdout is not None
        spinning.stdout.readline()
        busy = device.busy_cores(0.5)
    finally:
        spinning.kill()
        spinning.communicate()
    assert busy is not None
    assert busy > 0.2


def test_cores_within_a_quota_of_the_newer_groups(tmp_path: Path) -> None:
    write(tmp_path, proc__self__cgroup="0::/machine.slice/box\n")
    outer, inner = tmp_path / "sys/fs/cgroup/machine.slice", tmp_path / "sys/fs/cgroup/machine.slice/box"
    inner.mkdir(parents=True)
    (inner / "cpu.max").write_text("max 100000\n")
    assert device.cpu_quota(tmp_path) is None
    (outer / "cpu.max").write_text("50000 100000\n")
    assert (device.cpu_quota(tmp_path), device.available_cores(tmp_path)) == (0.5, 1)
    (inner / "cpu.max").write_text("25000 100000\n")
    assert device.cpu_quota(tmp_path) == 0.25


def test_cores_within_a_quota_of_the_older_groups(tmp_path: Path) -> None:
    write(tmp_path, proc__self__cgroup="9:pids:/\n4:cpu,cpuacct:/docker/a\n")
    group = tmp_path / "sys/fs/cgroup/cpu"  # as a container sees it, its own group at the root
    group.mkdir(parents=True)
    (group / "cpu.cfs_quota_us").write_text("-1\n")
    (group / "cpu.cfs_period_us").write_text("100000\n")
    assert device.cpu_quota(tmp_path) is None
    (group / "cpu.cfs_quota_us").write_text("100000\n")
    assert (device.cpu_quota(tmp_path), device.available_cores(tmp_path)) == (1.0, 1)
