"""From a run folder to a bundle: graphs in every precision asked for, what they lose, manifest and model card."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_runtime.bundle.manifest import BundleFile, InputSpec, Manifest, Sizes, SpecialIds, Variant
from edge_runtime.bundle.reader import MANIFEST
from export.bundling.backends import BackendVariants, Files, backend_variants
from export.bundling.model_card import model_card
from export.bundling.network import Network
from export.bundling.options import MakingOptions
from export.bundling.provenance import provenance
from export.bundling.stages import Stages
from export.bundling.trained_run import TrainedRun
from export.bundling.variants import DEFAULT_VARIANTS, VariantName
from export.bundling.writer import add_file, check_target, publish, staging
from export.errors import ExportError
from export.parity import measure as parity
from train.datasets.base import Split
from train.datasets.languages import language_of
from train.scoring.evaluate import SplitScorer, score
from train.scoring.metrics import require_java

if TYPE_CHECKING:
    import keras

    from train.decoders.base import CaptionDecoder

REFERENCE = "onnx-fp32"
"""What the other variants are held against."""


@dataclass(frozen=True)
class ExportOptions(MakingOptions):
    """What an export is asked for.

    Attributes:
        name: Of the model; made of data and encoder where None.
        variants: Names, see `export.bundling.variants`.
        default_variant: One of them; the first int8 one where None, or the first.
        test: Whether to score the test split too.
        outside: What the model card says that the model does not know, a line each.
        license: Of the weights.
    """

    name: str | None = None
    variants: Sequence[str] = DEFAULT_VARIANTS
    default_variant: str | None = None
    test: bool = False
    outside: Sequence[str] = ()
    license: str = "unspecified"


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
        self._variants = {str(name): name for name in map(VariantName.parse, options.variants)}
        check_target(options.out)
        self._options, self._say = options, say
        self._default = options.default_variant or _first_small(list(self._variants))
        if self._default not in self._variants:
            raise ExportError(f"--default-variant {self._default}: not among the variants that are exported")
        splits: list[Split] = ["train", "dev", "test"] if options.test else ["train", "dev"]
        self._run = TrainedRun(
            options.run, options.source, options.encoder_weights, splits, options.max_words, self._say
        )
        require_java(self._run.config.language)
        integers = any("int8" in (name.encoder, name.decoder) for name in self._variants.values())
        self._calibration = self._run.calibration(options.calibration, options.seed, integers)
        self._search = self._run.search(options.beam, options.length_penalty, options.say_once)
        for split in splits[1:]:
            if not self._run.dataset.captions_of(split):
                raise ExportError(
                    f"{self._run.dataset.source}: no {split} pictures to hold the graphs against; add some to the {split} split"
                )

    def run(self) -> list[str]:
        """Export.

        Returns:
            What falls short of the bars; nothing has been written then unless `keep_going`.
        """
        # The reference is made even if it is not asked for, and left out at the end.
        names = {**self._variants, REFERENCE: VariantName.parse(REFERENCE)}
        stages = Stages(3 + len(names), self._say)
        stages.next("the trained network is built")
        encoder, decoder, regions = self._run.load()
        network = Network(
            encoder,
            decoder,
            regions,
            self._run.dataset.images,
            self._calibration,
            self._search,
            self._options.method,
            self._say,
        )
        makers: dict[str, BackendVariants] = {}
        with staging(self._options.out) as folder:
            written: dict[str, BundleFile] = {}
            variants: dict[str, Variant] = {}
            for text, name in names.items():
                stages.next(f"graphs of {text}{self._why(name)}")
                maker = makers.setdefault(name.backend, backend_variants(name.backend, network))
                files: Files = {**maker.encoder(name.encoder), **maker.decoder(name.decoder)}
                for path, content in files.values():
                    if path not in written:
                        written[path] = add_file(folder, path, content)
                table = {graph: written[path] for graph, (path, _) in files.items()}
                variants[text] = Variant(name.backend, name.precision, table)
            manifest = self._manifest(folder, variants, network)
            stages.next(f"{len(self._dev())} dev pictures are captioned by Keras and by each of {len(names)} variants")
            manifest, said = self._with_parity(folder, manifest, encoder, decoder)
            found = parity.failures(manifest.parity)
            if not found or self._options.keep_going:
                # Only a bundle that will be written reads the test split.
                on_test = ", each variant's on the test split too" if self._options.test else ""
                stages.next(f"scores{on_test}, and the model card")
                publish(folder, self._with_quality(folder, manifest, said), self._options.out)
        return found

    def _why(self, name: VariantName) -> str:
        """Return what takes the time of a variant."""
        if "int8" not in (name.encoder, name.decoder):
            return ""
        methods = "one way" if self._options.method else "four ways, of which the best is kept"
        return f" (minutes: weights are rounded layer by layer, and {len(self._calibration)} pictures give the ranges {methods})"

    def _manifest(self, folder: Path, variants: dict[str, Variant], network: Network) -> Manifest:
        config, vocabulary = self._run.config, self._run.vocabulary
        words = add_file(folder, "vocabulary.txt", vocabulary.to_text().encode())
        name = self._options.name or f"{config.encoder}-{self._run.dataset.source.stem}"
        return Manifest(
            name=name,
            encoder=config.encoder,
            input=InputSpec(config.image_size, config.image_size),
            sizes=Sizes(network.regions, config.width * config.members, len(vocabulary)),
            decoder=network.spec,
            special_ids=SpecialIds(vocabulary.pad_id, vocabulary.start_id, vocabulary.end_id, vocabulary.unknown_id),
            max_length=config.max_length,
            decode=self._run.defaults(self._search),
            default_variant=self._default,
            variants=variants,
            files={"vocabulary": words},
            quality={},
            parity={},
            provenance=self._provenance(network.chosen),
            license=self._options.license,
            language=config.language,
            sentences=language_of(config.language).sentences,
        )

    def _with_parity(
        self, folder: Path, manifest: Manifest, encoder: "keras.Model", decoder: "CaptionDecoder"
    ) -> tuple[Manifest, dict[str, dict[str, str]]]:
        """Return the manifest with what the graphs lose on dev, and what each variant said of it."""
        images, dev = self._run.dataset.images, self._dev()
        (folder / MANIFEST).write_text(manifest.to_json())
        keras_said = parity.keras_captions(
            encoder, decoder, self._run.vocabulary, images, list(dev), self._search, manifest.sentences
        )
        measured, said = parity.measure(folder, REFERENCE, images, dev, self._search.beam_width)
        same = parity.share_of_same(keras_said, said[REFERENCE])
        measured["reference_same_captions_as_keras"] = round(same, 4)
        self._say(f"parity: {measured}")
        return replace(manifest, parity=measured), said

    def _dev(self) -> dict[str, tuple[str, ...]]:
        return dict(list(self._run.dataset.captions_of("dev").items())[: self._options.dev_pictures])

    def _with_quality(self, folder: Path, manifest: Manifest, dev_said: dict[str, dict[str, str]]) -> Manifest:
        """Return the manifest with the variants asked for, scores of dev, of test where asked for, and the model card that tells them."""
        beam, images = self._search.beam_width, self._run.dataset.images
        language = manifest.language
        quality = {f"{self._default}, dev, beam {beam}": score(dev_said[self._default], self._dev(), language=language)}
        if self._options.test:
            test = self._run.dataset.captions_of("test")
            quality |= parity.scores_on_test(
                folder, manifest.variants, images, SplitScorer(test, language=language), test, beam
            )
        kept = {name: variant for name, variant in manifest.variants.items() if name in self._variants}
        paths = {file.path for variant in kept.values() for file in variant.files.values()}
        for variant in manifest.variants.values():
            for file in variant.files.values():
                if file.path not in paths:
                    (folder / file.path).unlink(missing_ok=True)
        card = model_card(manifest, quality, manifest.parity)
        files = {**manifest.files, "model_card": add_file(folder, "MODEL_CARD.md", card.encode())}
        return replace(manifest, quality=quality, files=files, variants=kept)

    def _provenance(self, chosen: dict[str, dict[str, Any]]) -> dict[str, Any]:
        run, options = self._run, self._options
        learnt = "fine-tuned on the same captions" if run.config.trains_encoder else "frozen"
        return {
            **provenance(run, options.data_note, len(self._calibration), options.seed, chosen),
            "outside": options.outside,
            "encoder_sha256": run.config.encoder_sha256,
            "encoder": f"{run.weights.origin}, {learnt}",
        }


def _first_small(variants: list[str]) -> str:
    """Return the first full int8 variant, or else the first with any int8, or else the first."""
    for wanted in ("-int8", "int8-dynamic", "int8"):
        found = next((name for name in variants if name.endswith(wanted)), None)
        if found:
            return found
    return variants[0]
