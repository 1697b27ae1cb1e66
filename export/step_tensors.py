"""The tensors of a decoder's step graph, told apart by their names."""

from collections.abc import Collection, Iterable

from edge_runtime.bundle.decoder_spec import NEXT


def passed_on(inputs: Iterable[str], outputs: Collection[str]) -> tuple[list[str], list[str]]:
    """Which of a step's inputs are its context, and which its state: what it hands on, under names that begin with `next_`.

    Args:
        inputs: Names, `token` among them.
        outputs: Names.
    """
    passed = [name for name in inputs if name != "token"]
    states = [name for name in passed if NEXT + name in outputs]
    return [name for name in passed if name not in states], states
