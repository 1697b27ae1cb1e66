"""The measurement of `python -m benchmarks peers`, from its options to its record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers.base import Peer
from benchmarks.peers.measurement import OURS_A_TURN, PeerMeasurement
from benchmarks.peers.registry import build_peers
from benchmarks.peers.table import ARCHITECTURE_ONLY
from benchmarks.report.pictures import as_frames, required_pictures
from edge_runtime.bench.environment import machine_facts, measurement_warnings, snapshot, state, today, versions
from edge_runtime.bench.result import Record, Row
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import MAX_THREADS
from edge_runtime.errors import OptionError

if TYPE_CHECKING:
    from train.datasets.base import Dataset

_PACKAGES = ("torch", "transformers", "tensorflow-cpu", "tensorflow", "keras")


@dataclass(frozen=True)
class PeersOptions:
    """What is measured.

    Attributes:
        bundle: Ours; the default bundle where None.
        peers: Names of `benchmarks.peers.registry.PEERS`.
        pictures: Folder of pictures, decoded beforehand.
        shown: How many of them are captioned, once a round.
        rounds: Rounds.
        threads: Of each captioner.
        weights: Folder with a folder of weights for each captioner that has them; None for random ones.
        data: Flickr8k's folder, to score those that have weights; None for no scores.
        limit: Test pictures that are scored, all where None.
    """

    bundle: Path | None
    peers: Sequence[str]
    pictures: Path
    shown: int = 2
    rounds: int = 5
    threads: int = 2
    weights: Path | None = None
    data: Path | None = None
    limit: int | None = None


def measure_peers(options: PeersOptions, log: Callable[[str], None]) -> Record:
    """Measure.

    Args:
        options: What is measured.
        log: Receives lines about the work.

    Raises:
        OptionError: An option outside its range; see `build_peers` as well.
        PictureError: No pictures.
        PeerMissingError: Ours cannot run here.
        ScoringError, DatasetError: Scores were asked for and cannot be had.
    """
    _check(options)
    peers = build_peers(options.peers, options.threads, options.weights)
    pictures = as_frames(required_pictures(options.pictures)[: options.shown])
    dataset = _dataset(options)
    before = snapshot()
    with PeerMeasurement(options.bundle, peers, options.threads, log) as measurement:
        measurement.open(pictures[0])
        measurement.caption_interleaved(pictures, options.rounds)
        after = snapshot()
        rows = measurement.rows()
        if dataset is not None:
            from benchmarks.peers.quality import references_of, scored

            references = references_of(dataset, options.limit)
            rows = scored(rows, measurement.captioners, dataset.images, references, log)
    noise = {row.name: row.noise["total_ms_p50"] for row in rows if row.noise}
    machine = machine_facts()
    machine["packages"] = {**machine["packages"], **versions(_PACKAGES)}
    bundle = Bundle(options.bundle)
    machine["bundles"] = {bundle.manifest.name: bundle.digest}
    return Record(
        kind="peers",
        date=today(),
        machine={**machine, "state": state(before, after)},
        options=_stored(options, len(pictures)),
        rows=rows,
        warnings=measurement_warnings(before, after, noise),
        notes=_notes(rows, peers),
    )


def _check(options: PeersOptions) -> None:
    for name, most in (("shown", None), ("rounds", None), ("threads", MAX_THREADS), ("limit", None)):
        value = getattr(options, name)
        if value is not None and not 1 <= value <= (most or value):
            raise OptionError(f"--{name} {value}: must be {f'1 to {most}' if most else 'at least 1'}")
    if options.data is not None and options.weights is None:
        raise OptionError("--data: random weights have no quality; name the peers' own weights with --peer-weights")
    if options.limit is not None and options.data is None:
        raise OptionError("--limit: nothing is scored without --data; name Flickr8k's folder")


def _dataset(options: PeersOptions) -> "Dataset | None":
    """Return the data set to score on, found to be usable before minutes of work go into the rest."""
    if options.data is None:
        return None
    from edge_runtime.console.exits import log
    from train.datasets.loading import flickr8k_source
    from train.scoring.metrics import require_java

    require_java()
    dataset = flickr8k_source(options.data).load()
    log(dataset.report())
    return dataset.readable(["test"], log)


def _stored(options: PeersOptions, pictures: int) -> dict[str, object]:
    return {
        "bundle": str(options.bundle or "default"),
        "peers": list(options.peers),
        "pictures": pictures,
        "rounds": options.rounds,
        "threads": options.threads,
        "ours_a_turn": OURS_A_TURN,
        "own_weights": options.weights is not None,
        "limit": options.limit,
    }


def _notes(rows: Sequence[Row], peers: Sequence[Peer]) -> list[str]:
    notes = [
        "Each captioner has a process of its own; its memory is the most that it held while it loaded and captioned three pictures.",
        "All greedy, the others in float32 with key-value caches; a word is one step of a decoder, and none of the others says an end.",
        "Seconds to load have the imports in them, and for random weights the drawing of them.",
    ]
    if any(not peer.trained for peer in peers) and any(row.facts.get("weights") == "random" for row in rows):
        notes.insert(0, f"Rows with random weights are {ARCHITECTURE_ONLY}.")
    return notes
