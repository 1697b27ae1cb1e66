import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from edge_runtime.doctor import cameras, fonts, machine, model, packages, storage
from edge_runtime.doctor import examine as doctor
from edge_runtime.doctor.base import Check
from edge_runtime.frames.cameras import Camera
from edge_runtime.machine import device
from edge_runtime.machine import isolated as apart
from edge_runtime.machine.throttling import Throttling
from tests.edge_runtime.fake_root import PC, PI_4, PI_5, meminfo, write
from tests.edge_runtime.sinks.font_stand_ins import need, only_fonts_in

Module = Callable[[str, str], None]
COOLING = "give it a heat sink or a fan, and a place with air"
POWER = "use the power supply made for this board, and a short, thick cable"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Module:
    """Puts a Python module of this content before the real one, in processes that are started."""
    folder = tmp_path / "modules"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    # Two contents of one length within one second are the same to a compiled module.
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    def put(name: str, content: str) -> None:
        (folder / f"{name}.py").write_text(content)

    return put


def _rows(found: Any) -> dict[str, Check]:
    return {row.check: row for row in found}


def test_the_processor_of_a_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, proc__cpuinfo=PI_4, **{"proc__device-tree__model": "Raspberry Pi 4 Model B\0"})
    monkeypatch.setattr(device, "available_cores", lambda: 1)
    assert list(machine.processor(tmp_path)) == [
        Check("processor", "ok", "Raspberry Pi 4 Model B, Cortex-A72"),
        Check(
            "cores",
            "warning",
            "1 for this program: camera and captions share it",
            "leave time for the camera: --max-fps 2",
        ),
        Check("instructions", "ok", "neon; without 8-bit dot products, so int8 gains less"),
    ]


@pytest.mark.parametrize(
    ("cpuinfo", "found", "status"),
    [
        (PI_5, "asimddp fp16 neon; with 8-bit dot products", "ok"),
        (PC, "avx_vnni avx2; with 8-bit dot products", "ok"),
        ("flags: fpu sse2\n", "none known; no AVX2 and no NEON", "warning"),
    ],
)
def test_instructions(tmp_path: Path, cpuinfo: str, found: str, status: str) -> None:
    write(tmp_path, proc__cpuinfo=cpuinfo)
    row = _rows(machine.processor(tmp_path))["instructions"]
    assert (row.found, row.status) == (found, status)
    assert ("edge-caption bundle tune" in row.remedy) is (status == "warning")


@pytest.mark.parametrize(("free", "status"), [(3000, "ok"), (399, "warning"), (149, "failed")])
def test_memory(tmp_path: Path, free: int, status: str) -> None:
    write(tmp_path, proc__meminfo=meminfo(4096, free))
    row = machine.memory(tmp_path)
    assert (row.status, row.found) == (status, f"{free} MB free of 4096 MB")
    assert row.remedy == ("" if status == "ok" else "end other programs, or raise MemoryMax of the service it runs in")


@pytest.mark.parametrize(
    ("heat", "status", "found"),
    [
        ("61250", "ok", "61 degrees C"),
        ("76000", "warning", "76 degrees C: live captions are slowed down"),
        ("86000", "failed", "86 degrees C: the processor slows itself down"),
    ],
)
def test_temperature(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heat: str, status: str, found: str) -> None:
    monkeypatch.setattr(machine, "hot_limit", lambda: 85.0)
    write(tmp_path, sys__class__thermal__thermal_zone0__temp=heat)
    row = machine.temperature(tmp_path)
    assert (row.status, row.found, row.remedy) == (status, found, "" if status == "ok" else COOLING)


@pytest.mark.parametrize(
    ("told", "row"),
    [
        (None, Check("power", "ok", "no word from firmware (vcgencmd), as on all but a Raspberry Pi")),
        (Throttling((), ()), Check("power", "ok", "neither under-voltage nor throttling since the start")),
        (
            Throttling(("under-voltage", "throttled"), ("under-voltage",)),
            Check("power", "failed", "now: under-voltage, throttled", POWER),
        ),
        (
            Throttling((), ("soft temperature limit",)),
            Check("power", "warning", "since the start: soft temperature limit; not now", COOLING),
        ),
        (
            Throttling((), ("under-voltage", "soft temperature limit")),
            Check(
                "power",
                "warning",
                "since the start: under-voltage, soft temperature limit; not now",
                f"{POWER}; {COOLING}",
            ),
        ),
    ],
)
def test_power(monkeypatch: pytest.MonkeyPatch, told: Throttling | None, row: Check) -> None:
    monkeypatch.setattr(machine, "throttling", lambda: told)
    assert machine.power() == row


