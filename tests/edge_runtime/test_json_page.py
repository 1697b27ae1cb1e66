"""The reference page of JSON's fields and what is written name the same."""

import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from PIL import Image

from edge_runtime.cli import main
from edge_runtime.events import Reason, StatusEvent, StatusKind
from tests.edge_runtime.sinks.made_events import caption

PAGE = Path(__file__).parents[2] / "docs" / "jsonl.md"


def _documented(heading: str) -> set[str]:
    part = PAGE.read_text(encoding="utf-8").split(heading, 1)[1]
    part = re.split(r"^#", part, maxsplit=1, flags=re.MULTILINE)[0]
    return set(re.findall(r"^\| `([\w.\[\]-]+)` \|", part, re.MULTILINE))


def _fields(found: dict[str, Any], within: str = "") -> set[str]:
    names: set[str] = set()
    for name, value in found.items():
        names.add(within + name)
        if isinstance(value, dict):
            names |= _fields(value, f"{within}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            names |= _fields(value[0], f"{within}{name}[].")
    return names


def test_a_caption() -> None:
    assert _documented('### `"event": "caption"`') == _fields(caption("a dog").to_dict())


def test_what_happened() -> None:
    event = StatusEvent("lost", "lost", "0").to_dict()
    assert _documented("### What happened") == set(event) | set(get_args(StatusKind))


def test_every_reason_is_named() -> None:
    (row,) = (line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `reason` |"))
    assert all(f"`{reason}`" in row for reason in get_args(Reason))


def test_a_picture(tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (32, 32)).save(tmp_path / "a.png")
    assert main(["caption", str(tmp_path / "a.png"), "--json", "--bundle", str(tiny_bundle)]) == 0
    assert _documented("## `caption --json`") == set(json.loads(capsys.readouterr().out))
