import pytest

from edge_runtime.console.direction import embedded, holds_right_to_left, isolated, runs_right_to_left


@pytest.mark.parametrize(
    ("text", "runs", "holds"),
    [
        ("a dog", False, False),
        ("ein großer Hund", False, False),
        ("一只狗。", False, False),
        ("", False, False),
        ("رجل", True, True),
        ("12 رجل iPhone", True, True),
        ("iPhone رجل", False, True),
        ("שלום", True, True),
    ],
)
def test_direction_of_a_line(text: str, runs: bool, holds: bool) -> None:
    assert (runs_right_to_left(text), holds_right_to_left(text)) == (runs, holds)
    assert isolated(text) == (f"\u2068{text}\u2069" if holds else text)
    assert embedded(text) == (f"\u202b{text}\u202c" if runs else text)
