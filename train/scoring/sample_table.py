"""Captions picked by chance, to be read beside what people wrote: nobody picks the good ones."""

import random
from collections.abc import Mapping, Sequence


def sampled_table(captions: Mapping[str, str], references: Mapping[str, Sequence[str]], count: int, seed: int) -> str:
    """Return a Markdown table of captions picked at random.

    Args:
        captions: Picture -> what the model says.
        references: Picture -> what people wrote; the first one is shown.
        count: Captions to pick; all where there are fewer.
        seed: Of the choice, made among the names in order.
    """
    picked = random.Random(seed).sample(sorted(captions), min(count, len(captions)))
    rows = [f"| `{name}` | {_cell(captions[name])} | {_cell(references[name][0])} |" for name in picked]
    return "\n".join(["| picture | the model | a person |", "|---|---|---|", *rows]) + "\n"


def _cell(text: str) -> str:
    return text.strip().replace("|", "\\|")
