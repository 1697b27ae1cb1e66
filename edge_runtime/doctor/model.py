"""The bundle: is it intact, and does it caption a picture here?"""

import json
from collections.abc import Iterator
from pathlib import Path

from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.tuned_variant import tuned_variant
from edge_runtime.doctor.base import Check
from edge_runtime.errors import BundleError
from edge_runtime.machine.isolated import run_isolated


def manifest(path: Path | None) -> Manifest | None:
    """Return the bundle's manifest, None where it cannot be read; `intact` says why."""
    try:
        return Bundle(path).manifest
    except BundleError:
        return None


def intact(path: Path | None) -> Iterator[Check]:
    """Yield every file against its digest, then a caption, then what was found the fastest."""
    try:
        bundle = Bundle(path)
        bundle.verify()
    except BundleError as error:
        # The sentences of this project end with the remedy.
        found, _, remedy = str(error).partition("; ")
        yield Check("bundle", "failed", found, remedy or "copy the bundle again")
        return
    facts = bundle.manifest
    spoken = f", speaks {', '.join(facts.tags)}" if len(facts.tags) > 1 else ""
    intact = f"{facts.name}, {len(bundle.files())} files intact, {len(facts.variants)} variants{spoken}"
    yield Check("bundle", "ok", intact)
    variant = facts.default_variant
    outcome = run_isolated("-m", "edge_runtime.doctor.smoke_test", variant, *([str(path)] if path else []))
    if outcome.problem:
        found, _, remedy = outcome.problem.partition("; ")
        remedy = remedy or "choose another with --variant, or run: pip install --force-reinstall edge-caption"
        yield Check("caption", "failed", f"{variant} does not run: {found}", remedy)
        return
    figures = json.loads(outcome.out.splitlines()[-1])
    threads = figures["threads"]
    yield Check("caption", "ok", f"{variant}: {figures['milliseconds']:.1f} ms with {threads} threads")
    yield _in_use(bundle, threads)


def _in_use(bundle: Bundle, threads: int) -> Check:
    winner = tuned_variant(bundle, threads)
    if winner:
        return Check("variant in use", "ok", f"{winner}, found the fastest here")
    if len(bundle.manifest.variants) == 1:
        return Check("variant in use", "ok", f"{bundle.manifest.default_variant}, the only one")
    found = f"{bundle.manifest.default_variant}; the others were never timed on this machine"
    return Check("variant in use", "warning", found, "run: edge-caption bundle tune")
