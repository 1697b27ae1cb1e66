"""From a run folder to a bundle: graphs, eight-bit forms, what they lose, manifest and model card."""

import importlib.metadata
import random
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from edge_runtime.bundle import MANIFEST
from edge_runtime.captioner import Captioner
from edge_runtime.decoding import Search
from edge_runtime.manifest import MAX_BEAM, BundleFile, DecodeDefaults, InputSpec, Manifest, Sizes, SpecialIds, Variant
from edge_runtime.preprocess import load_input
from edge_runtime.vocabulary import Vocabulary
from export import parity
from export.bundle_writer import add_file, check_target, publish, staging
from export.compaction import compacted
from export.errors import ExportError
from export.graphs import encoder_graph, step_graph
from export.model_card import model_card
from export.quantise import quantise_encoder, quantise_step
from train.datasets.base import Dataset, Split
from train.datasets.loading import DatasetSource
from train.encoders.registry import EncoderWeights, build_encoder, encoder_spec, find_weights
from train.evaluate import caption_files, score
from train.metrics import CaptionScorer, require_java
from train.run import RunConfig, RunFolder

if TYPE_CHECKING:
    import keras

    from train.decoder import AttentionDecoder

MIN_CALIBRATION = 200
"""Fewest pictures from which the ranges of the activations are taken."""
FLOAT, SMALL = "onnx-fp32", "onnx-int8"
_COSINE_PICTURES = 200


@dataclass(frozen=True)
class ExportOptions:
    """What an export is asked for.

    Attributes:
        run: Run folder.
        out: Bundle to make.
        source: Data set; the run's own where None.
        encoder_weights: Weights file of the encoder; the installed ones where None.
        name: Of the model; made of data and encoder where None.
        calibration: Training pictures that the activation ranges are taken from.
        seed: Of their choice.
        beam: Hypotheses kept, for parity and as the bundle's default.
        length_penalty: The bundle's default; the run's where None.
        dev_pictures: Dev pictures for parity at the most, None for all.
        test: Whether to score the test split too.
        keep_going: Whether to write a bundle that falls short of the bars.
        data_note: What the model card says of the data.
        outside: What the model card says that the model does not know, a line each.
        license: Of the weights.
    """

    run: Path
    out: Path
    source: DatasetSource | None
    encoder_weights: Path | None
    name: str | None
    calibration: int
    seed: int
    beam: int | None
    length_penalty: float | None
    dev_pictures: int | None
    test: bool
    keep_going: bool
    data_note: str
    outside: list[str]
    license: str


