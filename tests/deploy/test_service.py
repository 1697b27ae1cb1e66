import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from edge_runtime.console.options.declaration import options_of
from edge_runtime.frames.options import SourceOptions
from edge_runtime.live.options import kinds, read_configuration
from edge_runtime.live.rate_limiter import RateOptions

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy/edge-caption.service"
EXAMPLE = ROOT / "deploy/live.toml"


@pytest.fixture
def unit() -> dict[str, list[str]]:
    """Every setting and its values; the sections are checked by their headings' order."""
    settings: dict[str, list[str]] = {}
    sections = []
    for line in UNIT.read_text().splitlines():
        if line.startswith("["):
            sections.append(line)
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            settings.setdefault(name, []).append(value)
    assert sections == ["[Unit]", "[Service]", "[Install]"]
    return settings


def test_it_runs_the_command_and_knows_how_to_stop_and_reload_it(unit: dict[str, list[str]]) -> None:
    assert unit["Type"] == ["notify"]
    assert unit["ExecStart"] == ["/opt/edge-caption/bin/edge-caption live --config /etc/edge-caption/live.toml"]
    assert unit["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert unit["Restart"] == ["on-failure"]
    assert unit["WatchdogSec"] == ["30"]
    assert unit["TimeoutStopSec"] == ["5"]
    assert unit["StartLimitIntervalSec"] == ["0"]
    assert unit["WantedBy"] == ["multi-user.target"]


def test_it_has_its_own_user_and_folders(unit: dict[str, list[str]]) -> None:
    assert unit["DynamicUser"] == ["yes"]
    assert "User" not in unit
    assert unit["SupplementaryGroups"] == ["video"]
    assert unit["StateDirectory"] == unit["CacheDirectory"] == ["edge-caption"]
    assert unit["WorkingDirectory"] == ["/var/lib/edge-caption"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["ProtectHome"] == unit["PrivateTmp"] == unit["NoNewPrivileges"] == ["yes"]
    assert unit["CapabilityBoundingSet"] == [""]


def test_it_reaches_cameras_and_no_other_devices(unit: dict[str, list[str]]) -> None:
    assert unit["DevicePolicy"] == ["closed"]
    assert "PrivateDevices" not in unit  # it would hide the cameras
    assert set(unit["DeviceAllow"]) == {
        "char-video4linux rw",
        "char-media rw",
        "char-dma_heap rw",
        "/dev/vchiq rw",
        "/dev/vcio rw",
        "/dev/vcio_gencmd rw",
    }


def test_it_can_read_what_the_runtimes_need(unit: dict[str, list[str]]) -> None:
    assert "ProcSubset" not in unit  # /proc/cpuinfo
    assert "PrivateNetwork" not in unit
    assert unit["RestrictAddressFamilies"] == ["AF_UNIX AF_INET AF_INET6 AF_NETLINK"]
    assert unit["SystemCallFilter"] == ["@system-service", "~@privileged"]


def _analyze(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine (Debian package systemd)")
    return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, timeout=60)


def test_systemd_accepts_every_line(tmp_path: Path) -> None:
    # The command is not installed where tests run.
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/opt/edge-caption/bin/edge-caption", "/bin/true"))
    result = _analyze("verify", "--man=no", copy)
    assert [line for line in result.stderr.splitlines() if UNIT.name in line] == []
    assert result.returncode == 0
    copy.write_text(copy.read_text().replace("WatchdogSec", "WatchdogSeconds"))
    assert "WatchdogSeconds" in _analyze("verify", "--man=no", copy).stderr


def test_systemd_finds_it_hardened() -> None:
    result = _analyze("security", "--offline=true", UNIT)
    if "unrecognized option" in result.stderr:
        pytest.skip("this systemd-analyze cannot look at a file (it is older than 250)")
    found = re.search(r"Overall exposure level for edge-caption.service: ([\d.]+)", result.stdout)
    assert found is not None
    assert float(found[1]) < 2.5


def test_the_example_configuration_is_accepted() -> None:
    said: list[str] = []
    options = read_configuration(EXAMPLE, said.append)
    assert options[SourceOptions].address == ("/dev/video0",)
    assert options[RateOptions] == RateOptions(max_fps=5.0, cpu_budget=50.0)
    assert said == []


def test_the_example_configuration_shows_every_option(tmp_path: Path) -> None:
    # With the lines that are commented out it is every key of every table.
    everything = tmp_path / "everything.toml"
    everything.write_text(re.sub(r"^# (?=[a-z-]+ = (?!\[)|\[\[)", "", EXAMPLE.read_text(), flags=re.MULTILINE))
    read_configuration(everything)
    tables = tomllib.loads(everything.read_text())
    # A list of tables shows one of them.
    shown = {(name, key) for name, table in tables.items() for key in (table[0] if isinstance(table, list) else table)}
    known = [one for kind in kinds() for one in options_of(kind)]
    lists = [one.group for one in known if one.group is not None]
    assert shown == {
        (kind.table, one.key)
        for kind in (*kinds(), *lists)
        for one in options_of(kind)
        if one.group is None or not one.group.table
    }
