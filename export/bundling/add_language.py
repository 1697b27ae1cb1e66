"""The decoder of a run in another language, added to a bundle that is there.

The encoder stays the bundle's, and every file of the languages that it speaks already is copied as it is: not one of their sentences
becomes another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edge_runtime.bundle.bundle_file import BundleFile
from edge_runtime.bundle.language_facts import LanguagePart, LanguageVariant
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import MANIFEST, Bundle
from export.bundling.backends import BackendVariants, backend_variants
from export.bundling.export import REFERENCE
from export.bundling.language_table import with_languages
from export.bundling.network import Network, SharedEncoder
from export.bundling.options import MakingOptions
from export.bundling.provenance import provenance
from export.bundling.shared_picture import SharedPicture
from export.bundling.stages import Stages
from export.bundling.trained_run import TrainedRun
from export.bundling.variants import VariantName
from export.bundling.writer import add_file, check_target, publish, staging
from export.errors import ExportError
from export.parity.language import measure_language
from export.parity.measure import keras_captions
from train.datasets.languages import language_of
from train.runs.bundle_start import with_weights
from train.runs.folder import RunFolder
from train.scoring.evaluate import training_captions
from train.scoring.metrics import require_java

_CARD = "model_card"


@dataclass(frozen=True)
class AddLanguageOptions(MakingOptions):
    """What is asked for; the run's language is the one that is added.

    Attributes:
        bundle: Folder or zip; the one that ships where None.
        leave_out: Variants that are measured like the others, and do not speak the language in what is written.
    """

    bundle: Path | None = None
    leave_out: Sequence[str] = ()


class AddLanguage:
    """One language that is added to a bundle, or takes the place of the decoder that the bundle has for it.

    Args:
        options: What is asked for.
        say: Receives lines of news.

    Raises:
        BundleNotFoundError, BundleError: The bundle is missing or altered.
        RunError, DatasetError, WeightsError: The run or its data cannot be read.
        ExportError: The run does not go with the bundle, there are too few pictures, or the target cannot be written.
    """

    def __init__(self, options: AddLanguageOptions, say: Callable[[str], None]) -> None:
        check_target(options.out)
        self._options, self._say = options, say
        self._bundle = Bundle(options.bundle)
        self._bundle.verify()
        self._shared = SharedPicture(options.run, self._bundle, REFERENCE)
        config = RunFolder(options.run).config()
        self._shared.check_config(config)
        require_java(config.language)
        self._tag = config.language
        self._check_left_out()
        self._names = {
            name: VariantName.parse(f"{variant.backend}-{variant.precision}")
            for name, variant in self._bundle.manifest.variants.items()
        }
        run = self._run = TrainedRun(
            options.run, options.source, options.encoder_weights, ["train", "dev"], options.max_words, say
        )
        integers = any("int8" in name.decoder for name in self._names.values())
        self._calibration = run.calibration(
            options.calibration, options.seed, integers, "a bundle of float variants alone needs fewer"
        )
        self._search = run.search(options.beam, options.length_penalty, options.say_once)
        self._dev = dict(list(run.dataset.captions_of("dev").items())[: options.dev_pictures])
        if not self._dev:
            raise ExportError(f"{run.dataset.source}: no dev pictures to score sentences on; add some to the dev split")

    def run(self) -> list[str]:
        """Write the bundle anew.

        Returns:
            What falls short of the bars; nothing has been written then unless `keep_going`.

        Raises:
            ExportError: The run's decoder reads other pictures than the bundle's encoder gives.
        """
        stages = Stages(3 + len(self._names), self._say)
        stages.next("the trained network is built, and held against the bundle's encoder")
        encoder, decoder, regions = self._run.load()
        images = self._run.dataset.images
        self._shared.check_network(encoder, decoder, regions, images, self._calibration)
        graph = with_weights(self._bundle, self._bundle.manifest.variants[REFERENCE], "encoder")
        network = Network(
            encoder,
            decoder,
            regions,
            images,
            self._calibration,
            self._search,
            self._options.method,
            self._say,
            SharedEncoder(graph, self._tag),
        )
        with staging(self._options.out) as folder:
            self._copy(folder)
            variants = self._decoders(folder, network, stages)
            spoken = self._language(folder, variants, network.chosen)
            (folder / MANIFEST).write_text(self._manifest(spoken).to_json())
            Bundle(folder).verify()
            stages.next(f"{len(self._dev)} dev pictures are captioned by Keras and by each of {len(variants)} variants")
            trained = keras_captions(
                encoder, decoder, self._run.vocabulary, images, list(self._dev), self._search, spoken.sentences
            )
            known = training_captions(self._run.dataset)
            found = measure_language(folder, self._tag, REFERENCE, images, self._dev, known, trained)
            if not found.failures or self._options.keep_going:
                stages.next("the model card")
                manifest = self._with_card(folder, self._manifest(self._kept(replace(spoken, quality=found.quality))))
                self._sweep(folder, manifest)
                publish(folder, manifest, self._options.out)
        return found.failures

    def _copy(self, folder: Path) -> None:
        """Copy what stays: everything but a decoder that the bundle has for this language."""
        old = self._bundle.manifest
        others = {tag: spoken for tag, spoken in old.languages.items() if tag != self._tag}
        for file in replace(old, languages=others).all_files:
            add_file(folder, file.path, self._bundle.read(file))

    def _decoders(self, folder: Path, network: Network, stages: Stages) -> dict[str, LanguageVariant]:
        """Write the language's part of each variant, by the makers of an export."""
        makers: dict[str, BackendVariants] = {}
        written: dict[str, BundleFile] = {}
        variants = {}
        for text, name in self._names.items():
            stages.next(f"decoder of {text}")
            maker = makers.setdefault(name.backend, backend_variants(name.backend, network))
            files = maker.decoder(name.decoder)
            for path, content in files.values():
                if path not in written:
                    written[path] = add_file(folder, path, content)
            variants[text] = LanguageVariant({graph: written[path] for graph, (path, _) in files.items()})
        return variants

    def _language(
        self, folder: Path, variants: Mapping[str, LanguageVariant], chosen: Mapping[str, Mapping[str, Any]]
    ) -> LanguagePart:
        run, options = self._run, self._options
        words = add_file(folder, f"vocabulary.{self._tag}.txt", run.vocabulary.to_text().encode())
        return LanguagePart(
            vocabulary=len(run.vocabulary),
            max_length=run.config.max_length,
            decode=run.defaults(self._search),
            sentences=language_of(self._tag).sentences,
            variants=variants,
            files={"vocabulary": words},
            quality={},
            provenance=provenance(run, options.data_note, len(self._calibration), options.seed, chosen),
        )

    def _check_left_out(self) -> None:
        manifest = self._bundle.manifest
        for name in self._options.leave_out:
            self._bundle.variant(name)
            if name == manifest.default_variant:
                raise ExportError(
                    f"--leave-out {name}: is the bundle's default variant, which speaks all of its languages"
                )

    def _kept(self, spoken: LanguagePart) -> LanguagePart:
        """Return the language without the variants that are left out; their figures stay."""
        left_out = self._options.leave_out
        return replace(spoken, variants={name: part for name, part in spoken.variants.items() if name not in left_out})

    def _sweep(self, folder: Path, manifest: Manifest) -> None:
        """Take away what the variants that are left out alone had."""
        kept = {file.path for file in manifest.all_files}
        for file in folder.iterdir():
            if file.name != MANIFEST and file.name not in kept:
                file.unlink()

    def _manifest(self, spoken: LanguagePart) -> Manifest:
        old = self._bundle.manifest
        return replace(old, languages={**old.languages, self._tag: spoken})

    def _with_card(self, folder: Path, manifest: Manifest) -> Manifest:
        """Return the manifest with a model card that tells of its languages, where the bundle has a card."""
        file = manifest.files.get(_CARD)
        if file is None:
            return manifest
        card = with_languages(self._bundle.read(file).decode("utf-8", "replace"), manifest, REFERENCE)
        return replace(manifest, files={**manifest.files, _CARD: add_file(folder, file.path, card.encode())})
