"""The site is built with every warning an error, and loads nothing from anybody else."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.docs.blocks import PAGES, ROOT

_LOADS = {
    "script": "src",
    "img": "src",
    "link": "href",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "form": "action",
}
_EXPECTED_LINKS = {"canonical", "next", "prev"}


class _Loads(HTMLParser):
    """What a page loads, and whether it asks the theme for a script of another host."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        if tag in _LOADS and facts.get("rel") not in _EXPECTED_LINKS:
            self.found.append(facts.get(_LOADS[tag]) or "")
        if "mermaid" in (facts.get("class") or "") or facts.get("data-md-component") == "source":
            self.found.append("https:// of a diagram, or of a repository's facts")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    # Not --quiet, which drops the warnings before --strict counts them.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (built.returncode, [line for line in built.stderr.splitlines() if line.startswith("WARNING")]) == (0, [])
    return folder


def _page(site: Path, page: Path) -> Path:
    name = page.relative_to(ROOT)
    place = name.parent if name.stem in ("README", "index") else name.with_suffix("")
    return site / place / "index.html"


def test_every_page_is_in_it(site: Path) -> None:
    assert [page for page in PAGES if not _page(site, page).is_file()] == []


def test_it_loads_nothing_from_others(site: Path) -> None:
    wrong = {}
    for page in site.rglob("*.html"):
        loads = _Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        wrong[page] = [link for link in loads.found if re.match(r"(https?:)?//", link)]
    assert {page: links for page, links in wrong.items() if links} == {}
    sheets = [sheet for sheet in site.rglob("*.css") if re.search(r"url\(['\"]?(https?:)?//", sheet.read_text())]
    assert sheets == []


def test_links_lead_to_files(site: Path) -> None:
    """Those within the site, of every page, whatever made them."""
    missing = set()
    for page in site.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#?]+)', page.read_text(encoding="utf-8")):
            if re.match(r"\w+:|//|/", link) or page.name == "404.html" or page.name == "report.html":
                continue
            target = (page.parent / link).resolve()
            if not (target / "index.html" if link.endswith("/") or target.is_dir() else target).exists():
                missing.add((str(page.relative_to(site)), link))
    assert missing == set()


def test_marks_are_not_in_it(site: Path) -> None:
    assert "needs a camera" not in _page(site, ROOT / "docs" / "webcam.md").read_text(encoding="utf-8")


def test_the_reference_has_what_the_docstrings_say(site: Path) -> None:
    said = _page(site, ROOT / "docs" / "reference" / "captioner.md").read_text(encoding="utf-8")
    assert "Captions pictures with a bundle that stays loaded" in said
    assert "from_json" in _page(site, ROOT / "docs" / "reference" / "bundle.md").read_text(encoding="utf-8")
