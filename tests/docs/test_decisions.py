"""The index of decisions lists every one, in its order, under its own title."""

import re

from tests.docs.blocks import ROOT

_FOLDER = ROOT / "docs" / "decisions"
_ROW = re.compile(r"\| (\d{3}) \| \[(.+)\]\(([^)]+)\) \|")


def test_every_decision_is_listed_under_its_title() -> None:
    listed = _ROW.findall((_FOLDER / "index.md").read_text(encoding="utf-8"))
    files = sorted(path for path in _FOLDER.glob("*.md") if path.name != "index.md")
    titles = [path.read_text(encoding="utf-8").splitlines()[0] for path in files]
    wanted = [
        (path.name[:3], title.removeprefix(f"# {path.name[:3]}: "), path.name)
        for path, title in zip(files, titles, strict=True)
    ]
    assert listed == wanted


def test_titles_begin_with_their_number() -> None:
    files = [path for path in _FOLDER.glob("*.md") if path.name != "index.md"]
    firsts = {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in files}
    assert [name for name, first in firsts.items() if not first.startswith(f"# {name[:3]}: ")] == []
    assert len({name[:3] for name in firsts}) == len(firsts)
