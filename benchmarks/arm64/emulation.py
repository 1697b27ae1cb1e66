"""Python programs on this machine and in an emulated 64-bit ARM system, see `deploy/arm64/make_root.sh`."""

import contextlib
import json
import math
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.machine.device import process_memory
from export.errors import ExportError

PROJECT = Path(__file__).parents[2]
SCRIPT = PROJECT / "deploy" / "arm64" / "outputs.py"
SITE = "/opt/site"
"""Where the device's packages lie inside the emulated system."""

_LOOK_SECONDS = 0.01
"""How often a program's memory is looked at."""

Outputs = tuple[dict[str, Any], dict[str, Any]]
"""What `outputs.py` wrote: its facts, and its arrays."""


def outputs_of(arrays: Mapping[str, Any], variant: str) -> list[str]:
    """Names of the encoder's outputs among arrays that are called VARIANT/OUTPUT."""
    return [name.removeprefix(f"{variant}/") for name in arrays if name.startswith(f"{variant}/")]


@dataclass(frozen=True)
class Ended:
    """A program that has ended.

    Attributes:
        status: Exit status; negative for a signal, None where it did not end in time and was killed.
        out: What it printed.
        error: The last line of its complaints; empty where there are none.
        peak_mb: Most memory in use at one time, 10^6 bytes.
        killed: Whether it was killed because it had more memory than it may.
    """

    status: int | None
    out: str
    error: str
    peak_mb: float
    killed: bool


@dataclass(frozen=True)
class Machine:
    """Where a Python program runs.

    Attributes:
        python: Command that starts Python there.
        folder: What the program reads and writes, as this machine sees it.
        inside: The same as the program sees it.
        environment: What is added to this process's environment.
        remedy: What to do where a program fails there.
    """

    python: tuple[str, ...]
    folder: Path
    inside: str
    environment: Mapping[str, str]
    remedy: str

    def run(self, arguments: Sequence[str], memory: int | None = None, seconds: float | None = None) -> Ended:
        """Run a program to its end.

        The limit is kept by looking at the process a hundred times a second and killing it, which asks for no rights, and counts
        what a board's kernel would. A limit of the kernel's on address space (`RLIMIT_AS`, `RLIMIT_DATA`) counts what is only
        reserved as well, and QEMU hangs in it; a control group can often not be made in a container.

        Args:
            arguments: Of Python.
            memory: MiB that it may have resident or swapped out, an emulator's own included; None for no limit.
            seconds: That it may take; None for ever.
        """
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        process = subprocess.Popen(
            [*self.python, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**kept, **self.environment},
            cwd=self.folder,
        )
        watch = _Watch(process, math.inf if memory is None else memory * 1024 * 1024 / 1e6)
        try:
            out, errors = process.communicate(timeout=seconds)
            status: int | None = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, errors = process.communicate()
            status = None
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            watch.end()
        return Ended(status, out, (errors.strip().splitlines() or [""])[-1], watch.peak_mb, watch.killed)

    def outputs(self, bundle: str, sentences: Mapping[str, Any] | None = None) -> Outputs:
        """Run `outputs.py` on the folder's `pictures`.

        Args:
            bundle: As the program sees it, or `default`.
            sentences: Sentences whose log-probabilities are asked for, see there.

        Raises:
            ExportError: It failed.
        """
        arguments = [f"{self.inside}/{SCRIPT.name}", bundle, f"{self.inside}/pictures", f"{self.inside}/out.npz"]
        if sentences is not None:
            (self.folder / "sentences.json").write_text(json.dumps(sentences))
            arguments.append(f"{self.inside}/sentences.json")
        ended = self.run(arguments)
        if ended.status != 0:
            reason = ended.error or f"status {ended.status}"
            raise ExportError(f"{self.python[0]}: the pictures could not be captioned ({reason}); {self.remedy}")
        with np.load(self.folder / "out.npz") as stored:
            arrays = {name: stored[name] for name in stored.files if name != "facts"}
            return json.loads(str(stored["facts"])), arrays


class _Watch:
    """Follows a process's memory, which the kernel forgets as soon as the process ends, and ends one that has too much."""

    def __init__(self, process: "subprocess.Popen[str]", most_mb: float) -> None:
        self.peak_mb = 0.0
        self.killed = False
        self._process, self._most_mb, self._over = process, most_mb, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_LOOK_SECONDS):
            found = process_memory(self._process.pid)
            if found is None:
                continue
            self.peak_mb = max(self.peak_mb, found.peak / 1e6)
            if max(found.resident + found.swapped, found.peak) / 1e6 > self._most_mb and not self.killed:
                self.killed = True
                self._process.kill()


def this_machine(folder: Path, python: str, path: str | None = None) -> Machine:
    """This machine.

    Args:
        folder: What the programs read and write.
        python: The interpreter.
        path: Folder whose packages go first; None for those that are installed.
    """
    environment = {} if path is None else {"PYTHONPATH": path}
    # -P: only what is named is searched for libraries, not the folder of the pictures by itself.
    return Machine((python, "-P"), folder, str(folder), environment, "leave out what cannot be captioned")


@contextlib.contextmanager
def emulated(root: Path, cpu: str, first: bool = False) -> Iterator[Machine]:
    """The emulated system, with a folder in it that is gone afterwards.

    Args:
        root: What `make_root.sh` made.
        cpu: Which processor QEMU plays.
        first: Whether packages in that folder go before those of the system.

    Raises:
        ExportError: There is no such system.
    """
    if not (root / SITE.lstrip("/") / "numpy").is_dir():
        raise ExportError(
            f"{root}: no emulated system with the device's packages; make one: deploy/arm64/make_root.sh {root}"
        )
    if os.geteuid() != 0:
        raise ExportError(f"{root}: entering an emulated system takes root's rights; run this as root")
    with tempfile.TemporaryDirectory(dir=root / "tmp") as folder:
        inside = f"/tmp/{Path(folder).name}"  # noqa: S108 - of the root
        path = f"{inside}:{SITE}" if first else SITE
        command = (
            "chroot",
            str(root),
            "/usr/bin/env",
            f"QEMU_CPU={cpu}",
            f"PYTHONPATH={path}",
            "/usr/bin/python3",
            "-P",
        )
        yield Machine(command, Path(folder), inside, {}, "is qemu-user-static installed and its binfmt entry there?")


def lay_out(folder: Path, pictures: Sequence[Path]) -> None:
    """Put `outputs.py` and pictures where `Machine.outputs` looks for them.

    Args:
        folder: Of the machine.
        pictures: Files, whose names differ.
    """
    (folder / "pictures").mkdir()
    for picture in pictures:
        shutil.copy(picture, folder / "pictures")
    shutil.copy(SCRIPT, folder)
