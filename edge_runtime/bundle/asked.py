"""What may be asked of a captioner."""

from dataclasses import dataclass

import numpy as np

from edge_runtime.bundle.judge_spec import WORDINGS
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.errors import OptionError


@dataclass(frozen=True)
class Asked:
    """What is asked of every sentence, whatever its language.

    Attributes:
        min_confidence: As for `Captioner.load`.
        wording: As for `Captioner.load`.
        abstains: As for `Captioner.load`.
    """

    min_confidence: float = 0.0
    wording: str = "sure"
    abstains: bool = True

    def check(self, manifest: Manifest, variant: str) -> None:
        """Refuse what a bundle cannot be asked for.

        Args:
            manifest: The bundle's, of one of its languages.
            variant: In use.

        Raises:
            OptionError: A value outside its range, or one of which the bundle knows nothing.
        """
        least, wording = self.min_confidence, self.wording
        is_number = isinstance(least, int | float | np.number) and not isinstance(least, bool)
        if not is_number or not 0 <= least <= 1:
            raise OptionError(f"min confidence {str(least)[:40]}: must be 0 to 1")
        if not isinstance(wording, str) or wording not in WORDINGS:
            raise OptionError(f"wording {str(wording)[:40]}: must be one of {', '.join(WORDINGS)}")
        spoken = manifest.language
        if least > 0 and manifest.variants[variant].confidence is None:
            raise OptionError(
                f"min confidence {least}: this bundle does not know how sure its sentences are in {spoken}; leave it out"
            )
        if wording == "neutral" and manifest.wording is None:
            raise OptionError(
                f"wording neutral: this bundle does not know which words tell a person's sex in {spoken}; leave it out"
            )


def whole(name: str, value: object, most: int) -> int:
    """Return a whole number of 1 to `most`, NumPy's too; True is none.

    Args:
        name: What the message calls it.
        value: What was asked for.
        most: The largest that goes.

    Raises:
        OptionError: It is none.
    """
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and 1 <= value <= most:
        return int(value)
    raise OptionError(f"{name} {str(value)[:40]}: must be 1 to {most}")
