"""What a report is made of, as Markdown and as HTML."""

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from export.bundling.markdown import narrow


class Block(Protocol):
    """A part of a report."""

    def to_markdown(self) -> str:
        """The part as Markdown, a blank line after it not included."""
        ...

    def to_html(self) -> str:
        """The part as HTML that needs no other file."""
        ...


@dataclass(frozen=True)
class Heading:
    """A heading.

    Attributes:
        text: In plain words.
        level: 1 to 3.
    """

    text: str
    level: int = 2

    def to_markdown(self) -> str:
        """See `Block`."""
        return f"{'#' * self.level} {self.text}"

    def to_html(self) -> str:
        """See `Block`."""
        return f"<h{self.level}>{html.escape(self.text)}</h{self.level}>"


@dataclass(frozen=True)
class Paragraph:
    """A few sentences.

    Attributes:
        text: In plain words.
        strong: Whether it is a warning.
    """

    text: str
    strong: bool = False

    def to_markdown(self) -> str:
        """See `Block`."""
        return f"**{self.text}**" if self.strong else self.text

    def to_html(self) -> str:
        """See `Block`."""
        text = html.escape(self.text)
        return f"<p><strong>{text}</strong></p>" if self.strong else f"<p>{text}</p>"


@dataclass(frozen=True)
class Items:
    """A list.

    Attributes:
        texts: A sentence or two each.
    """

    texts: Sequence[str]

    def to_markdown(self) -> str:
        """See `Block`."""
        return "\n".join(f"- {text}" for text in self.texts)

    def to_html(self) -> str:
        """See `Block`."""
        return f"<ul>{''.join(f'<li>{html.escape(text)}</li>' for text in self.texts)}</ul>"


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        columns: Names.
        rows: A text a column.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def to_markdown(self) -> str:
        """See `Block`."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)

    def to_html(self) -> str:
        """See `Block`."""
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "\n".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in self.rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        name: Of its file, beside the Markdown.
        png: Its bytes.
        about: What it shows, for those who cannot see it.
    """

    name: str
    png: bytes
    about: str

    def to_markdown(self) -> str:
        """See `Block`."""
        return f"![{self.about}]({self.name})"

    def to_html(self) -> str:
        """See `Block`."""
        data = base64.b64encode(self.png).decode()
        return f'<img alt="{html.escape(self.about)}" src="data:image/png;base64,{data}">'


_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; margin: 1rem 0; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid #ccc; padding: .25rem .5rem; text-align: left; }
th { background: #f0f0f0; }
img { max-width: 100%; }
"""


def markdown_page(blocks: Sequence[Block]) -> str:
    """All parts, one after another, in lines that can be read as text."""
    return narrow("\n\n".join(block.to_markdown() for block in blocks) + "\n")


def html_page(title: str, blocks: Sequence[Block]) -> str:
    """A page that needs no other file and no network."""
    body = "\n".join(block.to_html() for block in blocks)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )
