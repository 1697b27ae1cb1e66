"""The installed wheel on emulated 64-bit ARM and on this machine: the same sentences? And within a small board's memory?"""

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.arm64.comparison import NEAR_TIE, Compared, compared, tokens_of
from benchmarks.arm64.emulation import SITE, Machine, Outputs, emulated, lay_out, outputs_of, this_machine
from edge_runtime.bench.environment import machine_facts, today
from edge_runtime.bench.result import Record, Row
from export.errors import ExportError
from export.parity.measure import mean_cosine

SEARCHES = ("captions", "greedy")
HELD = ("onnx-fp32", "onnx-int8", "litert-int8")
"""Variants that are held against each other; others are shown."""
FARTHEST = 0.05
"""Nats a word that the log-probability of one and the same sentence may be apart: integers are rounded otherwise elsewhere."""
MEMORY = 512
"""MiB of the smallest board."""
_TOO_MUCH = 600
"""MB that the control asks for: the limit must refuse it, or it is none."""
CONTROL = f"{_TOO_MUCH} MB in {MEMORY} MiB"
_CONTROL = f"import time; kept = [bytearray(b'1' * 1000000) for _ in range({_TOO_MUCH})]; time.sleep(2); print('got', len(kept), 'MB')"
"""It keeps for a while what it has got: on a busy machine the watch may look late."""


@dataclass(frozen=True)
class Arm64Options:
    """What is compared.

    Attributes:
        root: Emulated system with the wheel in it, see `deploy/arm64/make_root.sh`.
        python: Interpreter of an environment here with the same wheel in it.
        pictures: Files, whose names differ.
        cpus: Processors that QEMU plays; memory is limited on the first.
    """

    root: Path
    python: str
    pictures: Sequence[Path]
    cpus: Sequence[str]


def arm64(options: Arm64Options, say: Callable[[str], None]) -> Record:
    """Caption with every variant here and under emulation, then under emulation with little memory.

    Args:
        options: What.
        say: Receives lines of news.

    Returns:
        A record of kind `arm64`: a row a variant and processor, and one a variant with little memory. `failures` tells what of it
        must not be. There is no time in it: an emulator's says nothing of a board's.

    Raises:
        ExportError: The root holds no wheel, or what is captioned is not the wheel's; the emulation failed; the limit is none.
    """
    if not (options.root / SITE.lstrip("/") / "edge_runtime").is_dir():
        raise ExportError(
            f"{options.root}: edge-caption is not installed in it; run: deploy/arm64/check.sh {options.root}"
        )
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        machine = this_machine(Path(folder), options.python)
        lay_out(machine.folder, options.pictures)
        say(f"{len(options.pictures)} pictures with every variant here")
        here = machine.outputs("default")
        for number, cpu in enumerate(options.cpus):
            with emulated(options.root, cpu) as there_place:
                lay_out(there_place.folder, options.pictures)
                say(f"the same on {cpu}, emulated: minutes")
                there = there_place.outputs("default", tokens_of(here[0], SEARCHES))
                asked = machine.outputs("default", tokens_of(there[0], SEARCHES))
                _check_installed(there[0], here[0])
                rows += [_row(variant, cpu, asked, there) for variant in here[0]["captions"]]
                if number == 0:
                    rows += [_control(there_place, cpu, say)]
                    rows += [_within(there_place, cpu, variant, there[0], say) for variant in here[0]["captions"]]
    return Record(
        "arm64",
        today(),
        {**machine_facts(), "packages_here": here[0]["packages"], "packages_there": there[0]["packages"]},
        {"cpus": list(options.cpus), "pictures": [path.name for path in options.pictures], "memory_mib": MEMORY},
        rows,
        notes=_notes(here[0], there[0]),
    )


def failures(record: Record) -> list[str]:
    """What of a record must not be, a sentence each.

    Args:
        record: Of kind `arm64`.
    """
    found = []
    for row in record.rows:
        if row.missing:
            found.append(f"{row.name}: {row.missing}")
        elif not row.facts.get("held"):
            continue
        elif row.values["apart_nats"] > FARTHEST:
            found.append(
                f"{row.name}: the log-probability of one sentence is {row.values['apart_nats']:.3f} a word apart, "
                f"{FARTHEST} is the most"
            )
        elif "int8" not in row.facts["variant"] and row.values["differences"] > row.values["near_ties"]:
            beyond = int(row.values["differences"] - row.values["near_ties"])
            found.append(
                f"{row.name}: {beyond} of {int(row.values['sentences'])} sentences are not those of this machine"
            )
    return found


