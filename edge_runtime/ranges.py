"""Options that are numbers within bounds."""

from collections.abc import Iterable

from edge_runtime.errors import OptionError


def check_within(option: str, numbers: Iterable[int], least: int, most: int) -> None:
    """Refuse numbers outside their bounds.

    Args:
        option: As the user writes it: `--threads`.
        numbers: What was given.
        least: The smallest that goes.
        most: The largest.

    Raises:
        OptionError: One is outside.
    """
    for number in numbers:
        if not least <= number <= most:
            raise OptionError(f"{option} {number}: must be {least} to {most}")
