"""The study itself: every system trained, scored, exported and timed, each of them once."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.study.row import StudyRow, read_json, read_row, write_json, write_row
from benchmarks.study.systems import Recipe, System
from benchmarks.study.timing import BundleCaptions, Caption, PredictedCaptions, time_captions, to_table
from benchmarks.study.training import StudyRuns
from edge_runtime.backends.decoding import Search
from edge_runtime.bundle.reader import MANIFEST, Bundle
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.captioner import Captioner
from edge_runtime.errors import EdgeCaptionError
from export.bundling.export import Export, ExportOptions
from export.calibration.ranges import Method
from train.datasets.base import Dataset
from train.encoders.registry import ENCODERS
from train.errors import RunError
from train.scoring.decoder_scores import score_decoder
from train.scoring.evaluate import caption_files, score, score_bundle
from train.scoring.generate import FeatureCaptioner

_DEV_PICTURES = 200
"""Dev pictures that an exported bundle is held against."""


@dataclass(frozen=True)
class Asked:
    """What is asked of every system.

    Attributes:
        lengths: Padded lengths to tell the figures at.
        variant: Of the bundles.
        calibration_method: How activation ranges are taken, or None to take each graph's best one.
        sample: Picture that every system captions for the page.
        timed: Test pictures whose captions are timed.
    """

    lengths: Sequence[int]
    variant: str
    calibration_method: Method | None
    sample: Path
    timed: int


class Study:
    """A study in a folder; what has been done there is not done again.

    Args:
        out: The folder: `runs`, `bundles`, `rows` and the report.
        runs: The systems' run folders.
        dataset: The data set; its dev pictures serve for nothing but to hold the exported graphs against the trained network.
        recipe: How systems are trained.
        asked: What is asked of each.
        vocabulary: Of the training split.
        say: Receives lines of news.
    """

    def __init__(
        self,
        out: Path,
        runs: StudyRuns,
        dataset: Dataset,
        recipe: Recipe,
        asked: Asked,
        vocabulary: Vocabulary,
        say: Callable[[str], None],
    ) -> None:
        self._out, self._runs, self._dataset, self._recipe = out, runs, dataset, recipe
        self._asked, self._vocabulary, self._say = asked, vocabulary, say

    def row(self, system: System) -> StudyRow:
        """Return a system's row, as it was kept or made now."""
        asked, path = self._asked, self._out / "rows" / f"{system.name}.json"
        key = _digest(asdict(self._runs.config(system)), list(asked.lengths), asked.variant, asked.calibration_method)
        if (kept := read_row(path, key)) and (Path(kept.bundle) / MANIFEST).is_file():
            self._say(f"{system.name}: finished before")
            return kept
        if warning := system.weights.warning(system.spec):
            self._say(warning)
        cache = self._runs.features(system)
        seconds = self._runs.train(system, cache)
        decoder = self._runs.decoder(system)
        bundle = self._out / "bundles" / system.name
        self._say(f"{system.name}: exporting")
        run = self._runs.folder(system).path
        short = self._export(run, bundle, system)
        tokens = scores = cider = None
        if not system.random:
            test = {name: texts for name, texts in self._dataset.captions_of("test").items() if name in cache.rows}
            tokens = asdict(score_decoder(decoder, self._vocabulary, cache, test, asked.lengths))
            captioner = FeatureCaptioner(decoder, self._vocabulary)
            scores = score(captioner.captions(cache, test, self._search()), test)
            said = self._captions(Captioner.load(bundle, asked.variant), test)
            cider = float(score(said, test)["cider"])
        row = StudyRow(
            name=system.name,
            weights=system.weights.origin,
            random=system.random,
            encoder_parameters=self._runs.encoder(system).count_params(),
            decoder_parameters=decoder.count_params(),
            train_seconds=None if system.random else seconds,
            tokens=tokens,
            scores=scores,
            bundle_cider=cider,
            bundle=str(bundle),
            variant=asked.variant,
            bundle_bytes=Bundle(bundle).variant(asked.variant)[1].bytes,
            short_of_bars=short,
        )
        write_row(path, key, row)
        return row

    def _export(self, run: Path, bundle: Path, system: System) -> list[str]:
        """Return a run's bundle of one variant, whether or not it comes up to the export's bars; what falls short, a sentence each."""
        options = ExportOptions(
            run=run,
            out=bundle,
            encoder_weights=system.file,
            variants=(self._asked.variant,),
            method=self._asked.calibration_method,
            dev_pictures=_DEV_PICTURES,
            keep_going=True,
        )
        try:
            return Export(options, self._say).run()
        except EdgeCaptionError as error:
            raise RunError(
                f"{run}: it was trained but cannot be exported ({error}); the same command tries again"
            ) from None

    def row_of_bundle(self, path: Path) -> StudyRow:
        """Return the row of a bundle that was not trained here; its figures are those of its default variant itself."""
        opened = Bundle(path)
        manifest, (variant, files) = opened.manifest, opened.variant(opened.manifest.default_variant)
        kept_at, lengths = self._out / "rows" / "bundle.json", self._asked.lengths
        key = _digest(manifest.to_json(), self._dataset.digest(), list(lengths), self._recipe.beam)
        if kept := read_row(kept_at, key):
            return kept
        test = self._dataset.captions_of("test")
        tokens = score_bundle(Bundle(path), variant, self._dataset.images, test, lengths)
        scores = score(self._captions(Captioner.load(path, variant), test), test)
        spec, size = ENCODERS.get(manifest.encoder), manifest.input.height
        row = StudyRow(
            name=f"{manifest.name} (ours)",
            weights=str(manifest.provenance.get("encoder", "not said")),
            random=False,
            encoder_parameters=spec.build(size, size, False).count_params() if spec else None,
            decoder_parameters=None,
            train_seconds=None,
            tokens=asdict(tokens),
            scores=scores,
            bundle_cider=float(scores["cider"]),
            bundle=str(path),
            variant=variant,
            bundle_bytes=files.bytes,
            short_of_bars=[],
        )
        write_row(kept_at, key, row)
        return row

    def times(self, systems: Sequence[System], rows: Mapping[str, StudyRow]) -> dict[str, Any]:
        """Return milliseconds a caption of all systems in one run, `keras` and `bundle`; as they were kept where no row is new."""
        names = list(self._dataset.splits["test"])[: self._asked.timed]
        key, kept_at = _digest([asdict(row) for row in rows.values()], names), self._out / "rows" / "times.json"
        kept = read_json(kept_at)
        if isinstance(kept, dict) and kept.get("key") == key:
            return dict(kept["times"])
        self._say(f"timing {len(names)} captions of each system")
        timed: dict[str, Caption] = {
            f"bundle {name}": BundleCaptions(Path(row.bundle), row.variant) for name, row in rows.items()
        }
        length = self._recipe.padded_length
        for system in systems:
            network = self._runs.encoder(system), self._runs.decoder(system)
            timed[f"keras {system.name}"] = PredictedCaptions(*network, length)
        found = to_table(time_captions(timed, [self._dataset.images / name for name in names]))
        times = {
            way: {name.removeprefix(f"{way} "): row for name, row in found.items() if name.startswith(f"{way} ")}
            for way in ("keras", "bundle")
        }
        write_json(kept_at, {"key": key, "times": times})
        return times

    def sentences(self, rows: Mapping[str, StudyRow]) -> dict[str, str]:
        """Return what every bundle says of the sample picture."""
        beam, sample = self._recipe.beam, self._asked.sample
        return {name: Captioner.load(r.bundle, r.variant).caption(sample, beam).text for name, r in rows.items()}

    def _captions(self, captioner: Captioner, test: Mapping[str, Sequence[str]]) -> dict[str, str]:
        return caption_files(captioner, self._dataset.images, test, self._recipe.beam)

    def _search(self) -> Search:
        recipe = self._recipe
        ids = Vocabulary.start_id, Vocabulary.end_id
        return Search(*ids, recipe.padded_length - 1, recipe.beam, recipe.length_penalty)


def _digest(*content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
