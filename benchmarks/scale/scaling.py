"""All axes of `scale` as one record: what costs how much, and how it grows."""

from collections.abc import Callable

from benchmarks.report.costs import growth_of_axis
from benchmarks.report.readable import number
from benchmarks.scale.axes import AXES, QUICK, ScaleOptions
from benchmarks.scale.child import Child
from benchmarks.scale.frames import USUAL
from edge_runtime.bench.environment import machine_facts, measurement_warnings, snapshot, state, today
from edge_runtime.bench.result import Record, Row
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import MAX_THREADS, Captioner
from edge_runtime.console.validation import check_within

MOST_PICTURES = 1_000_000
_QUICK = "a quick run tries the command, and its figures are of too few pictures: leave out --quick"


def scale(options: ScaleOptions, say: Callable[[str], None]) -> Record:
    """Measure every axis, one after the other.

    Args:
        options: What.
        say: Receives lines of news.

    Returns:
        A record of kind `scale`: rows `pictures 1000`, `cameras 3`, `words 7`, `input 1080p`, `threads 2`, and a row
        `growth of WHAT with AXIS` for each of them, with both fits in its facts where there are points enough.

    Raises:
        OptionError: A number outside its range.
        BundleNotFoundError, BundleError, UnknownVariantError, BackendNotInstalledError: The bundle cannot be used.
        ExportError: A measurement failed.
    """
    check_within("--pictures-most", [options.pictures_most], 10, MOST_PICTURES)
    check_within("--threads", [] if options.threads is None else [options.threads], 1, MAX_THREADS)
    bundle = Bundle(options.bundle)
    captioner = Captioner.load(options.bundle, options.variant, options.threads, abstains=False)
    variant, used = captioner.variant, captioner.threads
    # The measurements run elsewhere: what is loaded here is only to see that it can be.
    del captioner
    child = Child(str(bundle.path.resolve()), variant, used)
    before = snapshot()
    found: dict[str, list[Row]] = {}
    for name, axis in AXES.items():
        say(f"time and memory against {name}")
        found[name] = axis(child, options)
    after = snapshot()
    growth = [row for name, rows in found.items() for row in growth_of_axis(name, rows)]
    rows = [row for axis_rows in found.values() for row in axis_rows]
    uncertain = {f"{figure} of {row.name}": share for row in rows for figure, share in row.noise.items()}
    return Record(
        "scale",
        today(),
        {**machine_facts(), "bundles": {bundle.manifest.name: bundle.digest}, "state": state(before, after)},
        {
            "variant": variant,
            "threads": used,
            "beam": options.beam,
            "pictures_most": options.pictures_most,
            "rounds": options.extent.rounds,
            "cameras_fps": options.extent.fps,
            "cameras_seconds": options.extent.seconds,
        },
        [*rows, *growth],
        [*measurement_warnings(before, after, uncertain), *([_QUICK] if options.extent is QUICK else [])],
        [*_notes(options), *(f"{str(row.facts['sentence']).capitalize()}." for row in growth)],
    )


def _notes(options: ScaleOptions) -> list[str]:
    extent, (height, width) = options.extent, USUAL
    return [
        f"Frames are coloured patches, {width} x {height} unless the input's size is the axis, made as they are needed; making them is "
        "no part of a time. Each axis runs in processes of its own, whose resident memory is read from the kernel.",
        f"Cameras: as `edge-caption live` with several sources and no gate, {number(extent.fps)} frames a second each, "
        f"{number(extent.seconds)} s, greedy; the sources share the model in turn.",
        "Words: sentences of a given length, greedy, a step of the decoder for each word, the encoder included.",
    ]
