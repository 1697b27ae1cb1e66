"""The index of decisions lists every one, in its order, under its own title."""

import re

from tests.docs.blocks import ROOT

_FOLDER = ROOT / "docs" / "decisions"
_ROW = re.compile(r"\| \[(\d{3})\] \| (.+) \|")
_LINK = re.compile(r"\[(\d{3})\]: (.+)")


def test_every_decision_is_listed_under_its_title() -> None:
    index = (_FOLDER / "index.md").read_text(encoding="utf-8")
    files = sorted(path for path in _FOLDER.glob("*.md") if path.name != "index.md")
    titles = [path.read_text(encoding="utf-8").splitlines()[0] for path in files]
    numbers = [path.name[:3] for path in files]
    assert _ROW.findall(index) == [
        (number, title.removeprefix(f"# {number}: ")) for number, title in zip(numbers, titles, strict=True)
    ]
    assert _LINK.findall(index) == [(number, path.name) for number, path in zip(numbers, files, strict=True)]


def test_titles_begin_with_their_number() -> None:
    files = [path for path in _FOLDER.glob("*.md") if path.name != "index.md"]
    firsts = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in files}
    assert [name for name, first in firsts.items() if not first.startswith(f"# {name[:3]}: ")] == []
    assert len({name[:3] for name in firsts}) == len(firsts)
