"""`python -m tests.fuzz.bundles --count N --seed S`: damages bundles, opens each in a process apart, and says what must not be.

A violation is an exception that is not ours, a case over 2 s or 300 MB beyond the idle process, a line on stdout, or a process
that was ended by a signal. LiteRT's graphs are left out: that library crashes on damaged ones, which the docs say.
"""

import argparse
import contextlib
import hashlib
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.bundle.decoder_spec import NEXT, RESERVED, DecoderSpec, TensorSpec
from edge_runtime.errors import EdgeCaptionError
from tests.tiny_bundle import write_bundle

SECONDS, BYTES = 2.0, 300_000_000
KINDS = ("manifest", "graph", "zip", "vocabulary", "tuned", "decoder")
_PATIENCE = 30.0
_DEFAULT = Path(__file__).parents[2] / "edge_runtime" / "models" / "default"
_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        -1,
        0,
        1,
        2**31,
        2**63,
        10**9,
        10**400,
        1e308,
        "",
        "a",
        "\ud800",
        "../x",
        "/dev/zero",
        "*/_ORT_MEM_ADDR_/*",
    ),
    *([], {}, [[[[]]]], "x" * 10_000, [1] * 1000),
)


def run(count: int, seed: int, kinds: tuple[str, ...] = KINDS) -> tuple[Counter[str], list[str]]:
    """Run cases `seed` to `seed + count`.

    Returns:
        How many of each kind ended how, and the violations, a line each.
    """
    ends: Counter[str] = Counter()
    violations: list[str] = []
    first, last = seed, seed + count
    while first < last:
        with tempfile.TemporaryDirectory() as folder:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "tests.fuzz.bundles",
                    "--worker",
                    folder,
                    str(first),
                    str(last),
                    ",".join(kinds),
                ],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "XDG_CACHE_HOME": folder},
            )
            at, kind, done = first, "?", False
            for line in process.stdout or ():
                if line.startswith(b"@begin "):
                    _, number, kind = line.decode().split()
                    at, done = int(number), False
                elif line.startswith(b"@end "):
                    _, end, what = line.decode().rstrip("\n").split(" ", 2)
                    ends[f"{kind}: {end}"] += 1
                    done = True
                    if end == "violation":
                        violations.append(f"case {at} ({kind}): {what}")
                elif line.strip():
                    violations.append(f"case {at} ({kind}): on stdout: {line[:100]!r}")
            status = process.wait()
        if status and not done:
            violations.append(f"case {at} ({kind}): the process ended with {status}")
            ends[f"{kind}: violation"] += 1
        elif status:
            violations.append(f"after case {at}: the process ended with {status}")
        first = at + 1
    return ends, violations


def _work(folder: Path, first: int, last: int, kinds: tuple[str, ...]) -> None:
    from edge_runtime import Captioner
    from edge_runtime.bundle.tuned_variant import cache_file

    tiny, whole = write_bundle(folder / "tiny"), folder / "whole"
    shutil.copytree(_DEFAULT, whole)
    picture = np.zeros((64, 64, 3), np.uint8)
    for bundle in (tiny, whole):
        Captioner.load(bundle, threads=1).caption(picture)
    damage: dict[str, Callable[[random.Random, Path, Path], Path]] = {
        "manifest": _manifest,
        "graph": _graph,
        "zip": _zip,
        "vocabulary": _vocabulary,
        "tuned": lambda chance, tiny, _whole: _tuned(chance, tiny, cache_file()),
        "decoder": _decoder,
    }
    for number in range(first, last):
        kind = kinds[number % len(kinds)]
        chance = random.Random(number)
        print(f"@begin {number} {kind}", flush=True)
        with contextlib.ExitStack() as undo:
            undo.callback(cache_file().unlink, missing_ok=True)
            bundle = damage[kind](chance, tiny, whole)
            Path("/proc/self/clear_refs").write_text("5")
            idle, begun = _status("VmRSS"), time.perf_counter()
            signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
            try:
                captioner = Captioner.load(bundle, threads=1)
                sentences = [captioner.caption(picture, beam) for beam in (1, 3)]
                json.dumps([caption.token_log_probs for caption in sentences], allow_nan=False)
                end, what = "read", ""
            except EdgeCaptionError as error:
                end, what = "refused", ""
                if "\n" in str(error) or len(str(error)) > 2000:
                    end, what = "violation", f"no sentence: {str(error)[:200]!r}"
            except BaseException as error:
                end, what = "violation", f"{type(error).__name__}: {str(error)[:200]!r}"
            signal.setitimer(signal.ITIMER_REAL, 0)
            taken, held = time.perf_counter() - begun, _status("VmHWM") - idle
            if end == "refused" and (taken > SECONDS or held > BYTES):
                end, what = "violation", f"{taken:.1f} s, {held / 1e6:.0f} MB until it was refused"
            if bundle not in (tiny, whole):
                undo.callback(shutil.rmtree if bundle.is_dir() else Path.unlink, bundle)
        print(f"@end {end} {what}", flush=True)


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name + ":"))


