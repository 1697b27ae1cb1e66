"""How a report of the workshop reaches the disk: as JSON for programs and Markdown for people, side by side."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge_runtime.files import written_whole


def write_report(
    folder: Path, name: str, facts: Mapping[str, Any], markdown: str, more: Mapping[str, bytes] | None = None
) -> list[Path]:
    """Write `NAME.json` and `NAME.md`, each whole or not at all.

    Args:
        folder: Made where it is missing.
        name: Of the files, without their endings.
        facts: What was found, for JSON.
        markdown: The same for people.
        more: Further files, name -> content.

    Returns:
        Their paths.

    Raises:
        OutputError: The folder cannot be written.
    """
    contents = {f"{name}.json": (json.dumps(facts, indent=2) + "\n").encode(), f"{name}.md": markdown.encode()}
    return written_whole(folder, {**contents, **(more or {})})
