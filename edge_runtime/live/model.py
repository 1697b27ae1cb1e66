"""Which model captions, and how."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edge_runtime.bundle.manifest import MAX_BEAM
from edge_runtime.console.options import Options, option

if TYPE_CHECKING:  # it takes a while to load, and options are needed before
    from edge_runtime.captioner import Captioner


@dataclass(frozen=True)
class ModelOptions(Options):
    """What `Captioner` is asked for.

    Attributes:
        bundle: Folder or zip; None is the one that ships.
        variant: Form of the model; None is the fastest that is known, or the bundle's default.
        threads: Of the processor; None is all, four at the most.
        beam: Hypotheses kept.
        expect_digest: The bundle's digest, where no other will do.
    """

    table = "model"

    bundle: str | None = option(None, "bundle folder or zip (default: the one that ships)", metavar="B", path=True)
    variant: str | None = option(None, "form of the model, see 'bundle info'", metavar="V")
    threads: int | None = option(None, "processor threads (default: all, 4 at the most)", metavar="N", low=1, high=64)
    beam: int = option(1, "hypotheses kept; at 1, greedy, words appear as they come", metavar="K", low=1, high=MAX_BEAM)
    expect_digest: str | None = option(None, "refuse every bundle but the one of this digest", metavar="SHA256")

    def load(self) -> "Captioner":
        """Load the model.

        Raises:
            BundleNotFoundError, BundleError, UnknownVariantError, BackendNotInstalledError: It cannot be used.
        """
        from edge_runtime.captioner import Captioner

        return Captioner.load(self.bundle, self.variant, self.threads, self.expect_digest)

    def is_loaded_as(self, other: "ModelOptions") -> bool:
        """Return whether the model that another asks for is this one, whatever its beam."""
        return replace(self, beam=1) == replace(other, beam=1)
