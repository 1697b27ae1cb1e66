import unicodedata

import pytest

from edge_runtime.errors import EdgeCaptionError, OptionError, RuleError
from edge_runtime.rules.expression import parse
from edge_runtime.rules.synonyms import Synonyms, shipped, synonyms_for


@pytest.mark.parametrize(
    ("text", "said", "place"),
    [
        ("", "there is no word; name one", 0),
        ("   ", "there is no word; name one", 3),
        ("dog and", "a word is missing at the end", 7),
        ("not", "a word is missing at the end", 3),
        ("and dog", "a word is missing before 'and'", 0),
        ("dog or or cat", "a word is missing before 'or'", 7),
        (
            "dog cat",
            "'cat' stands beside another word; put 'and' or 'or' between, or quotes around both for a phrase",
            4,
        ),
        (
            "(dog cat)",
            "'cat' stands beside another word; put 'and' or 'or' between, or quotes around both for a phrase",
            5,
        ),
        (
            "dog not cat",
            "'not' stands beside another word; put 'and' or 'or' between, or quotes around both for a phrase",
            4,
        ),
        ("(dog", "this parenthesis is not closed; close it", 0),
        ("dog and (cat or (man)", "this parenthesis is not closed; close it", 8),
        ("dog)", "this parenthesis was not opened; leave it out", 3),
        ("()", "a word is missing before ')'", 1),
        ('dog and "hot dog', "these quotes are not closed; close them behind the phrase", 8),
        ("'hot dog", "these quotes are not closed; close them behind the phrase", 0),
        ('"', "these quotes are not closed; close them behind the phrase", 0),
        ('""', "there is no word between these quotes; name one", 0),
        ("dog & cat", "'&' is no word; write 'and'", 4),
        ("dog | cat", "'|' is no word; write 'or'", 4),
        ("!dog", "'!' is no word; write 'not'", 0),
        ("dog, cat", "',' is no word; write 'and' or 'or'", 3),
        ("dog; cat", "';' is no word; leave it out", 3),
        ("* and dog", "'*' is every scene, and stands alone", 0),
        ("dog or *", "'*' is every scene, and stands alone", 7),
    ],
)
def test_what_cannot_be_read_is_shown_where(text: str, said: str, place: int) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert str(caught.value) == f"rule '{text}': {said}"
    line, caret = caught.value.excerpt.split("\n")
    assert line == f"    {text}"
    assert caret == " " * (4 + place) + "^"
    assert caught.value.__notes__ == [caught.value.excerpt]


def test_it_is_a_project_error_and_a_builtin() -> None:
    assert issubclass(RuleError, (EdgeCaptionError, ValueError, OptionError))


def test_a_caret_stands_under_wide_letters_and_in_long_texts() -> None:
    with pytest.raises(RuleError) as caught:
        parse("犬 and (猫")
    line, caret = caught.value.excerpt.split("\n")
    before = line[: line.index("(")]
    assert len(caret) - 1 == sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in before)
    with pytest.raises(RuleError) as caught:
        parse(" or ".join(["dog"] * 100) + " or &")
    line, caret = caught.value.excerpt.split("\n")
    assert line.startswith("    ...")
    assert len(line) < 112
    assert line[len(caret) - 1] == "&"


def test_hostile_text_steers_no_terminal() -> None:
    with pytest.raises(RuleError) as caught:
        parse("dog\x1b[2J\u202e &")
    for shown in (str(caught.value), caught.value.excerpt):
        assert "\x1b" not in shown
        assert "\u202e" not in shown


def test_what_costs_too_much_is_refused() -> None:
    with pytest.raises(RuleError, match="more than 30 parentheses within each other"):
        parse("(" * 900 + "dog" + ")" * 900)
    with pytest.raises(RuleError, match="longer than 2000 characters"):
        parse("dog or " * 300 + "dog")
    assert parse("not " * 400 + "dog").matches(["dog"])


def test_terms_stand_in_order_with_their_places() -> None:
    terms = parse('dog and ("hot dog" or not T-shirt)').terms
    assert [(term.text, term.place) for term in terms] == [("dog", 0), ("hot dog", 9), ("T-shirt", 26)]
    assert [len(term.forms) for term in terms] == [1, 2, 2]


def test_synonyms_are_added_to() -> None:
    added = synonyms_for("en", ["truck: flatbed, tow car", "soccer = footie", "# a remark", ""])
    assert parse("truck", "en", added).matches(["a", "flatbed", "parks"])
    assert parse("vehicle", "en", added).matches(["two", "tow", "cars"])
    assert not parse("flatbed", "en", added).matches(["a", "truck"])
    assert parse("footie", "en", added).matches(["a", "soccer", "ball"])
    assert parse("soccer", "en", added).matches(["they", "play", "footie"])
    assert not parse("truck").matches(["a", "flatbed", "parks"])


def test_synonyms_of_another_language_are_the_user_s_alone() -> None:
    added = synonyms_for("de", ["hund: hunde, welpe"])
    assert parse("hund", "de", added).matches(["zwei", "Hunde"])
    assert not parse("person", "de", added).matches(["man"])


@pytest.mark.parametrize(
    "line", ["truck pickup", ":", "truck:", "= a", "a = ", "truck: , x", ": pickup", "truck: \x1b"]
)
def test_a_line_that_is_no_synonym_is_refused(line: str) -> None:
    with pytest.raises(RuleError, match=r"^synonyms '.*': write 'truck: pickup, lorry' for words") as caught:
        Synonyms([line])
    assert "\x1b" not in str(caught.value)


def test_a_circle_of_synonyms_ends() -> None:
    table = Synonyms(["a: b", "b: c", "c: a"])
    assert table.below(("a",)) == (("a",), ("b",), ("c",))


def test_every_word_of_the_table_stands_as_its_lemma() -> None:
    """A member in the plural would never be found."""
    for name, members in shipped().members:
        for entry in (name, *members):
            assert all(entry), (name, entry)
            assert shipped().entry(" ".join(entry)) == entry
    assert len(list(shipped().members)) > 250
