"""The quality that every variant of a bundle must keep: the bars that an export and a check hold it against."""

from collections.abc import Iterable, Mapping

import numpy as np

MIN_SAME_CAPTIONS = 0.99
"""Share of the pictures of which the float variant must say what the trained network says."""
MIN_COSINE = 0.98
"""Of each output of the encoder to the float variant's, the mean over pictures."""
MAX_CIDER_LOST = 0.010
"""CIDEr that int8 may lose; where CIDEr is above 1, as on small or uniform data, that share of it."""
MIN_CIDER_SHARE = 0.995
"""Of the float variant's CIDEr that the best full int8 variant must keep."""
MIN_LANGUAGE_SHARE = 0.985
"""Of the float variant's CIDEr in a language that is added to a bundle, which every other variant must keep."""


def variant_failures(name: str, cosines: Iterable[float], cider: float, reference: float) -> list[str]:
    """Return where one variant falls short of the bars, a sentence each.

    Args:
        name: Of the variant.
        cosines: Of each output of its encoder to the reference's; one that is no number falls short.
        cider: Its CIDEr.
        reference: The reference's CIDEr.
    """
    found = []
    if not (lowest := float(np.min([*cosines]))) >= MIN_COSINE:
        found.append(f"{name}: features keep a cosine of {lowest:.4f}, at least {MIN_COSINE} is asked for")
    allowed = MAX_CIDER_LOST * max(1.0, reference)
    if not (lost := reference - cider) <= allowed:
        found.append(f"{name}: loses {lost:.4f} CIDEr, at most {allowed:.4f} is asked for")
    return found


def language_failures(language: str, same: float, cider: float, others: Mapping[str, float]) -> list[str]:
    """Return where a language that is added to a bundle falls short of the bars, a sentence each.

    Args:
        language: Its tag.
        same: Share of the pictures of which the float variant says what the trained network says.
        cider: Of the float variant.
        others: Name of each other variant -> its CIDEr.
    """
    found = []
    if not same >= MIN_SAME_CAPTIONS:
        found.append(
            f"{language}: fp32 gives Keras' caption on {same:.1%} of the pictures, at least {MIN_SAME_CAPTIONS:.0%} are asked for"
        )
    if not cider > 0:
        return [*found, f"{language}: fp32 scores no CIDEr, so nothing tells what the others keep; train it for longer"]
    for name, other in others.items():
        if not (share := other / cider) >= MIN_LANGUAGE_SHARE:
            found.append(
                f"{language}, {name}: keeps {share:.1%} of the CIDEr, at least {MIN_LANGUAGE_SHARE:.1%} is asked for"
            )
    return found
