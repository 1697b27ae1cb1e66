"""Pages whose lines can be read as text: what is broken, what becomes several tables or a list, what stays."""

import pytest

from export.bundling.markdown import narrow


def test_what_is_narrow_stays() -> None:
    page = "# A title\n\nText.\n\n|a|b|\n|---|---|\n|  | 2 |\n\n- one\n  more\n"
    assert narrow(page, 20) == page


@pytest.mark.parametrize(
    ("line", "broken"),
    [
        ("one two three four", "one two\nthree four"),
        ("- one two three", "- one two\n  three"),
        ("  - one two three", "  - one\n    two\n    three"),
        ("12. one two three", "12. one\n    two\n    three"),
        ("one two - three", "one\ntwo -\nthree"),
        ("averylongwordindeed two", "averylongwordindeed\ntwo"),
    ],
)
def test_a_line_is_broken_between_words(line: str, broken: str) -> None:
    width = 8 if line == "one two - three" else 10
    assert narrow(line, width) == broken


def test_no_line_begins_a_list_that_was_none() -> None:
    lines = narrow("accuracy is r times masked accuracy - 1. and + that # is * all > there = is", 9).split("\n")
    assert not [line for line in lines if line.split()[0] in ("-", "1.", "+", "#", "*", ">", "=")]


def test_code_headings_and_pictures_are_left_alone() -> None:
    page = (
        "# a long title here\n\n    a long line of code\n\n```\n| a | long line of code |\n```\n![a long text](b.png)\n"
    )
    assert narrow(page, 12) == page


def test_a_wide_table_becomes_two_with_the_same_first_column() -> None:
    page = "| name | first | second |\n|---|---|---|\n| a | 1 | 2 |\n| b | 3 | 4 |\n\nEnd.\n"
    assert narrow(page, 20) == (
        "| name | first |\n| --- | --- |\n| a | 1 |\n| b | 3 |\n\n"
        "| name | second |\n| --- | --- |\n| a | 2 |\n| b | 4 |\n\nEnd.\n"
    )


@pytest.mark.parametrize("other", ["a", "a sentence as wide as a line"])
def test_rows_that_are_not_told_apart_or_have_sentences_become_a_list(other: str) -> None:
    page = f"| name | said | |\n|---|---|---|\n| a | two dogs | x |\n| {other} | two cats |  |"
    assert narrow(page, 18).split("\n")[:3] == ["- **a**", "  - said: two dogs", "  - x"]
    assert "  - said: two cats" in narrow(page, 18)
    assert "|" not in narrow(page, 18)


def test_a_bar_in_a_cell_is_no_border() -> None:
    assert narrow("| a | b |\n|---|---|\n| x | one \\| two three four |", 20).split("\n") == [
        "- **x**",
        "  - b: one \\| two",
        "    three four",
    ]


def test_a_table_with_a_cell_too_many_stays_as_it_is() -> None:
    page = "| a | b |\n|---|---|\n| x | one | two three four |"
    assert narrow(page, 20) == page


def test_a_page_that_was_made_narrow_stays_as_it_is() -> None:
    page = "word " * 60 + "\n\n| a | b | c |\n|---|---|---|\n" + f"| x | {'y ' * 20}| {'z ' * 40}|\n- " + "item " * 40
    assert narrow(narrow(page)) == narrow(page)
    assert max(map(len, narrow(page).split("\n"))) <= 120
