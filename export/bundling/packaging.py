"""A bundle as the data of an installable package of its own: `edge-caption-small`, `edge-caption-large`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edge_runtime.bundle.installed import PACKAGES
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import Bundle
from export.bundling.writer import add_file, check_target, publish, staging
from export.errors import ExportError

VARIANTS = ("onnx-int8", "litert-int8")
"""Those that go into a package unless asked otherwise: whole numbers, for both runtimes."""


@dataclass(frozen=True)
class PackageOptions:
    """A bundle that becomes the data of a package.

    Attributes:
        bundle: Folder or zip.
        project: Folder of the package's `pyproject.toml`.
        size: Its name, one of `edge_runtime.bundle.installed.PACKAGES`.
        variants: Those that go in; the first one is the default.
    """

    bundle: Path
    project: Path
    size: str
    variants: Sequence[str] = VARIANTS


def package(options: PackageOptions) -> Path:
    """Put some variants of a bundle into a package's source; its model card, which tells of all of them, stays as it is.

    Returns:
        The folder of the bundle in the package.

    Raises:
        BundleNotFoundError, BundleError: The bundle is missing or altered.
        UnknownVariantError: It does not hold a variant.
        ExportError: No package of that size stands there, or it cannot be written.
    """
    module = options.project / "src" / PACKAGES[options.size]
    if not (options.project / "pyproject.toml").is_file() or not module.is_dir():
        raise ExportError(
            f"{options.project}: no source of the package {PACKAGES[options.size]}; name the folder of its pyproject.toml with --to"
        )
    target = module / "bundle"
    check_target(target)
    bundle = Bundle(options.bundle)
    bundle.verify()
    manifest = _chosen(bundle, options.variants)
    with staging(target) as folder:
        for file in manifest.all_files:
            add_file(folder, file.path, bundle.read(file))
        publish(folder, manifest, target)
    return target


def _chosen(bundle: Bundle, variants: Sequence[str]) -> Manifest:
    """Return the manifest with some of its variants, and of its figures those that are theirs."""
    manifest = bundle.manifest
    chosen = {name: bundle.variant(name)[1] for name in variants}
    default = next(iter(chosen))
    for tag, spoken in manifest.languages.items():
        if default not in spoken.variants:
            raise ExportError(
                f"{bundle.path}: its variant {default} does not speak '{tag}'; name one that does first: {', '.join(spoken.variants)}"
            )
    of_others = set(manifest.variants) - set(chosen)

    def theirs(figures: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in figures.items() if name.split(",")[0] not in of_others}

    parity = dict(manifest.parity)
    if isinstance(parity.get("variants"), Mapping):
        parity["variants"] = theirs(parity["variants"])
    return replace(
        manifest,
        variants=chosen,
        languages={
            tag: replace(
                spoken,
                variants={name: spoken.variants[name] for name in chosen if name in spoken.variants},
                quality=theirs(spoken.quality),
            )
            for tag, spoken in manifest.languages.items()
        },
        default_variant=default,
        quality=theirs(manifest.quality),
        parity=parity,
    )
