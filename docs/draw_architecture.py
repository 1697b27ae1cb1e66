"""Draws `docs/architecture.svg` and the table of `docs/architecture.md` from the imports that stand in the code.

    python docs/draw_architecture.py            # writes both
    python docs/draw_architecture.py --check    # exit status 1: the code imports something else by now

An arrow from one wing to another says that a file of the first imports one of the second. An arrow that a longer way says too is left
out of the picture; the table has them all. What stands on a house's ground floor is imported by all its wings and is not drawn.
"""

import argparse
import ast
import re
import sys
import textwrap
from collections.abc import Iterable
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE, PICTURE = ROOT / "docs" / "architecture.md", ROOT / "docs" / "architecture.svg"
HOUSES = ("benchmarks", "export", "train", "edge_runtime")
"""Each may import those after it."""
_LISTED = 70
"""Characters of a row's imports; what is more stands in a further row."""
BEGIN, END = "<!-- begin of the table -->\n", "<!-- end of the table -->\n"
"""Between these the page's table stands."""

_INKS = {"benchmarks": "#7a4fa3", "export": "#b3601f", "train": "#2b6cb0", "edge_runtime": "#1f7a5c"}
_WIDE, _HIGH, _ACROSS, _DOWN = 176, 62, 44, 18
"""Pixels: a wing's box, and the space beside and below it."""
_MARGIN, _HEAD, _BETWEEN = 26, 54, 34
_LETTERS, _LINES = 30, 3
"""Of what a box says about its wing."""

Imports = dict[str, set[str]]
"""`house/wing` -> the wings of any house that it imports."""


def wings(root: Path) -> dict[str, str]:
    """Return every wing, as `house/wing`, and the sentence that it begins with."""
    found = {}
    for house in HOUSES:
        for folder in sorted((root / house).iterdir()):
            if (folder / "__init__.py").is_file():
                says = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
                found[f"{house}/{folder.name}"] = says.partition("\n")[0]
    return found


def imports(root: Path) -> Imports:
    """Return what each wing imports; an import of a house's ground floor is none, one within a wing neither."""
    known = wings(root)
    found: Imports = {wing: set() for wing in known}
    for wing in known:
        for file in (root / wing).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                found[wing] |= {target for target in _targets(node) if target in known and target != wing}
    return found


