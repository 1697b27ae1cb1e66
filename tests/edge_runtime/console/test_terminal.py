import json
import tomllib

import pytest

from edge_runtime.console.terminal import json_text, plain, plain_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a dog", "a dog"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x7f\x9b2J", "\\x7f\\x9b2J"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\u202egpj.exe\u2066\u2069\u200f", "\\u202egpj.exe\\u2066\\u2069\\u200f"),
        ("\udcff\ud800", "\\udcff\\ud800"),
        ("क्‍ष e\u0301 می\u200cخواهم 👩\u200d🚒", "क्‍ष e\u0301 می\u200cخواهم 👩\u200d🚒"),
    ],
)
def test_what_steers_a_terminal_is_escaped_and_words_are_kept(text: str, shown: str) -> None:
    assert plain(text) == shown


def test_bytes_that_are_no_text_may_be_kept() -> None:
    assert plain("\udcff\x1b\ud800", keep_bytes=True) == "\udcff\\x1b\\ud800"


def test_lines_that_are_ours_stay_lines() -> None:
    assert plain_lines("a\x1b\nb\x85c") == "a\\x1b\nb\\x85c"


def test_json_shows_nothing_raw_and_reads_back() -> None:
    hostile = "a\x1b\x07\x7f\x9b2J\u2028\u202e\u200d é 犬"
    written = json_text([hostile])
    assert written == '["a\\u001b\\u0007\\u007f\\u009b2J\\u2028\\u202e\u200d é 犬"]'
    assert json.loads(written) == [hostile]
    assert tomllib.loads(f"a = {written}")["a"] == [hostile]