def _check_installed(there: dict[str, Any], here: dict[str, Any]) -> None:
    """What was captioned with must be the wheel, or the whole run says nothing about it."""
    if not there["product"].startswith(SITE):
        raise ExportError(f"{there['product']}: not the wheel in {SITE} was run; report this")
    if "site-packages" not in here["product"]:
        raise ExportError(f"{here['product']}: a checkout, not an installed wheel; name an environment's --python")
    if here["packages"]["edge-caption"] != there["packages"]["edge-caption"]:
        raise ExportError("the wheels here and under emulation are not of the same version; run: deploy/arm64/check.sh")


def _row(variant: str, cpu: str, here: Outputs, there: Outputs) -> Row:
    found: Compared = compared(variant, here[0], there[0], SEARCHES)
    outputs = outputs_of(here[1], variant)
    near = [mean_cosine(*(side[1][f"{variant}/{output}"] for side in (here, there))) for output in outputs]
    values = {
        "sentences": found.sentences,
        "differences": len(found.differences),
        "near_ties": found.near_ties,
        "cosine_lowest": round(min(near), 6),
        "apart_nats": found.apart,
    }
    said = {name: said["text"] for name, said in zip(here[0]["pictures"], here[0]["captions"][variant], strict=True)}
    facts = {
        "variant": variant,
        "cpu": cpu,
        "held": variant in HELD,
        "differing": [difference.to_dict() for difference in found.differences],
        "sentences_here": said,
    }
    return Row(f"{variant} on {cpu}", values, facts=facts)


def _control(machine: Machine, cpu: str, say: Callable[[str], None]) -> Row:
    """A program that asks for more than there is: it must not get it."""
    say(f"{_TOO_MUCH} MB where {MEMORY} MiB are allowed, which must fail")
    ended = machine.run(["-c", _CONTROL], MEMORY)
    if not ended.killed or "got" in ended.out:
        reason = ended.error or f"status {ended.status}"
        raise ExportError(
            f"a program that asks for {_TOO_MUCH} MB was not killed at {MEMORY} MiB ({reason}); report this"
        )
    facts = {"cpu": cpu, "held": False, "asked_for_mb": _TOO_MUCH}
    return Row(CONTROL, {"memory_mb": round(ended.peak_mb, 1)}, facts=facts)


def _within(machine: Machine, cpu: str, variant: str, there: dict[str, Any], say: Callable[[str], None]) -> Row:
    """The command with little memory: every sentence as without a limit."""
    name = f"{variant} in {MEMORY} MiB on {cpu}"
    say(name)
    facts: dict[str, Any] = {"variant": variant, "cpu": cpu, "held": False}
    arguments = ["-m", "edge_runtime", "caption", "--json", "--threads", "1", "--variant", variant]
    ended = machine.run([*arguments, f"{machine.inside}/pictures"], MEMORY)
    if ended.status != 0:
        reason = "killed: too much memory" if ended.killed else ended.error or f"status {ended.status}"
        return Row(name, facts=facts, missing=f"failed ({reason})")
    said = [json.loads(line)["caption"] for line in ended.out.splitlines()]
    if said != [entry["text"] for entry in there["captions"][variant]]:
        return Row(name, facts=facts, missing="other sentences than without a limit")
    return Row(name, {"memory_mb": round(ended.peak_mb, 1), "sentences": len(said)}, facts=facts)


def _notes(here: dict[str, Any], there: dict[str, Any]) -> list[str]:
    notes = [
        f"{there['machine']} is emulated by QEMU: nothing here says anything about its speed.",
        "Float sentences must be the same, by the bundle's own beam search and greedily, but for near ties: on both machines the two "
        f"sentences are within {NEAR_TIE} of each other, by log-probability / length ** length penalty where a beam chose, by the natural "
        f"log-probability of the word where they part where it is greedy. Of {', '.join(HELD)} the log-probability of one and the same "
        f"sentence must be the same on both within {FARTHEST} a word. Every difference is listed.",
        "Integers do say other sentences where two are nearly as good: XNNPACK (LiteRT) rounds between layers otherwise on ARM than on "
        "x86 (docs/decisions/003); what ONNX Runtime does otherwise has not been looked into. How far the arithmetic is apart shows in "
        "one and the same sentence's log-probability on both. Where a gap is negative, the machine's own beam has missed a sentence "
        "that it finds better.",
        f"{MEMORY} MiB: `edge-caption caption` is killed as soon as it has more resident or swapped out, the emulator and its translated "
        "code included, so a board needs less than the peaks shown; a control that asks for more must be killed.",
    ]
    other = [
        f"{name} {version} here and {there['packages'][name]} under emulation"
        for name, version in here["packages"].items()
        if version != there["packages"][name]
    ]
    return [*notes, *([f"Versions differ: {', '.join(other)}."] if other else [])]