def _targets(node: ast.AST) -> Iterable[str]:
    """Return what a statement may import, as `house/wing`; `from house import wing` is one too."""
    if isinstance(node, ast.Import):
        return ["/".join(alias.name.split(".")[:2]) for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        names = [[*node.module.split("."), alias.name] for alias in node.names]
        return ["/".join(parts[:2]) for parts in names]
    return []


def _within(graph: Imports, house: str) -> Imports:
    """Return the part of the graph that is one house's."""
    return {
        wing: {to for to in targets if to.startswith(f"{house}/")}
        for wing, targets in graph.items()
        if wing.startswith(f"{house}/")
    }


def _reached(graph: Imports) -> Imports:
    """Return what each wing imports by any way."""
    found = {wing: set(targets) for wing, targets in graph.items()}
    for middle in graph:
        for wing in graph:
            if middle in found[wing]:
                found[wing] |= found[middle]
    return found


def _leads(by: str, to: str, wing: str, reached: Imports) -> bool:
    """Return whether a way from one wing to another by a third is a longer one: of wings in a circle none is longer than another."""
    return to in reached[by] and by not in reached[to] and wing not in reached[by]


def _circles(graph: Imports) -> Imports:
    """Wing -> itself and those that it imports and that import it, by any way."""
    reached = _reached(graph)
    return {wing: {to for to in reached[wing] if wing in reached[to]} | {wing} for wing in graph}


def _columns(graph: Imports) -> dict[str, int]:
    """Wing -> how many steps its imports go at the most; wings that import each other stand in one column."""
    together = _circles(graph)

    def steps(wing: str) -> int:
        below = {to for member in together[wing] for to in graph[member]} - together[wing]
        return 1 + max((steps(to) for to in below), default=-1)

    return {wing: steps(wing) for wing in graph}


def _drawn(graph: Imports) -> list[tuple[str, str]]:
    """Return the arrows that no longer way says too."""
    reached = _reached(graph)
    return [
        (wing, to)
        for wing in sorted(graph)
        for to in sorted(graph[wing])
        if wing in reached[to] or not any(_leads(by, to, wing, reached) for by in graph[wing] - {to})
    ]


def _places(graph: Imports, top: float, width: float) -> dict[str, tuple[float, float]]:
    """Upper left corner of each wing's box: who imports on the left, in rows that cross few arrows."""
    column, together = _columns(graph), _circles(graph)
    last = max(column.values(), default=0)
    step = (width - 2 * _MARGIN - _WIDE) / max(last, 1)
    rows: dict[str, float] = {}
    found = {}
    tallest = max((list(column.values()).count(number) for number in column.values()), default=1)
    for number in range(last + 1):
        groups = {tuple(sorted(together[wing])) for wing in column if column[wing] == number}
        here = [wing for _, group in sorted((_row(group, graph, rows), group) for group in groups) for wing in group]
        offset = (tallest - len(here)) / 2
        for row, wing in enumerate(here):
            rows[wing] = row + offset
            found[wing] = (_MARGIN + (last - number) * step, top + (row + offset) * (_HIGH + _DOWN))
    return found


def _row(group: Iterable[str], graph: Imports, rows: dict[str, float]) -> float:
    """Return the mean row of what these wings import."""
    held = [rows[to] for wing in group for to in graph[wing] if to in rows]
    return sum(held) / len(held) if held else 0.0


def _arrow(start: tuple[float, float], end: tuple[float, float], ink: str) -> str:
    """From the right side of one box to the left side of another; between boxes of one column a line down their sides."""
    if start[0] == end[0]:
        x, upper, lower = start[0] + _WIDE / 2, min(start[1], end[1]) + _HIGH, max(start[1], end[1])
        path, tip = f"M{x:.0f} {upper:.0f} L{x:.0f} {lower:.0f}", f"url(#{ink[1:]})"
        return f'<path d="{path}" stroke="{ink}" stroke-width="1.4" marker-start="{tip}" marker-end="{tip}"/>'
    x1, y1, x2, y2 = start[0] + _WIDE, start[1] + _HIGH / 2, end[0] - 2, end[1] + _HIGH / 2
    bend = max(24.0, (x2 - x1) * 0.45)
    path = f"M{x1:.0f} {y1:.0f} C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    return (
        f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="1.4" opacity="0.75" marker-end="url(#{ink[1:]})"/>'
    )


def _text(x: float, y: float, words: str, size: float, more: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" {more}>{escape(words)}</text>'


def _box(wing: str, says: str, place: tuple[float, float], ink: str) -> list[str]:
    x, y = place
    lines = textwrap.wrap(says.replace("`", "").rstrip("."), _LETTERS, max_lines=_LINES, placeholder=" …")
    lines = [re.sub(r"[,:;] …$", " …", line) for line in lines]
    return [
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_WIDE}" height="{_HIGH}" rx="7" fill="#ffffff" stroke="{ink}" stroke-width="1.2"/>',
        _text(x + 9, y + 17, wing.rpartition("/")[2], 13, f'font-weight="700" fill="{ink}"'),
        *(_text(x + 9, y + 31 + 12 * row, line, 10, 'fill="#3d4852"') for row, line in enumerate(lines)),
    ]


