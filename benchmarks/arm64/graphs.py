"""The same bundle on two kinds of processor, features and sentences side by side; ARM's is emulated, so nothing is said of its speed."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.arm64.emulation import PROJECT, Outputs, emulated, lay_out, outputs_of, this_machine
from edge_runtime.bundle.reader import Bundle
from export.errors import ExportError
from export.parity.measure import mean_cosine


@dataclass(frozen=True)
class Side:
    """A variant on one processor.

    Attributes:
        cosine: Of each encoder output to the float variant's on this machine, the mean over pictures.
    """

    cosine: dict[str, float]


@dataclass(frozen=True)
class Across:
    """A variant on both.

    Attributes:
        here: On this machine.
        there: Under emulation.
        between: Cosine of each encoder output there to the same here, the mean over pictures.
        same_captions: Share of the pictures that get the same sentence.
        differing: The others: picture, sentence and log-probability here and there.
    """

    here: Side
    there: Side
    between: dict[str, float]
    same_captions: float
    differing: list[dict[str, Any]]


@dataclass(frozen=True)
class AcrossReport:
    """Everything compared.

    Attributes:
        machines: Here and there.
        pictures: How many.
        reference: The float variant.
        variants: Name -> comparison.
        captions: Picture -> variant -> sentence here and there.
    """

    machines: tuple[str, str]
    pictures: int
    reference: str
    variants: dict[str, Across]
    captions: dict[str, dict[str, tuple[str, str]]]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def to_markdown(self) -> str:
        """Tables: the figures, the sentences that differ, and all sentences."""
        here, there = self.machines
        lines = [
            f"# {self.pictures} pictures on {here} and on {there}",
            "",
            f"Cosine to {self.reference} on {here}, the lowest of the encoder's outputs; ARM is emulated: no speed.",
            "",
            f"| variant | {here} | {there} | {there} to {here} | same sentence |",
            "|---|---|---|---|---|",
        ]
        for name, found in self.variants.items():
            lowest = [min(side.values()) for side in (found.here.cosine, found.there.cosine, found.between)]
            lines.append(
                f"| {name} | {lowest[0]:.5f} | {lowest[1]:.5f} | {lowest[2]:.6f} | {found.same_captions:.0%} |"
            )
        lines += ["", "## Sentences that differ", "", f"| variant | picture | {here} | {there} |", "|---|---|---|---|"]
        for name, found in self.variants.items():
            for row in found.differing:
                one, two = (f"{row[side]['text']} ({row[side]['log_prob']:.2f})" for side in ("here", "there"))
                lines.append(f"| {name} | {row['picture']} | {one} | {two} |")
        lines += ["", "## All sentences", "", f"| picture | variant | {here} | {there} |", "|---|---|---|---|"]
        for picture, variants in self.captions.items():
            for name, (one, two) in variants.items():
                lines.append(f"| {picture} | {name} | {one} | {two if two != one else 'the same'} |")
        return "\n".join(lines) + "\n"


def compare(
    bundle: Path | None, pictures: Sequence[Path], root: Path, cpu: str, say: Callable[[str], None]
) -> AcrossReport:
    """Caption pictures here and in an emulated system, and compare.

    Args:
        bundle: Bundle; the default one where None.
        pictures: Files.
        root: What `deploy/arm64/make_root.sh` made.
        cpu: Which processor QEMU plays, such as `cortex-a72` (Raspberry Pi 4) or `cortex-a76` (5).
        say: Receives lines of news.

    Raises:
        BundleError: The bundle cannot be used.
        ExportError: The root is none, the emulation failed, or there is no float variant.
    """
    opened = Bundle(bundle)
    reference = next((name for name in opened.manifest.variants if name.endswith("-fp32")), None)
    if reference is None:
        raise ExportError(
            f"{opened.path}: no fp32 variant to hold the others against; export one with --variant onnx-fp32"
        )
    with tempfile.TemporaryDirectory() as folder:
        machine = this_machine(Path(folder), sys.executable, folder)
        _fill(machine.folder, opened, pictures)
        say(f"{len(pictures)} pictures, {len(opened.manifest.variants)} variants: here")
        one = machine.outputs(f"{folder}/bundle")
    with emulated(root, cpu, first=True) as machine:
        _fill(machine.folder, opened, pictures)
        say(f"the same on {cpu}, emulated: minutes")
        two = machine.outputs(f"{machine.inside}/bundle")
    return _compared(one, two, reference)


def _fill(folder: Path, bundle: Bundle, pictures: Sequence[Path]) -> None:
    lay_out(folder, pictures)
    shutil.copytree(bundle.path, folder / "bundle") if bundle.path.is_dir() else shutil.copy(
        bundle.path, folder / "bundle"
    )
    skipped = shutil.ignore_patterns("models", "__pycache__")
    shutil.copytree(PROJECT / "edge_runtime", folder / "edge_runtime", ignore=skipped)


def _compared(one: Outputs, two: Outputs, reference: str) -> AcrossReport:
    (facts, arrays), (other_facts, others) = one, two
    names = facts["pictures"]

    def cosines(first: dict[str, Any], variant: str, second: dict[str, Any], another: str) -> dict[str, float]:
        return {
            output: round(mean_cosine(first[f"{variant}/{output}"], second[f"{another}/{output}"]), 6)
            for output in outputs_of(first, variant)
        }

    found: dict[str, Across] = {}
    captions: dict[str, dict[str, tuple[str, str]]] = {name: {} for name in names}
    for variant, said in facts["captions"].items():
        pairs = list(zip(names, said, other_facts["captions"][variant], strict=True))
        for name, here, there in pairs:
            captions[name][variant] = (here["text"], there["text"])
        differing = [
            {"picture": name, "here": here, "there": there}
            for name, here, there in pairs
            if here["text"] != there["text"]
        ]
        found[variant] = Across(
            Side(cosines(arrays, reference, arrays, variant)),
            Side(cosines(arrays, reference, others, variant)),
            cosines(arrays, variant, others, variant),
            round(1 - len(differing) / len(names), 4),
            differing,
        )
    return AcrossReport((facts["machine"], other_facts["machine"]), len(names), reference, found, captions)