def test_the_clock_rate(tmp_path: Path) -> None:
    cpu = "sys__devices__system__cpu__"
    write(
        tmp_path,
        **{
            f"{cpu}cpu0__cpufreq__scaling_governor": "powersave\n",
            f"{cpu}cpufreq__policy0__scaling_cur_freq": "600000\n",
            f"{cpu}cpufreq__policy0__cpuinfo_max_freq": "1800000\n",
        },
    )
    row = machine.governor(tmp_path)
    assert (row.status, row.found) == ("warning", "powersave, 600 of 1800 MHz: the clock does not rise with the work")
    assert row.remedy == "run: echo ondemand | sudo tee /sys/devices/system/cpu/cpu*/cpufreq/scaling_governor"
    write(tmp_path, **{f"{cpu}cpu0__cpufreq__scaling_driver": "intel_pstate\n"})
    assert machine.governor(tmp_path) == Check("clock rate", "ok", "powersave, 600 of 1800 MHz")


@pytest.mark.parametrize(
    ("answer", "row"),
    [
        ("yes", Check("time of day", "ok", "synchronised")),
        ("no", Check("time of day", "warning", "not synchronised", "run: sudo timedatectl set-ntp true")),
        ("", Check("time of day", "ok", "not told by this system")),
    ],
)
def test_the_time_of_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, row: Check) -> None:
    program = tmp_path / "timedatectl"
    program.write_text(f"#!/bin/sh\necho {answer}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert machine.wall_clock() == row


def test_python_of_32_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    assert packages.python().status == "ok"
    monkeypatch.setattr("struct.calcsize", lambda kind: 4)
    row = packages.python()
    assert row.status == "failed"
    assert row.remedy.startswith("install the 64-bit system")


def test_a_package_that_crashes_takes_nothing_with_it(module: Module) -> None:
    module("onnxruntime", "import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    row = packages.onnx_runtime()
    assert row.status == "failed"
    assert row.found == "cannot be loaded: it was ended by SIGILL: it is built for another processor than this one"
    assert row.remedy == "run: pip install --force-reinstall 'onnxruntime>=1.24.1'"


def test_litert(tiny_bundle: Path, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny, default = model.manifest(tiny_bundle), model.manifest(None)
    assert packages.litert(default) == Check("LiteRT", "ok", importlib.metadata.version("ai-edge-litert"))
    module("ai_edge_litert", "raise ImportError('libfoo.so: cannot open shared object file')")
    row = packages.litert(default)
    assert row.status == "warning"
    assert "cannot be loaded: ImportError: libfoo.so" in row.found
    assert "or use an onnx variant" in row.remedy
    monkeypatch.setattr(packages, "_version", lambda name: "not installed")
    assert packages.litert(tiny) == Check("LiteRT", "ok", "not installed, and no variant needs it")
    assert packages.litert(None).status == "ok"
    row = packages.litert(default)
    assert (row.status, row.remedy) == ("warning", "run: pip install 'edge-caption[litert]'")
    assert row.found.startswith("not installed; needed by litert-int8")


def test_opencv(module: Module) -> None:
    pytest.importorskip("cv2")
    assert packages.opencv().found.endswith("with FFmpeg")
    about = "__version__ = '4.11.0'\ndef getBuildInformation(): return '''  GUI:  {}\\n  FFMPEG:   {}\\n'''\n"
    module("cv2", about.format("QT5", "YES"))
    assert packages.opencv() == Check("OpenCV", "ok", "4.11.0, with windows, with FFmpeg")
    module("cv2", about.format("NONE", "NO"))
    row = packages.opencv()
    assert row.status == "warning"
    assert row.found == "4.11.0, headless: no --window, without FFmpeg: no video files and no rtsp://"
    assert row.remedy == "run: pip install 'edge-caption[live]', whose OpenCV has FFmpeg"
    module("cv2", "raise ImportError('libGL.so.1: cannot open shared object file')")
    row = packages.opencv()
    assert (row.status, row.remedy) == ("failed", "run: pip uninstall opencv-python; pip install 'edge-caption[live]'")
    assert "libGL.so.1" in row.found
    module("cv2", "raise ModuleNotFoundError(\"No module named 'cv2'\")")
    assert packages.opencv() == Check(
        "OpenCV", "warning", "not installed; live captions need it", "run: pip install 'edge-caption[live]'"
    )


def test_cameras_and_their_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Camera("/dev/video0", "HD Webcam", ("MJPG 1280x720", "YUYV 640x480")), Camera("/dev/video2", "Old", ())]
    monkeypatch.setattr("edge_runtime.frames.cameras.cameras", lambda: found)
    assert list(cameras.plugged_in(tmp_path)) == [
        Check("camera /dev/video0", "ok", "HD Webcam: MJPG 1280x720; YUYV 640x480"),
        Check("camera /dev/video2", "ok", "Old: formats not told"),
    ]
    found.clear()
    (row,) = cameras.plugged_in(tmp_path)
    assert (row.status, row.remedy) == ("warning", "plug one in, or use one of the network: --source rtsp://...")
    write(tmp_path, **{"proc__device-tree__model": "Raspberry Pi 5\0"})
    (row,) = cameras.plugged_in(tmp_path)
    assert row.remedy.endswith("a ribbon cable's camera is listed by: rpicam-hello --list-cameras")


def test_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cameras.permission(tmp_path).found == "no video device to need it"
    write(tmp_path, dev__video0="", dev__video1="")
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "video1")
    assert cameras.permission(tmp_path) == Check(
        "permission", "failed", "not for /dev/video1", "run: sudo usermod -aG video $USER, then sign in again"
    )
    monkeypatch.setattr(os, "access", lambda path, mode: True)
    assert cameras.permission(tmp_path) == Check("permission", "ok", "for all of 2 video devices")


def test_picamera2_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cameras.picamera2(tmp_path).status == "ok"
    write(tmp_path, **{"proc__device-tree__model": "Raspberry Pi 5\0"})
    row = cameras.picamera2(tmp_path)
    assert row.status == "warning"
    assert row.remedy == "run: sudo apt install python3-picamera2, or rpicam-apps for --source rpicam"
    (tmp_path / "rpicam-vid").touch(0o755)
    assert cameras.picamera2(tmp_path).status == "ok"
    assert cameras.rpicam() == Check("rpicam-vid", "ok", f"{tmp_path}/rpicam-vid: --source rpicam")
    (tmp_path / "usr/lib/python3/dist-packages/picamera2").mkdir(parents=True)
    row = cameras.picamera2(tmp_path)
    assert (row.status, row.found) == ("warning", "the system's, which this virtual environment does not see")
    assert "--system-site-packages" in row.remedy


def test_picamera2_of_another_numpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Module) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: ModuleSpec(name, None))
    module("picamera2", "")
    assert cameras.picamera2(tmp_path) == Check("picamera2", "ok", "can be loaded: --source picamera")
    module("picamera2", "raise ValueError('numpy.dtype size changed, may indicate binary incompatibility')")
    row = cameras.picamera2(tmp_path)
    assert row.status == "warning"
    assert row.remedy == "run: pip install 'numpy<2' 'edge-caption[live]', or use --source rpicam"
    module("picamera2", "raise ImportError('libcamera.so.0.3')")
    assert cameras.picamera2(tmp_path).remedy == "run: sudo apt install --reinstall python3-picamera2"