def draw(root: Path) -> str:
    """Return the picture, as SVG."""
    known, graph = wings(root), imports(root)
    parts: list[str] = []
    widest = max(len(set(_columns(_within(graph, house)).values())) for house in HOUSES)
    width = 2 * _MARGIN + widest * _WIDE + (widest - 1) * _ACROSS + 2 * _MARGIN
    top = float(_MARGIN)
    for house in HOUSES:
        ink, inner = _INKS[house], _within(graph, house)
        places = _places(inner, top + _HEAD, width - 2 * _MARGIN)
        places = {wing: (x + _MARGIN, y) for wing, (x, y) in places.items()}
        bottom = max(y for _, y in places.values()) + _HIGH + 20
        if house != HOUSES[0]:
            middle = width / 2
            parts.append(
                f'<path d="M{middle:.0f} {top - _BETWEEN + 3:.0f} L{middle:.0f} {top - 9:.0f}" stroke="#8795a1" stroke-width="5" '
                f'marker-end="url(#house)"/>'
            )
        says = (
            ast.get_docstring(ast.parse((root / house / "__init__.py").read_text(encoding="utf-8"))) or ""
        ).splitlines()[0]
        parts.append(
            f'<rect x="{_MARGIN}" y="{top:.0f}" width="{width - 2 * _MARGIN:.0f}" height="{bottom - top:.0f}" rx="12" '
            f'fill="{ink}" fill-opacity="0.07" stroke="{ink}" stroke-opacity="0.35"/>'
        )
        parts.append(_text(2 * _MARGIN, top + 30, f"{house}/", 18, f'font-weight="700" fill="{ink}"'))
        parts.append(_text(2 * _MARGIN + 11.5 * len(house) + 24, top + 29, says, 12.5, 'fill="#3d4852"'))
        parts += [_arrow(places[wing], places[to], ink) for wing, to in _drawn(inner)]
        for wing in sorted(inner):
            parts += _box(wing, known[wing], places[wing], ink)
        top = bottom + _BETWEEN
    height = top - _BETWEEN + _MARGIN
    heads = "".join(_head(ink[1:], ink, 7) for ink in _INKS.values()) + _head("house", "#8795a1", 3)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
            'font-family="Inter, Helvetica, Arial, sans-serif" role="img" aria-label="The houses and their wings">',
            "<!-- Made by docs/draw_architecture.py from the code's imports. -->",
            f"<defs>{heads}</defs>",
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fcfdfd"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _head(name: str, ink: str, size: int) -> str:
    """Return the tip of an arrow."""
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="{size}" markerHeight="{size}" '
        f'orient="auto-start-reverse"><path d="M0 0 L8 4 L0 8 z" fill="{ink}"/></marker>'
    )


def table(root: Path) -> str:
    """Return what each wing imports of the other wings, as a Markdown table; a row for each house that it imports of."""
    lines = ["| wing | of | imports |", "|---|---|---|"]
    for wing, targets in imports(root).items():
        first = f"`{wing}`"
        for house in (house for house in HOUSES if any(to.startswith(f"{house}/") for to in targets)):
            names = sorted(to.rpartition("/")[2] for to in targets if to.startswith(f"{house}/"))
            for part in textwrap.wrap(", ".join(names), _LISTED):
                lines.append(f"| {first} | `{house}` | {part.rstrip(',')} |")
                first = ""
        if not targets:
            lines.append(f"| {first} | - | - |")
    return "\n".join(lines) + "\n"


def page_with(text: str, rows: str) -> str:
    """Return the page, with its table replaced."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{rows}\n{END}{after}"


def main(arguments: list[str] | None = None) -> int:
    """Write the picture and the table, or say whether they are what the code says."""
    parser = argparse.ArgumentParser(description="Draw the picture of docs/architecture.md from the code's imports.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 where the code says something else"
    )
    wanted = parser.parse_args(arguments)
    text = PAGE.read_text(encoding="utf-8")
    made = {PICTURE: draw(ROOT), PAGE: page_with(text, table(ROOT))}
    stale = [
        path for path, content in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != content
    ]
    for path in stale:
        if wanted.check:
            print(
                f"{path.relative_to(ROOT)}: not what the code says; run: python docs/draw_architecture.py",
                file=sys.stderr,
            )
        else:
            path.write_text(made[path], encoding="utf-8")
    return 1 if wanted.check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
