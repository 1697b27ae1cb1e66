"""`python -m benchmarks study`: the original study's protocol for the encoders named, and its tables."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.study.options import add_study_options, check_study_options
from edge_runtime.bundle.vocabulary import SPECIALS
from edge_runtime.console.exits import log
from edge_runtime.console.terminal import plain
from edge_runtime.files import write_whole
from train.datasets.base import Dataset
from train.datasets.options import data_source
from train.errors import DatasetError

if TYPE_CHECKING:
    from benchmarks.study.row import StudyRow
    from benchmarks.study.study import Study
    from benchmarks.study.systems import Recipe, System


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "study",
        help="run the original study's systems by its protocol",
        description="Train, score, export and time encoders with a plain LSTM as the original study did; what is finished stays.",
        allow_abbrev=False,
    )
    add_study_options(parser)
    parser.set_defaults(action=_study)


def _study(arguments: argparse.Namespace) -> int:
    from benchmarks.study.study import Asked, Study
    from benchmarks.study.systems import find_systems
    from benchmarks.study.training import StudyRuns
    from train.datasets.tokeniser import build_vocabulary
    from train.scoring.metrics import require_java

    check_study_options(arguments)
    require_java()
    beside = _bundle(arguments.ours)
    source = data_source(arguments)
    dataset = source.load()
    log(dataset.report())
    dataset = dataset.references(["dev", "test"], log).readable(["test"], log)
    _check_splits(dataset)
    mixed = _mixed(dataset, arguments.size)
    systems = find_systems(arguments.encoders, arguments.decoders, arguments.weights, arguments.seed)
    train = dataset.captions_of("train")
    vocabulary = build_vocabulary((text for texts in train.values() for text in texts), arguments.min_count)
    if len(vocabulary) == len(SPECIALS):
        raise DatasetError(f"{source.captions}: no word stands in it {arguments.min_count} times; lower --min-count")
    recipe = _recipe(arguments, dataset)
    lengths = sorted({*arguments.lengths, recipe.padded_length})
    sample = _sample(arguments.sample, dataset)
    asked = Asked(lengths, arguments.variant, arguments.calibration_method, sample, arguments.timed)
    runs = StudyRuns(arguments.out / "runs", source, dataset, recipe, vocabulary, arguments.features, log)
    study = Study(arguments.out, runs, dataset, recipe, asked, vocabulary, log)
    rows = {system.name: study.row(system) for system in systems}
    if beside is not None:
        ours = study.row_of_bundle(beside)
        rows[ours.name] = ours
    _write(arguments.out, study, systems, rows, _protocol(dataset, recipe, len(vocabulary), mixed), sample, dataset)
    return 0


def _write(
    out: Path,
    study: "Study",
    systems: "list[System]",
    rows: "dict[str, StudyRow]",
    protocol: str,
    sample: Path,
    dataset: Dataset,
) -> None:
    from benchmarks.study.page import draw_page
    from benchmarks.study.report import to_markdown
    from benchmarks.study.row import write_json

    times, sentences = study.times(systems, rows), study.sentences(rows)
    references = dataset.captions.get(sample.name, ()) if sample.parent == dataset.images else ()
    random = [row.name for row in rows.values() if row.random]
    found = {
        "protocol": protocol,
        "systems": [asdict(row) for row in rows.values()],
        "times": times,
        "sample": {"picture": sample.name, "sentences": sentences, "references": list(references)},
    }
    write_json(out / "study.json", found)
    write_whole(out / "study.png", draw_page(sample, sentences, random, references))
    write_whole(out / "study.md", to_markdown(list(rows.values()), times, sentences, references, protocol).encode())
    for name in ("study.json", "study.md", "study.png"):
        print(plain(str(out / name)))


def _check_splits(dataset: Dataset) -> None:
    for split, why in (("train", "train on"), ("dev", "hold the exported graphs against"), ("test", "score")):
        if not dataset.captions_of(split):  # type: ignore[arg-type]
            raise DatasetError(f"{dataset.source}: no {split} pictures to {why}; check the split files and --holdout")


def _mixed(dataset: Dataset, size: int) -> str | None:
    from train.datasets.sizes import mixed_sizes

    mixed = mixed_sizes(dataset.images, dataset.names, size)
    if mixed:
        log(mixed)
    return mixed


def _recipe(arguments: argparse.Namespace, dataset: Dataset) -> "Recipe":
    from benchmarks.study.systems import Recipe
    from train.datasets.tokeniser import tokenise

    longest = max(len(tokenise(text)) for name in dataset.names for text in dataset.captions[name]) + 1
    same = ("epochs", "batch", "captions_per_picture", "learning_rate", "width", "embedding", "dropout", "min_count",
            "beam", "length_penalty", "size", "seed")  # fmt: skip
    options = {name: getattr(arguments, name) for name in same}
    return Recipe(padded_length=arguments.padded_length or longest, **options)


def _sample(named: str | None, dataset: Dataset) -> Path:
    """Return the picture of the page: a file, or a name in the folder of pictures."""
    if named is None:
        return dataset.images / min(dataset.splits["test"])
    found = next((path for path in (dataset.images / named, Path(named)) if path.is_file()), None)
    if found is None:
        raise DatasetError(f"--sample {named}: no such picture, in {dataset.images} neither; check the name")
    return found


def _bundle(named: str | None) -> Path | None:
    """Return the bundle to stand beside the systems, seen to be whole before hours of work go into them."""
    from edge_runtime.bundle.reader import Bundle

    if named is None:
        return None
    bundle = Bundle(named)
    bundle.verify()
    return bundle.path


def _protocol(dataset: Dataset, recipe: "Recipe", words: int, mixed: str | None) -> str:
    counts = ", ".join(f"{split} {len(names)}" for split, names in dataset.splits.items())
    told = [
        f"Pictures matched to captions by file name: {counts}; dev serves to hold exported graphs against the trained network, and for "
        f"nothing else. Captions are tokenised to {words} words and padded or cut to {recipe.padded_length} places, their end included.",
        f"Pictures are resized to {recipe.size} x {recipe.size}" + (", mixed sizes among them." if mixed else "."),
        f"Training: Adam from {recipe.learning_rate}, {recipe.epochs} passes, all made, {recipe.batch} pictures x "
        f"{recipe.captions_per_picture} captions a step, plain cross-entropy, frozen encoder, seed {recipe.seed}. "
        f"Captions by beam {recipe.beam}, length penalty {recipe.length_penalty}, for every system alike.",
    ]
    return "\n".join(f"- {line}" for line in told)