class Export:
    """One export.

    Args:
        options: What is asked for.
        say: Receives lines of news.

    Raises:
        RunError, DatasetError, WeightsError: The run or its data cannot be read.
        ExportError: The target cannot be written, or there are too few calibration pictures.
    """

    def __init__(self, options: ExportOptions, say: Callable[[str], None]) -> None:
        check_target(options.out)
        self._options, self._say = options, say
        self._folder = RunFolder(options.run)
        self._config: RunConfig = self._folder.config()
        self._vocabulary = self._folder.read_vocabulary()
        require_java()
        splits: list[Split] = ["train", "dev", "test"] if options.test else ["train", "dev"]
        self._dataset: Dataset = (options.source or self._folder.source()).load().readable(splits, say)
        self._weights = self._find_weights()
        train = self._dataset.splits["train"]
        if not options.calibration >= MIN_CALIBRATION:
            raise ExportError(
                f"--calibration {options.calibration}: at least {MIN_CALIBRATION} pictures are needed for safe ranges"
            )
        if len(train) < MIN_CALIBRATION:
            raise ExportError(
                f"{self._dataset.source}: {len(train)} training pictures are too few to calibrate on; "
                f"at least {MIN_CALIBRATION} are needed"
            )
        count = min(options.calibration, len(train))
        self._calibration = random.Random(options.seed).sample(sorted(train), count)
        beam = options.beam or self._config.beam
        penalty = self._config.length_penalty if options.length_penalty is None else options.length_penalty
        if beam > MAX_BEAM or not 0 <= penalty <= 10:
            raise ExportError(f"--beam {beam} --length-penalty {penalty}: must be 1 to {MAX_BEAM}, and 0 to 10")
        ids = Vocabulary
        self._search = Search(ids.start_id, ids.end_id, self._config.max_length, beam, penalty)

    def _find_weights(self) -> EncoderWeights:
        weights = find_weights(encoder_spec(self._config.encoder), self._options.encoder_weights)
        if weights.sha256 != self._config.encoder_sha256:
            raise ExportError(f"{weights.file}: not the encoder weights of this run; pass --encoder-weights")
        return weights

    def run(self) -> list[str]:
        """Export.

        Returns:
            What falls short of the bars; nothing has been written then unless `keep_going`.
        """
        spec = encoder_spec(self._config.encoder)
        size = self._config.image_size
        encoder = build_encoder(spec, self._weights, size)
        decoder = self._folder.load_decoder(spec.channels, encoder)
        regions = spec.regions(size)
        self._say("graphs: float32")
        graphs = {"encoder": encoder_graph(encoder, decoder), "decoder_step": step_graph(decoder, regions)}
        self._say(f"graphs: int8, calibrated on {len(self._calibration)} training pictures")
        small = {
            "encoder": quantise_encoder(graphs["encoder"], self._calibration_pictures(size)),
            "decoder_step": quantise_step(graphs["decoder_step"]),
        }
        with staging(self._options.out) as folder:
            files: dict[str, dict[str, BundleFile]] = {}
            for precision, forms in (("fp32", graphs), ("int8", small)):
                files[precision] = {
                    name: add_file(folder, f"{name}.{precision}.onnx", compacted(model))
                    for name, model in forms.items()
                }
            manifest, said = self._with_parity(folder, self._manifest(folder, files, regions), encoder, decoder)
            found = parity.failures(manifest.parity)
            if not found or self._options.keep_going:
                # Only a bundle that will be written reads the test split.
                publish(folder, self._with_quality(folder, manifest, said), self._options.out)
        return found

    def _calibration_pictures(self, size: int) -> Iterator[npt.NDArray[np.uint8]]:
        for name in self._calibration:
            yield load_input(self._dataset.images / name, size, size)[None]

    def _manifest(self, folder: Path, files: dict[str, dict[str, BundleFile]], regions: int) -> Manifest:
        config, vocabulary = self._config, self._vocabulary
        words = add_file(folder, "vocabulary.txt", vocabulary.to_text().encode())
        name = self._options.name or f"{config.encoder}-{self._dataset.source.stem}"
        return Manifest(
            name=name,
            encoder=config.encoder,
            input=InputSpec(config.image_size, config.image_size),
            sizes=Sizes(regions, config.width, len(vocabulary)),
            special_ids=SpecialIds(vocabulary.pad_id, vocabulary.start_id, vocabulary.end_id, vocabulary.unknown_id),
            max_length=config.max_length,
            decode=DecodeDefaults(self._search.beam_width, self._search.length_penalty),
            default_variant=SMALL,
            variants={f"onnx-{precision}": Variant("onnx", precision, table) for precision, table in files.items()},
            files={"vocabulary": words},
            quality={},
            parity={},
            provenance=self._provenance(),
            license=self._options.license,
        )

    def _with_parity(
        self, folder: Path, manifest: Manifest, encoder: "keras.Model", decoder: "AttentionDecoder"
    ) -> tuple[Manifest, dict[str, str]]:
        """The manifest with what the graphs lose on dev, and what int8 said of it."""
        images = self._dataset.images
        dev = self._dev()
        names = list(dev)
        (folder / MANIFEST).write_text(manifest.to_json())
        beam = self._search.beam_width
        keras_said = parity.keras_captions(encoder, decoder, self._vocabulary, images, names, self._search)
        said = {name: caption_files(Captioner.load(folder, name), images, dev, beam) for name in manifest.variants}
        scorer = CaptionScorer(dev)
        ciders = {name: round(scorer.score(captions, meteor=False).cider, 4) for name, captions in said.items()}
        float_graph, small_graph = (
            (folder / manifest.variants[name].files["encoder"].path).read_bytes() for name in (FLOAT, SMALL)
        )
        size = self._config.image_size
        measured = {
            "pictures": len(dev),
            "beam": beam,
            "fp32_same_captions_as_keras": round(parity.share_of_same(keras_said, said[FLOAT]), 4),
            "int8_same_captions_as_fp32": round(parity.share_of_same(said[FLOAT], said[SMALL]), 4),
            "int8_cosine": parity.mean_cosines(float_graph, small_graph, images, names[:_COSINE_PICTURES], size, size),
            "fp32_cider": ciders[FLOAT],
            "int8_cider": ciders[SMALL],
        }
        self._say(f"parity: {measured}")
        return replace(manifest, parity=measured), said[SMALL]

    def _dev(self) -> dict[str, tuple[str, ...]]:
        dev = dict(list(self._dataset.captions_of("dev").items())[: self._options.dev_pictures])
        if not dev:
            raise ExportError(
                f"{self._dataset.source}: no dev pictures to hold the graphs against; add some to the dev split"
            )
        return dev

    def _with_quality(self, folder: Path, manifest: Manifest, dev_said: dict[str, str]) -> Manifest:
        """The manifest with scores of dev, of test where asked for, and with the model card that tells them."""
        beam = self._search.beam_width
        quality = {f"int8, dev, beam {beam}": score(dev_said, self._dev())}
        if self._options.test:
            test = self._dataset.captions_of("test")
            for name in (SMALL, FLOAT):
                said = caption_files(Captioner.load(folder, name), self._dataset.images, test, beam)
                quality[f"{name.removeprefix('onnx-')}, test, beam {beam}"] = score(said, test)
        card = model_card(
            manifest.name,
            manifest.encoder,
            manifest.input.height,
            manifest.sizes.regions,
            manifest.sizes.vocabulary,
            manifest.provenance,
            quality,
            manifest.parity,
        )
        files = {**manifest.files, "model_card": add_file(folder, "MODEL_CARD.md", card.encode())}
        return replace(manifest, quality=quality, files=files)

    def _provenance(self) -> dict[str, Any]:
        config = self._config
        counts: dict[Split, int] = {split: len(names) for split, names in self._dataset.splits.items()}
        training = ("epochs", "learning_rate", "batch", "captions_per_picture", "label_smoothing", "dropout", "seed")
        packages = ("tensorflow", "tensorflow-cpu", "keras", "tf2onnx", "onnx", "onnxruntime", "numpy", "pillow")
        return {
            "data": self._options.data_note or f"{self._dataset.source.name}: {counts}",
            "outside": self._options.outside,
            "pictures": counts,
            "captions_sha256": config.captions_sha256,
            "encoder_sha256": config.encoder_sha256,
            "training": {name: getattr(config, name) for name in training},
            "encoder": f"ImageNet weights, {'fine-tuned on the same captions' if config.trains_encoder else 'frozen'}",
            "calibration": {
                "pictures": len(self._calibration),
                "seed": self._options.seed,
                "ranges": "moving average of min-max",
            },
            "commit": _commit(),
            "packages": {name: version for name in packages if (version := _version(name))},
        }


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _commit() -> str:
    """The commit of this checkout, or 'unknown' outside one."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
