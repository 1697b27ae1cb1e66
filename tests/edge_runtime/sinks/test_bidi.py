import pytest

from edge_runtime.sinks.bidi import stretches


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("a dog (12).", ["a dog (12)."]),
        ("一只狗。", ["一只狗。"]),
        ("", [""]),
        ("رجل يمشي.", ["<رجل يمشي."]),
    ],
)
def test_lines_of_one_direction_are_one_stretch(line: str, shown: list[str]) -> None:
    assert _shown(line) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        # As the Unicode Bidirectional Algorithm orders them; < marks what runs from right to left.
        ("door: رجل", ["door: ", "<رجل"]),
        ("a رجل b", ["a ", "<رجل", " b"]),
        ("رجل ab.", ["<.", "ab", "<رجل "]),
        ("رجل 12 ab", ["ab", "< ", "12", "<رجل "]),  # W2: an Arabic number
        ("ab 12 رجل", ["ab 12 ", "<رجل"]),  # W7
        ("رجل ab 12", ["ab 12", "<رجل "]),
        ("عمره 3.5 سنة", ["< سنة", "3.5", "<عمره "]),  # W4
        ("שלום 25% טוב", ["< טוב", "25%", "<שלום "]),  # W5, behind Hebrew
        ("a رجل, كلب b", ["a ", "<رجل, كلب", " b"]),  # N1
        ("رُجل", ["<رُجل"]),  # W1: a mark goes with its letter
        ("ab 12, رجل 34 كلب", ["ab 12, ", "< كلب", "34", "<رجل "]),
    ],
)
def test_each_stretch_stands_where_it_is_read(line: str, shown: list[str]) -> None:
    assert _shown(line) == shown


def _shown(line: str) -> list[str]:
    return [("<" if stretch.right_to_left else "") + stretch.text for stretch in stretches(line)]
