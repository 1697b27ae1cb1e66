"""A bundle on disk: a folder, or a zip of it, that holds everything a caption needs.

Nothing is used before its SHA-256 has been held against the manifest's.
"""

import hashlib
import zipfile
import zlib
from pathlib import Path

from edge_runtime.errors import BundleError, BundleNotFoundError, UnknownVariantError
from edge_runtime.manifest import BundleFile, Manifest, Variant
from edge_runtime.vocabulary import Vocabulary

DEFAULT_BUNDLE = Path(__file__).parent / "models" / "default"
"""The bundle that comes with the package."""

MANIFEST = "manifest.json"

_MAX_FILE = 1 << 30
"""Bytes that a zip's member may unpack to."""


class Bundle:
    """A bundle that has been opened.

    Args:
        path: Folder or zip file; the default bundle where None.

    Raises:
        BundleNotFoundError: Nothing there.
        BundleError: Not a bundle that can be used.
    """

    def __init__(self, path: str | Path | None = None) -> None:
        self.path = Path(path) if path is not None else DEFAULT_BUNDLE
        if not self.path.exists():
            raise BundleNotFoundError(
                f"{self.path}: no such bundle; check --bundle, or leave it out for the default one"
            )
        try:
            text = self._content(MANIFEST).decode()
        except UnicodeDecodeError:
            raise BundleError(f"{self.path}/{MANIFEST}: not UTF-8 text; export the bundle again") from None
        self.manifest = Manifest.from_json(text, f"{self.path}/{MANIFEST}")

    def read(self, file: BundleFile) -> bytes:
        """Content of a file, checked.

        Raises:
            BundleNotFoundError: It is missing.
            BundleError: It is not what the manifest says.
        """
        content = self._content(file.path)
        if len(content) != file.bytes or hashlib.sha256(content).hexdigest() != file.sha256:
            raise BundleError(
                f"{self.path}/{file.path}: altered since the bundle was made (its SHA-256 is not the manifest's); "
                "copy the bundle again"
            )
        return content

    def variant(self, name: str | None = None) -> tuple[str, Variant]:
        """A variant by name, the default one where None, and its name.

        Raises:
            UnknownVariantError: The bundle does not hold it.
        """
        name = name or self.manifest.default_variant
        try:
            return name, self.manifest.variants[name]
        except KeyError:
            known = ", ".join(sorted(self.manifest.variants))
            raise UnknownVariantError(f"unknown variant '{name}'; this bundle holds: {known}") from None

    def vocabulary(self) -> Vocabulary:
        """The bundle's words.

        Raises:
            BundleError: Missing, altered, or not as long as the manifest says.
        """
        file = self.manifest.files["vocabulary"]
        vocabulary = Vocabulary(self.read(file).decode().splitlines())
        if len(vocabulary) != self.manifest.sizes.vocabulary:
            raise BundleError(
                f"{self.path}/{file.path}: {len(vocabulary)} words, the manifest says {self.manifest.sizes.vocabulary}"
            )
        return vocabulary

    def files(self) -> list[BundleFile]:
        """Every file that the manifest names."""
        named = list(self.manifest.files.values())
        for variant in self.manifest.variants.values():
            named += variant.files.values()
        return list({file.path: file for file in named}.values())

    @property
    def digest(self) -> str:
        """SHA-256 of what the manifest says, which names the SHA-256 of every file: the same for a folder and its zip."""
        return hashlib.sha256(self.manifest.to_json().encode()).hexdigest()

    def verify(self) -> None:
        """Hold every file against the manifest.

        Raises:
            BundleError: One is missing or altered.
        """
        for file in self.files():
            self.read(file)
        self.vocabulary()

    def _content(self, name: str) -> bytes:
        try:
            return self._zipped(name) if self.path.is_file() else (self.path / name).read_bytes()
        except (KeyError, FileNotFoundError):
            raise BundleNotFoundError(f"{self.path}/{name}: missing from the bundle; copy the bundle again") from None
        except (OSError, ValueError) as error:
            if isinstance(error, BundleError):
                raise
            reason = getattr(error, "strerror", None) or error
            raise BundleError(f"{self.path}/{name}: cannot be read ({reason}); check its permissions") from None

    def _zipped(self, name: str) -> bytes:
        """A member of a zip, whose bundle may lie in one folder of it."""
        try:
            archive = zipfile.ZipFile(self.path)
        except zipfile.BadZipFile:
            raise BundleError(f"{self.path}: neither a bundle folder nor a zip of one; check --bundle") from None
        with archive:
            tops = {member.partition("/")[0] for member in archive.namelist()}
            inside = f"{next(iter(tops))}/{name}" if len(tops) == 1 and MANIFEST not in tops else name
            if archive.getinfo(inside).file_size > _MAX_FILE:
                raise BundleError(f"{self.path}/{name}: larger than a bundle's file may be; do not use this bundle")
            try:
                return archive.read(inside)
            except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
                raise BundleError(f"{self.path}/{name}: damaged ({error}); copy the bundle again") from None
