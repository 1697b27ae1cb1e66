"""A file of a bundle, as its manifest names it."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from edge_runtime.bundle.json_facts import build, shown
from edge_runtime.errors import BundleError

MAX_FILE = 200_000_000
"""Bytes of a graph or of its weights at the most."""


@dataclass(frozen=True)
class BundleFile:
    """A file of the bundle.

    Attributes:
        path: Relative to the bundle, with `/`, inside it.
        sha256: Digest of its content, hexadecimal.
        bytes: Its size.
    """

    path: str
    sha256: str
    bytes: int

    def __post_init__(self) -> None:
        path = PurePosixPath(self.path)
        if path.is_absolute() or ".." in path.parts or "\\" in self.path or "\0" in self.path or not path.parts:
            raise BundleError(f"manifest.json: the path {shown(self.path)} leaves the bundle; do not use this bundle")
        # ONNX Runtime takes names with * for places in memory.
        if len(self.path) > 200 or not self.path.isprintable() or set(self.path) & set('*?"<>|:'):
            raise BundleError(f"manifest.json: the path {shown(self.path)} is no file's name; export the bundle again")
        if not 0 <= self.bytes <= MAX_FILE:
            raise BundleError(
                f"manifest.json: {shown(self.path)} is said to be of {self.bytes:,} bytes; a file may be of {MAX_FILE:,} at the most"
            )


def read_files(content: Any, source: str) -> dict[str, BundleFile]:
    """Return the files of a JSON object.

    Args:
        content: Name -> facts of the file.
        source: What to call the manifest in an error.

    Raises:
        BundleError: It is no such table, or a path that a bundle may not have.
    """
    if not isinstance(content, dict):
        raise BundleError(f"{source}: 'files' is not a table; export the bundle again")
    return {name: build(BundleFile, file, source) for name, file in content.items()}
