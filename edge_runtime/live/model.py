"""Which model captions, and how."""

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edge_runtime.bundle.judge_spec import WORDINGS
from edge_runtime.bundle.manifest import MAX_BEAM
from edge_runtime.console.options import Options, option
from edge_runtime.errors import OptionError

if TYPE_CHECKING:  # it takes a while to load, and options are needed before
    from edge_runtime.captioner import Captioner

_log = logging.getLogger("edge_runtime.live.model")


@dataclass(frozen=True)
class ModelOptions(Options):
    """What `Captioner` is asked for.

    Attributes:
        bundle: Folder or zip; None is the one that ships.
        variant: Form of the model; None is the fastest that is known, or the bundle's default.
        threads: Of the processor; None is all, four at the most.
        beam: Hypotheses kept.
        expect_digest: The bundle's digest, where no other will do.
        min_confidence: Confidence below which nothing is said.
        wording: Whether the sex of a person is said where the model is sure of it, or never.
        language: BCP 47 tags of the languages in which every frame is captioned; none for what the environment asks for.
    """

    table = "model"

    bundle: str | None = option(
        None,
        "bundle folder or zip, or small or large where they are installed (default: the one that ships)",
        metavar="B",
        path=True,
    )
    variant: str | None = option(None, "form of the model, see 'bundle info'", metavar="V")
    threads: int | None = option(None, "processor threads (default: all, 4 at the most)", metavar="N", low=1, high=64)
    beam: int = option(1, "hypotheses kept; at 1, greedy, words appear as they come", metavar="K", low=1, high=MAX_BEAM)
    expect_digest: str | None = option(None, "refuse every bundle but the one of this digest", metavar="SHA256")
    min_confidence: float = option(
        0.0, "say nothing where the chance that a sentence is right lies below, 0 to 1", metavar="P", low=0, high=1
    )
    wording: str = option("sure", "say man or woman where the model is sure, else person; or never", choices=WORDINGS)
    language: tuple[str, ...] = option(
        (), "of the sentences: en, pt-BR; again for a further one (default: what LANG asks for, or en)", metavar="TAG"
    )

    def load(self) -> "Captioner":
        """Load the model, to speak the first of the languages.

        Raises:
            BundleNotFoundError, BundleError, UnknownVariantError, BackendNotInstalledError: It cannot be used.
            UnknownLanguageError: It does not speak the language.
        """
        from edge_runtime.captioner import Captioner

        found = Captioner.load(
            self.bundle,
            self.variant,
            self.threads,
            self.expect_digest,
            self.min_confidence,
            self.wording,
            language=self.language[0] if self.language else "auto",
        )
        if found.language_news:
            _log.info("%s", found.language_news)
        return found

    def load_further(self, first: "Captioner") -> "list[Captioner]":
        """Load the further languages.

        Args:
            first: What `load` returned.

        Raises:
            BundleNotFoundError, BundleError: Their files cannot be used.
            UnknownLanguageError: The bundle does not speak one.
            OptionError: One is asked for twice.
        """
        found = [first]
        for tag in self.language[1:]:
            further = first.also(tag)
            if further.language in [one.language for one in found]:
                raise OptionError(f"--language {tag}: {further.language} is asked for twice; name each language once")
            found.append(further)
        return found[1:]

    def is_loaded_as(self, other: "ModelOptions") -> bool:
        """Return whether the model that another asks for is this one, whatever its beam."""
        return replace(self, beam=1) == replace(other, beam=1)
