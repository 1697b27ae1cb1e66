"""What may be asked of a captioner."""

import numpy as np

from edge_runtime.bundle.judge_spec import WORDINGS
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.errors import OptionError


def check_asked(manifest: Manifest, variant: str, min_confidence: float, wording: str) -> None:
    """Refuse what a bundle cannot be asked for.

    Args:
        manifest: The bundle's.
        variant: In use.
        min_confidence: As for `Captioner.load`.
        wording: As for `Captioner.load`.

    Raises:
        OptionError: A value outside its range, or one of which the bundle knows nothing.
    """
    is_number = isinstance(min_confidence, int | float | np.number) and not isinstance(min_confidence, bool)
    if not is_number or not 0 <= min_confidence <= 1:
        raise OptionError(f"min confidence {str(min_confidence)[:40]}: must be 0 to 1")
    if not isinstance(wording, str) or wording not in WORDINGS:
        raise OptionError(f"wording {str(wording)[:40]}: must be one of {', '.join(WORDINGS)}")
    if min_confidence > 0 and manifest.variants[variant].confidence is None:
        raise OptionError(
            f"min confidence {min_confidence}: this bundle does not know how sure its sentences are; leave it out"
        )
    if wording == "neutral" and manifest.wording is None:
        raise OptionError("wording neutral: this bundle does not know which words tell a person's sex; leave it out")


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
