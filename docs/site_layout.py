"""A hook of MkDocs that lays the site out as the repository is, so that one link works in both.

MkDocs reads one folder, `docs`. This puts its files under `docs/` in the site, and beside them the pages at the root and every file or
folder that a page links to. No link has to be rewritten for the site.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent

ROOT_PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")
"""Pages of the site that do not stand in `docs`."""

_LINK = re.compile(r"\]\((?!\w+:|#)([^)\s#]+)")
_FOLDER = re.compile(r"\]\((?!\w+:|#)([^)\s#]+/)\)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Return every file of the site, at the place that it has in the repository."""
    pages = [ROOT / page for page in ROOT_PAGES if (ROOT / page).is_file()]
    pages += [Path(config.docs_dir) / file.src_uri for file in files.documentation_pages()]
    links = {path for page in pages for path in linked(page)}
    folders = {path for path in links if path.is_dir()}
    found = {*pages, *(links - folders), *(path for folder in folders for path in folder.iterdir() if path.is_file())}
    placed = [File.generated(config, _name(path), abs_src_path=str(path)) for path in sorted(found)]
    placed += [
        File.generated(config, f"{_name(folder)}/index.md", content=_listing(folder))
        for folder in sorted(folders)
        if not {folder / "index.md", folder / "README.md"} & found
    ]
    # The theme's own files stay where they are.
    return Files([*placed, *(file for file in files if file.src_uri.startswith("assets/"))])


def on_page_markdown(markdown: str, **_: object) -> str:
    """Take a page without the comments that tell the tests what to run, and name a folder's page where it names a folder."""
    return _FOLDER.sub(r"](\1index.md)", _COMMENT.sub("", markdown))


def linked(page: Path) -> list[Path]:
    """Return files and folders of the repository that a page links to or shows; a link that leads nowhere is left for MkDocs to refuse."""
    targets = (page.parent / target for target in _LINK.findall(page.read_text(encoding="utf-8")))
    return [path.resolve() for path in targets if path.exists() and ROOT in path.resolve().parents]


def _name(path: Path) -> str:
    return path.resolve().relative_to(ROOT).as_posix()


def _listing(folder: Path) -> str:
    """Return a page that lists a folder's files, since a site has no view of a folder as a repository has."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    return f"# {folder.name}\n\n" + "".join(f"- [{name}]({name})\n" for name in names)