def test_an_intact_bundle_captions(tiny_bundle: Path) -> None:
    bundle, caption, in_use = model.intact(tiny_bundle)
    assert bundle == Check("bundle", "ok", "tiny, 3 files intact, 1 variants")
    assert caption.status == "ok"
    assert caption.found.startswith("onnx-fp32: ")
    assert float(caption.found.split()[1]) > 0
    assert in_use == Check("variant in use", "ok", "onnx-fp32, the only one")


def test_a_bundle_that_is_missing_or_altered(tiny_bundle: Path, tmp_path: Path) -> None:
    (row,) = model.intact(tmp_path / "none")
    assert row == Check(
        "bundle",
        "failed",
        f"{tmp_path}/none: no such bundle",
        "check --bundle, or leave it out for the default one",
    )
    copy = tmp_path / "copy"
    shutil.copytree(tiny_bundle, copy)
    (copy / "encoder.onnx").write_bytes(b"x")
    (row,) = model.intact(copy)
    assert (row.status, row.remedy) == ("failed", "copy the bundle again")
    assert "encoder.onnx: altered" in row.found


def test_a_variant_that_does_not_run(tiny_bundle: Path, module: Module) -> None:
    module("onnxruntime", "raise ImportError('libonnx.so: cannot open shared object file')")
    bundle, caption = model.intact(tiny_bundle)
    assert bundle.status == "ok"
    assert caption.status == "failed"
    assert caption.found.startswith("onnx-fp32 does not run: ")
    assert "libonnx.so" in caption.found
    assert caption.remedy