def _damaged(chance: random.Random, content: bytes) -> bytes:
    """Some bytes flipped, cut, doubled, moved or put to an extreme."""
    found = bytearray(content)
    for _ in range(chance.choice((1, 1, 1, 1, 1, 1, 2, 4, 16))):
        at, size = chance.randrange(len(found) + 1), chance.choice((1, 1, 1, 1, 2, 8, 64))
        match chance.choice((0, 1, 1, 1, 2, 3, 4, 5)):
            case 0:
                found[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                found[at : at + 1] = bytes([(found[at] if at < len(found) else 0) ^ 1 << chance.randrange(8)])
            case 2:
                del found[at : at + size]
            case 3:
                found[at:at] = found[at : at + size]
            case 4:
                found[at : at + size] = chance.choice((b"\xff", b"\x00", b"\x7f", b"\x80")) * size
            case _:
                found[at:at] = chance.randbytes(size)
    return bytes(found[: chance.randrange(len(found) + 1)] if chance.random() < 0.05 else found)


def _copied(bundle: Path) -> Path:
    target = bundle.with_name("case")
    target.mkdir()
    for file in bundle.iterdir():
        os.link(file, target / file.name)
    return target


def _write(file: Path, content: bytes) -> None:
    file.unlink()  # it is a second name of the whole bundle's
    file.write_bytes(content)


def _with(bundle: Path, name: str, content: bytes) -> None:
    """Put a file into a bundle whose manifest then says so."""
    _write(bundle / name, content)

    def entries(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("path") == name:
                value.update(bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
            for inside in value.values():
                entries(inside)

    manifest = json.loads((bundle / "manifest.json").read_text())
    entries(manifest)
    _write(bundle / "manifest.json", json.dumps(manifest).encode())


def _manifest(chance: random.Random, tiny: Path, whole: Path) -> Path:
    bundle = _copied(tiny)
    content = (bundle / "manifest.json").read_bytes()
    if chance.random() < 0.5:
        _write(bundle / "manifest.json", _damaged(chance, content))
        return bundle
    table = at = json.loads(content)
    while at:
        key = chance.choice(list(at) if isinstance(at, dict) else range(len(at)))
        if not isinstance(at[key], dict | list) or chance.random() < 0.2:
            at[key] = chance.choice(_VALUES)
            break
        at = at[key]
    text = json.dumps(table)
    if chance.random() < 0.1:
        text = text.replace("{", "[" * chance.choice((30, 2000, 100_000)), 1)
    _write(bundle / "manifest.json", text.encode())
    return bundle


def _decoder(chance: random.Random, tiny: Path, whole: Path) -> Path:
    """A decoder with any tensors, and one fact of them that is another than its graphs have."""

    def tensors(part: str) -> tuple[TensorSpec, ...]:
        shapes = (
            [chance.randrange(1, 5) for _ in range(chance.randrange(1, 5))] for _ in range(chance.randrange(1, 4))
        )
        return tuple(TensorSpec(f"{part}{number}", tuple(shape)) for number, shape in enumerate(shapes))

    bundle = write_bundle(tiny.with_name("case"), DecoderSpec("other", tensors("context"), tensors("state")))
    table = json.loads((bundle / "manifest.json").read_text())
    decoder, part = table["decoder"], chance.choice(("context", "state"))
    tensor = chance.choice(decoder[part])
    match chance.randrange(8):
        case 0:
            decoder[chance.choice(("kind", "context", "state", "more"))] = chance.choice(_VALUES)
        case 1:
            tensor[chance.choice(("name", "shape", "dtype"))] = chance.choice(_VALUES)
        case 2:
            tensor["shape"][chance.randrange(len(tensor["shape"]))] = chance.choice((*_VALUES, 2, 3, 1000, 500_000))
        case 3:
            tensor["name"] = chance.choice(
                (*RESERVED, NEXT + "state0", "context0", "state0", "\x1b[31m", "x\n", "x" * 65)
            )
        case 4:
            decoder[part] += [dict(tensor)] * chance.choice((1, 20, 1000))
        case 5:
            decoder["context"], decoder["state"] = decoder["state"], decoder["context"]
        case 6:
            del decoder[part][chance.randrange(len(decoder[part]))]
        case _:
            table["schema_version"] = chance.choice((0, 1, 1.0, 2.0, 3, True, "2", None))
    (bundle / "manifest.json").write_text(json.dumps(table))
    return bundle


def _graph(chance: random.Random, tiny: Path, whole: Path) -> Path:
    large = chance.random() < 0.3
    bundle = _copied(whole if large else tiny)
    names = ("decoder_step.int8.onnx", "decoder_greedy.int8.onnx") if large else ("encoder.onnx", "decoder_step.onnx")
    name = chance.choice(names)
    _with(bundle, name, _damaged(chance, (bundle / name).read_bytes()))
    return bundle


def _zip(chance: random.Random, tiny: Path, whole: Path) -> Path:
    held = io.BytesIO()
    prefix = chance.choice(("", "a/", "a\\", "./", "a/b/", "../", "/", "a/b/c/"))
    with zipfile.ZipFile(
        held, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2))
    ) as archive:
        for file in sorted(tiny.iterdir()):
            if file.name == "vocabulary.txt" and chance.random() < 0.02:
                archive.writestr(prefix + file.name, bytes(200_000_000))
            else:
                archive.write(file, prefix + file.name)
    content = held.getvalue()
    if chance.random() < 0.9:
        content = _damaged(chance, content)
    target = tiny.with_name("case.zip")
    target.write_bytes(content)
    return target


def _vocabulary(chance: random.Random, tiny: Path, whole: Path) -> Path:
    bundle = _copied(tiny)
    content = (bundle / "vocabulary.txt").read_bytes()
    content = content * 10_000 if chance.random() < 0.02 else _damaged(chance, content)
    _with(bundle, "vocabulary.txt", content)
    return bundle


def _tuned(chance: random.Random, tiny: Path, cache: Path) -> Path:
    from edge_runtime.bundle.reader import Bundle
    from edge_runtime.bundle.tuned_variant import remember

    cache.unlink(missing_ok=True)
    remember(Bundle(tiny), 1, "onnx-fp32", 1.0)
    content = _damaged(chance, cache.read_bytes())
    cache.write_bytes(b"[" * 200_000 if chance.random() < 0.02 else content)
    with contextlib.suppress(EdgeCaptionError):
        remember(Bundle(tiny), 2, "onnx-fp32", 1.0)
    return tiny


def main() -> int:
    """Run, and print what came of it; status 1 where something must not be."""
    if sys.argv[1:2] == ["--worker"]:
        folder, first, last, kinds = sys.argv[2:]
        _work(Path(folder), int(first), int(last), tuple(kinds.split(",")))
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    arguments = parser.parse_args()
    ends, violations = run(arguments.count, arguments.seed, tuple(arguments.kinds))
    for end, number in sorted(ends.items()):
        print(f"{end:<24}{number:6}")
    print(*violations, f"{len(violations)} violations", sep="\n")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
