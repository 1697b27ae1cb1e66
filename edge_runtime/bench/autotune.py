"""Times every variant of a bundle that this machine can run, and remembers the fastest."""

import functools
import statistics
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_runtime.bench.interleaved import interleaved, timed
from edge_runtime.bundle.reader import Bundle
from edge_runtime.bundle.tuned_variant import remember
from edge_runtime.captioner import Captioner
from edge_runtime.errors import BackendNotInstalledError, BundleError, CacheError
from edge_runtime.pictures.synthetic import synthetic_frame

_WARM_ROUNDS = 3


@dataclass(frozen=True)
class TimedVariant:
    """A variant as measured.

    Attributes:
        variant: Its name.
        milliseconds: Median of a whole caption, from a 640 x 480 frame to the sentence; None where it cannot run here.
        bytes: Size of its graphs.
        reason: Why it cannot run here.
    """

    variant: str
    milliseconds: float | None
    bytes: int
    reason: str | None = None


def tune(
    path: str | Path | None, threads: int | None, beam: int | None, rounds: int
) -> tuple[list[TimedVariant], CacheError | None]:
    """Time every variant that can run here, interleaved, and remember the winner.

    Args:
        path: Bundle; the default one where None.
        threads: As for `Captioner.load`.
        beam: As for `Captioner.caption`.
        rounds: Captions timed for each variant.

    Returns:
        The variants, the fastest first, those that cannot run here last; and why the winner could not be remembered, None where
        it was.

    Raises:
        BundleNotFoundError, BundleError: The bundle is missing or altered, or none of its variants runs here.
    """
    bundle = Bundle(path)
    captioners: dict[str, Captioner] = {}
    failed: dict[str, str] = {}
    for name in bundle.manifest.variants:
        try:
            captioners[name] = Captioner.load(bundle, name, threads, abstains=False)
            captioners[name].caption(synthetic_frame(np.random.default_rng(0)), beam)  # some fail only when they run
        except (BackendNotInstalledError, BundleError) as error:
            failed[name] = str(error)
            captioners.pop(name, None)
    if not captioners:
        raise BundleError(
            f"{bundle.path}: none of its variants runs here; {next(iter(failed.values()), 'it has none')}"
        )
    used = next(iter(captioners.values())).threads
    found = _timed(captioners, beam, rounds)
    result = sorted(
        (TimedVariant(name, found[name], bundle.manifest.variants[name].bytes) for name in captioners),
        key=lambda variant: variant.milliseconds or 0.0,
    )
    rows = [
        *result,
        *(TimedVariant(n, None, bundle.manifest.variants[n].bytes, reason) for n, reason in failed.items()),
    ]
    try:
        remember(bundle, used, result[0].variant, result[0].milliseconds)
    except CacheError as error:
        return rows, error
    return rows, None


def _timed(captioners: dict[str, Captioner], beam: int | None, rounds: int) -> dict[str, float]:
    """Return median milliseconds of each variant."""
    rng = np.random.default_rng(0)
    times: dict[str, list[float]] = {name: [] for name in captioners}
    for one in interleaved(list(captioners), rounds, _WARM_ROUNDS):
        frame = synthetic_frame(rng)
        for name in one.order:
            _, milliseconds = timed(functools.partial(captioners[name].caption, frame, beam))
            if one.counts:
                times[name].append(milliseconds)
    return {name: statistics.median(values) for name, values in times.items()}
