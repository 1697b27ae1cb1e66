"""A bundle on disk: a folder, or a zip of it, that holds everything a caption needs.

Nothing is used before its SHA-256 has been held against the manifest's.
"""

import copy
import hashlib
from pathlib import Path

from edge_runtime.bundle.containers import MANIFEST as MANIFEST
from edge_runtime.bundle.containers import open_container
from edge_runtime.bundle.installed import DEFAULT_BUNDLE as DEFAULT_BUNDLE
from edge_runtime.bundle.installed import bundle_path
from edge_runtime.bundle.manifest import BundleFile, Manifest, Variant
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.errors import BundleError, UnknownVariantError

_MAX_MANIFEST = 1 << 20
"""Bytes of a `manifest.json` at the most."""
_POINTER = b"version https://git-lfs.github.com/"


class Bundle:
    """A bundle that has been opened.

    Args:
        path: Folder, its `manifest.json`, or zip file, or the name of one that is installed (`small`, `large`); the default bundle where
            None.
        expect_digest: SHA-256 that `digest` must be, 64 hexadecimal digits; any where None.

    Raises:
        BundleNotFoundError: Nothing there.
        BundleError: Not a bundle that can be used, or not the one that is expected.
    """

    def __init__(self, path: str | Path | None = None, expect_digest: str | None = None) -> None:
        self.path = bundle_path(path)
        self._container = open_container(self.path)
        if self.path.name == MANIFEST:
            self.path = self.path.parent
        content = self._container.read(MANIFEST, _MAX_MANIFEST)
        if len(content) > _MAX_MANIFEST:
            raise BundleError(
                f"{self.path}/{MANIFEST}: larger than the {_MAX_MANIFEST >> 20} MiB that it may be; do not use this bundle"
            )
        try:
            text = content.decode("utf-8-sig")  # an editor may have put a byte order mark before it
        except UnicodeDecodeError:
            raise BundleError(f"{self.path}/{MANIFEST}: not UTF-8 text; export the bundle again") from None
        self.manifest = self._whole = Manifest.from_json(text, f"{self.path}/{MANIFEST}")
        self.expect(expect_digest)

    def expect(self, digest: str | None) -> None:
        """Refuse every bundle but the one of a digest.

        Args:
            digest: SHA-256, 64 hexadecimal digits; any bundle will do where None.

        Raises:
            BundleError: It is another one.
        """
        if digest is not None and digest.strip().lower().removeprefix("sha256:") != self.digest:
            raise BundleError(f"{self.path}: its digest is {self.digest}, not the expected one; do not use this bundle")

    def read(self, file: BundleFile) -> bytes:
        """Return content of a file, checked.

        Raises:
            BundleNotFoundError: It is missing.
            BundleError: It is not what the manifest says.
        """
        content = self._container.read(file.path, file.bytes)
        if len(content) == file.bytes and hashlib.sha256(content).hexdigest() == file.sha256.lower():
            return content
        named = f"{self.path}/{file.path}"
        if content.startswith(_POINTER):
            raise BundleError(f"{named}: git-lfs's pointer to the file, not the file; run: git lfs pull")
        if file == self.manifest.files["vocabulary"] and b"\r\n" in content:
            raise BundleError(
                f"{named}: its line ends were changed to CRLF; copy the bundle again, from git with core.autocrlf=false"
            )
        raise BundleError(
            f"{named}: altered since the bundle was made (its SHA-256 is not the manifest's); copy the bundle again"
        )

    @property
    def own(self) -> Manifest:
        """Return the manifest as it was read, of all languages and the bundle's own."""
        return self._whole

    def in_language(self, tag: str) -> "Bundle":
        """Return the same bundle as one of its languages has it: manifest, variants and vocabulary.

        Args:
            tag: BCP 47, one of the manifest's `tags`.

        Raises:
            UnknownLanguageError: The bundle does not speak it.
        """
        found = copy.copy(self)
        found.manifest = self._whole.in_language(tag)
        return found

    def variant(self, name: str | None = None) -> tuple[str, Variant]:
        """Return a variant by name, the default one where None, and its name.

        Raises:
            UnknownVariantError: The bundle does not hold it.
        """
        name = name or self.manifest.default_variant
        try:
            return name, self.manifest.variants[name]
        except KeyError:
            known = ", ".join(sorted(self.manifest.variants))
            if name in self.own.variants:
                tag = self.manifest.language
                raise UnknownVariantError(
                    f"variant '{name}' does not speak '{tag}'; in it this bundle holds: {known}"
                ) from None
            raise UnknownVariantError(f"unknown variant '{name}'; this bundle holds: {known}") from None

    def vocabulary(self) -> Vocabulary:
        """Return the bundle's words.

        Raises:
            BundleError: Missing, altered, or not as long as the manifest says.
        """
        file = self.manifest.files["vocabulary"]
        vocabulary = Vocabulary.parse(self.read(file), f"{self.path}/{file.path}")
        if len(vocabulary) != self.manifest.sizes.vocabulary:
            raise BundleError(
                f"{self.path}/{file.path}: {len(vocabulary)} words, the manifest says {self.manifest.sizes.vocabulary}"
            )
        return vocabulary

    def files(self) -> list[BundleFile]:
        """Return every file that the manifest names, of every language."""
        return self._whole.all_files

    @property
    def digest(self) -> str:
        """Return SHA-256 of what the manifest says, which names the SHA-256 of every file: the same for a folder and its zip."""
        return hashlib.sha256(self._whole.to_json().encode()).hexdigest()

    def verify(self) -> None:
        """Hold every file against the manifest.

        Raises:
            BundleError: One is missing or altered.
        """
        for file in self.files():
            self.read(file)
        for tag in self._whole.tags:
            self.in_language(tag).vocabulary()
