"""Bundles that are installed as packages of their own, and are named by their size."""

import importlib.util
from collections.abc import Iterable, Mapping
from pathlib import Path

from edge_runtime.bundle.containers import MANIFEST
from edge_runtime.errors import BundleNotFoundError

DEFAULT_BUNDLE = Path(__file__).parents[1] / "models" / "default"
"""The bundle that comes with this package."""
DEFAULT = "default"
"""Its name."""
PACKAGES: Mapping[str, str] = {"small": "edge_caption_small", "large": "edge_caption_large"}
"""Name of a bundle -> the package that carries it as its folder `bundle`."""


def bundle_path(named: str | Path | None) -> Path:
    """Return where a bundle lies.

    Args:
        named: A folder, its `manifest.json` or a zip; or a name: `default`, `small`, `large`, unless a bundle lies at a path of that
            name. The default bundle where None.

    Raises:
        BundleNotFoundError: The package that carries the named bundle is not installed, or holds none.
    """
    if named is None:
        return DEFAULT_BUNDLE
    path, name = Path(named), str(named)
    if (name != DEFAULT and name not in PACKAGES) or path.is_file() or (path / MANIFEST).is_file():
        return path
    if name == DEFAULT:
        return DEFAULT_BUNDLE
    package = PACKAGES[name].replace("_", "-")
    places = _places(name)
    if not places and path.exists():
        # What is wrong with it is said by whoever opens it.
        return path
    if not places:
        raise BundleNotFoundError(
            f"the bundle '{name}' is not installed; run: pip install {package} (or name a folder or zip)"
        )
    found = _bundle_in(places)
    if found is None:
        raise BundleNotFoundError(
            f"the package {package} is installed, but no bundle lies in it; run: pip install --force-reinstall {package}"
        )
    return found


def installed_bundle(name: str) -> Path | None:
    """Return the folder of a bundle that a package carries, None where it is not installed; nothing of the package is run.

    Args:
        name: One of `PACKAGES`.
    """
    return _bundle_in(_places(name))


def _places(name: str) -> list[Path]:
    """Return the folders of the package that carries a bundle; none where it is not installed."""
    try:
        spec = importlib.util.find_spec(PACKAGES[name])
    except (ImportError, ValueError):
        return []
    return [Path(place) for place in spec.submodule_search_locations or ()] if spec else []


def _bundle_in(places: Iterable[Path]) -> Path | None:
    return next((folder for place in places if ((folder := place / "bundle") / MANIFEST).is_file()), None)
