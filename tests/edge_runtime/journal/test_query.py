import pytest

from edge_runtime.console.caret import pointed
from edge_runtime.errors import QueryError
from edge_runtime.journal.query import Query, parse

_WORDS = ("run", "runner", "running", "rung", "man's")


def _parsed(text: str) -> Query | None:
    return parse(text, lambda prefix: [word for word in _WORDS if word.startswith(prefix)])


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("dog", '"dog"'),
        ("dog ball", '("dog" AND "ball")'),
        ("dog AND ball", '("dog" AND "ball")'),
        ("dog and ball or cat", '(("dog" AND "ball") OR "cat")'),
        ("dog (ball OR cat)", '("dog" AND ("ball" OR "cat"))'),
        ("dog NOT ball", '(("dog") NOT ("ball"))'),
        ("dog and not ball not cat", '(("dog") NOT ("ball" OR "cat"))'),
        ("dog or not (ball or not cat)", '("dog" OR (("cat") NOT ("ball")))'),
        ("not not dog", '"dog"'),
        ('"a dog"', '"a dog"'),
        ("\u201ca dog\u201d", '"a dog"'),
        ("runn*", '("runner" OR "running")'),
        ("zebr*", '"\ue000"'),
        ('"and"', '"and"'),
        ("terms:dog^2 {x} -y +z NEAR(a", None),
        ("terms:dog", '"terms:dog"'),
        ("t-shirt", '"t-shirt"'),
        ("猫在", '" 猫  在 "'),
    ],
)
def test_what_parses(text: str, match: str | None) -> None:
    if match is None:
        with pytest.raises(QueryError):
            _parsed(text)
    else:
        assert _parsed(text) == Query(match)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("not dog", '"dog"'),
        ("not dog not cat", '("dog" OR "cat")'),
        ("not dog or not cat", '("dog" AND "cat")'),
        ("not dog or cat", '(("dog") NOT ("cat"))'),
        ("not (dog cat)", '("dog" AND "cat")'),
    ],
)
def test_all_others(text: str, match: str) -> None:
    assert _parsed(text) == Query(match, others=True)


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_nothing_is_everything(text: str) -> None:
    assert _parsed(text) is None


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("dog AND (cat", 8, "this parenthesis is never closed; close it, or leave it out"),
        ("dog)", 3, "this parenthesis closes nothing; leave it out"),
        ("dog ()", 5, "nothing stands before this parenthesis; add a word, or leave it out"),
        ("AND dog", 0, "a word is missing before AND; add one, or put quotation marks around AND"),
        ("dog or or cat", 7, "a word is missing before or; add one, or put quotation marks around or"),
        ("dog AND", 7, "a word is missing behind AND; add one, or leave it out"),
        ("not", 3, "a word is missing behind not; add one, or leave it out"),
        ('dog "a cat', 4, "a quotation mark is never closed; close it, or leave it out"),
        ("dog ?!", 4, "no letter or digit stands here; add a word, or leave it out"),
        ('dog ""', 4, "no letter or digit stands here; add a word, or leave it out"),
        ("d*g", 1, "a * goes behind the letters that a word begins with"),
        ("dog *", 4, "no letter or digit stands here; add a word, or leave it out"),
        ("(" * 60 + "a" + ")" * 60, 50, "more than 50 are nested here; write it flatter"),
    ],
)
def test_what_does_not_parse(text: str, place: int, what: str) -> None:
    with pytest.raises(QueryError) as caught:
        _parsed(text)
    assert (caught.value.place, str(caught.value).endswith(f"': {what}")) == (place, True), str(caught.value)


def test_hostile_queries_are_shown_harmless() -> None:
    with pytest.raises(QueryError) as caught:
        _parsed("\x1b[31m(")
    assert "\x1b" not in str(caught.value)
    assert pointed(caught.value.text, caught.value.place) == "\\x1b[31m(\n        ^"


def test_the_caret_stands_under_its_place() -> None:
    assert pointed("dog AND (", 8) == "dog AND (\n        ^"
    assert pointed("猫 (", 2) == "猫 (\n   ^"
    text, caret = pointed("x" * 200 + "(" + "y" * 200, 200).split("\n")
    assert text[len(caret) - 1] == "("
    assert len(text) <= 78
    assert pointed("dog", 3) == "dog\n   ^"
