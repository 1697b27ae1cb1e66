from pathlib import Path

import pytest

from edge_runtime.errors import OptionError
from edge_runtime.server.token import Token, find_token

LONG = "0123456789abcdef"


def _find(given: str | None = None, file: Path | None = None, **environ: str) -> str | None:
    return find_token(given, None if file is None else str(file), "--web-token", "A_TOKEN", environ)


def test_where_it_may_stand(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(LONG + "-file\n")
    assert _find() is None
    assert _find(LONG) == LONG
    assert _find(file=file) == LONG + "-file"
    assert _find(A_TOKEN=LONG + "-there\n") == LONG + "-there"
    assert _find(LONG, A_TOKEN="short") == LONG
    assert _find(file=file, A_TOKEN="short") == LONG + "-file"


@pytest.mark.parametrize("text", ["", "hunter2", LONG[:-1]])
def test_short_ones_are_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    file = tmp_path / "token"
    file.write_text(text)
    for called, given in (
        ("--web-token", {"given": text}),
        (f"--web-token-file {file}", {"file": file}),
        ("A_TOKEN", {"A_TOKEN": text}),
    ):
        with pytest.raises(OptionError) as refused:
            _find(**given)
        sentence = str(refused.value)
        assert sentence.startswith(f"{called}: a token must have at least 16 characters; make one with: ")
        assert not text or text not in sentence


@pytest.mark.parametrize("text", [LONG + " b", LONG + "é", LONG + "\n" + LONG, "a" * 513])
def test_what_no_header_can_hold(text: str) -> None:
    with pytest.raises(OptionError, match="ASCII without spaces") as refused:
        _find(text)
    assert text not in str(refused.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"^--web-token-file .*/none: cannot be read \(No such file"):
        _find(file=tmp_path / "none")
    with pytest.raises(OptionError, match=r"cannot be read \(Is a directory\)"):
        _find(file=tmp_path)
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff" * 40)
    with pytest.raises(OptionError, match="not text in ASCII"):
        _find(file=binary)
    with pytest.raises(OptionError, match=r"^--web-token and --web-token-file: give one of them$"):
        _find(LONG, binary)


def test_a_cookie_opens_one_kind_of_server_with_one_token() -> None:
    token, again = Token(LONG, "a page"), Token(LONG, "a page")
    assert token.cookie == again.cookie
    assert LONG not in token.cookie
    assert token.matches(LONG)
    assert token.matches_cookie(again.cookie)
    assert not token.matches(token.cookie)
    assert not token.matches_cookie(LONG)
    assert not token.matches("")
    assert not token.matches("é\udcff")
    assert not token.matches_cookie(Token(LONG, "another").cookie)
    assert not token.matches_cookie(Token(LONG + "!", "a page").cookie)