def test_several_variants_that_were_never_timed(tmp_path: Path, tiny_bundle: Path) -> None:
    copy = tmp_path / "two"
    shutil.copytree(tiny_bundle, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["variants"]["onnx-other"] = manifest["variants"]["onnx-fp32"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    *_, row = model.intact(copy)
    assert (row.status, row.remedy) == ("warning", "run: edge-caption bundle tune")
    from edge_runtime.bundle.reader import Bundle
    from edge_runtime.bundle.tuned_variant import remember
    from edge_runtime.captioner import Captioner

    remember(Bundle(copy), Captioner.load(copy).threads, "onnx-other", 1.0)
    *_, row = model.intact(copy)
    assert row == Check("variant in use", "ok", "onnx-other, found the fastest here")


def test_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert storage.current() == Check("current folder", "ok", str(tmp_path))
    assert storage.cache().status == "ok"
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    row = storage.cache()
    assert (row.status, row.remedy) == ("warning", "set XDG_CACHE_HOME to a folder that can be written")
    monkeypatch.setattr(storage, "_refusal", lambda folder: "Read-only file system")
    row = storage.current()
    assert row.found == f"{tmp_path} cannot be written (Read-only file system)"
    assert row.remedy == "go to another folder, or give --jsonl, --record, --srt and --vtt whole paths"


def test_a_folder_that_refuses() -> None:
    assert storage._refusal(Path("/proc")) is not None


@pytest.mark.parametrize(("free", "status"), [(72000, "ok"), (900, "warning"), (40, "failed")])
def test_disk(monkeypatch: pytest.MonkeyPatch, free: int, status: str) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=free << 20))
    row = storage.disk()
    assert (row.status, row.found) == (status, f"{free} MB free")
    assert row.remedy == ("" if status == "ok" else "delete what is not needed: df -h shows where")


def test_a_check_that_breaks_stops_no_other(monkeypatch: pytest.MonkeyPatch, tiny_bundle: Path) -> None:
    def broken(root: Path) -> Check:
        raise RuntimeError("no such sensor")

    monkeypatch.setattr(machine, "memory", broken)
    rows = _rows(doctor.examine(tiny_bundle))
    assert rows["memory"].status == "warning"
    assert rows["memory"].found == "cannot be examined (RuntimeError: no such sensor)"
    assert rows["bundle"].status == "ok"
    assert rows["disk"].check == "disk"
    assert all(row.remedy for row in rows.values() if row.status != "ok")


def test_the_table_is_aligned() -> None:
    rows = [Check("a", "ok", "fine"), Check("longer", "warning", "odd", "do this")]
    assert doctor.table(rows) == (
        "a       ok       fine\n"  #
        "longer  warning  odd\n"
        "                 -> do this"
    )


def _run(*arguments: str) -> apart.Outcome:
    code = (
        "import argparse, sys; from edge_runtime.commands import doctor; parser = argparse.ArgumentParser(); "
        "doctor.add_parser(parser.add_subparsers()); given = parser.parse_args(sys.argv[1:]); print(given.action(given))"
    )
    return apart.run_isolated("-c", code, "doctor", *arguments)


def test_the_command(tiny_bundle: Path, tmp_path: Path) -> None:
    out, _, status = _run("--bundle", str(tiny_bundle), "--json").out.rpartition("\n")
    rows = json.loads(out)
    assert {frozenset(row) for row in rows} == {frozenset({"check", "status", "found", "remedy"})}
    assert status == str(int(any(row["status"] == "failed" for row in rows)))
    out, _, status = _run("--bundle", str(tmp_path / "none")).out.rpartition("\n")
    assert status == "1"
    assert f"{tmp_path}/none: no such bundle\n" in out
    assert sys.version.split()[0] in out


def test_fonts_that_are_missing_are_told_and_are_no_warning(tmp_path: Path) -> None:
    with only_fonts_in(tmp_path):
        row = fonts.fonts()
    lacking = "no font that is installed has the letters of"
    assert row == Check(
        "fonts",
        "ok",
        "English alone can be drawn"
        f"; for captions in pictures: {lacking} Latin; run: sudo apt install fonts-dejavu-core"
        f"; for captions in pictures: {lacking} Chinese; run: sudo apt install fonts-noto-cjk"
        f"; for captions in pictures: {lacking} Arabic; run: sudo apt install fonts-noto-core",
    )
    for letters in fonts._SCRIPTS.values():
        need(letters)
    assert fonts.fonts() == Check("fonts", "ok", "Latin, Chinese, Arabic can be drawn")
