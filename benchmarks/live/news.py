"""What is news and what is noise to the live loop, as one record, and as a Markdown table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.live.cutouts import cut_outs
from benchmarks.live.disturbances import DISTURBANCES
from benchmarks.live.news_films import HEIGHTS, SMALL, Studio, about, again, night, scene_rows, scenes, still
from benchmarks.report.news import figures
from benchmarks.report.pictures import required_pictures
from benchmarks.report.readable import number
from benchmarks.report.writing import heading
from edge_runtime.bench.environment import machine_facts, today
from edge_runtime.bench.result import Record, Row
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import Captioner
from edge_runtime.console.validation import check_within
from edge_runtime.errors import OptionError, PictureError

_THINGS, _LEAST_THINGS = 60, 2
"""Cut out at the most; with one alone, a picture that it is of would have none."""
_CAMERAS = 4
"""That switch to their night picture at once."""
_LONGEST = 3600.0
SMALL_ROW = "what enters, a fifth to a quarter as high as the picture"
_NOTES = [
    "Scenes of 2 s, 10 frames a second, with a sensor's noise (deviation 4 of 255). In time: a new event within 1 s of the first frame; "
    "delays are those of the film, to which the time of a caption is to be added.",
    "False: an event beyond the first of a scene. Shares of what enters are of the picture's area; things are cut out by GrabCut and "
    "pasted into pictures that they are not of.",
    "Still scenes have that noise and, besides, lamps that flicker by 8 % from frame to frame, light that goes up and down by 30 % in "
    "45 s, bands of 12 %, a third of the picture that sways by 8 pixels, or a camera that trembles by 8 pixels.",
    "Somebody walks about: he comes in from the left, then goes to and fro at a fifth of the picture's width a second; further events "
    "are those beyond his coming, and that of something else.",
]


@dataclass(frozen=True)
class NewsOptions:
    """What is measured.

    Attributes:
        bundle: Folder or zip; the default bundle where None.
        variant: As for `Captioner.load`.
        threads: As for `Captioner.load`.
        pictures: Folder of photographs.
        objects: Folder of photographs that things are cut out of; the same where None.
        scenes: Scenes of 2 s.
        stills: Films of each disturbance, of what comes again, and of who walks about.
        seconds: Of a still scene, and of one in which somebody walks about.
        seed: Of all that is left to chance.
    """

    bundle: Path | None
    variant: str | None
    threads: int | None
    pictures: Path
    objects: Path | None
    scenes: int
    stills: int
    seconds: float
    seed: int


def measure_news(options: NewsOptions, log: Callable[[str], None]) -> Record:
    """Play films through the live loop, and count.

    Args:
        options: What.
        log: Receives lines of news.

    Returns:
        A record of kind `news`. It holds counts alone, no sentence and no name of a picture.

    Raises:
        OptionError: A number outside its range.
        PictureError: No pictures in a folder, or too few things that can be cut out of them.
        SourceError: The loop broke.
        BundleNotFoundError, BundleError, UnknownVariantError, BackendNotInstalledError: The bundle cannot be used.
    """
    check_within("--scenes", [options.scenes], 3, 10_000)
    check_within("--stills", [options.stills], 1, 1000)
    check_within("--seed", [options.seed], 0, 2**32 - 1)
    if not 1 <= options.seconds <= _LONGEST:
        raise OptionError(f"--seconds {number(options.seconds)}: must be 1 to {_LONGEST:.0f}")
    pictures = required_pictures(options.pictures)
    sources = pictures if options.objects is None else required_pictures(options.objects, "--objects")
    rng = np.random.default_rng(options.seed)
    captioner = Captioner.load(options.bundle, options.variant, options.threads)
    log("cutting things out of photographs")
    things = list(islice(cut_outs([sources[place] for place in rng.permutation(len(sources))]), _THINGS))
    if len(things) < _LEAST_THINGS:
        folder = options.objects or options.pictures
        raise PictureError(
            f"{folder}: nothing stands out in the middle of its pictures that could be cut out; name others with --objects"
        )
    rows = list(_rows(Studio(captioner, pictures, things, rng), options, log))
    bundle = Bundle(options.bundle)
    asked: dict[str, Any] = {
        "variant": captioner.variant,
        "threads": captioner.threads,
        "beam": 1,
        "pictures": len(pictures),
        "things": len(things),
        "scenes": options.scenes,
        "stills": options.stills,
        "seconds": options.seconds,
        "seed": options.seed,
    }
    machine = {**machine_facts(), "bundles": {bundle.manifest.name: bundle.digest}}
    # Counts do not depend on how fast the machine is, so that nothing about it speaks against them.
    return Record("news", today(), machine, asked, rows, notes=_NOTES)


def _rows(studio: Studio, options: NewsOptions, log: Callable[[str], None]) -> Iterator[Row]:
    log(f"{options.scenes} scenes")
    yield from scene_rows(*scenes(studio, options.scenes, HEIGHTS))
    small = scenes(studio, max(3, options.scenes // 3), SMALL)
    yield from (Row(SMALL_ROW, row.values) for row in scene_rows(*small) if row.name == "what enters")
    for name, disturbed in DISTURBANCES.items():
        log(f"{options.stills} still scenes: {name}")
        yield still(studio, name, disturbed, options.stills, options.seconds)
    log("what comes again, and who walks about")
    yield again(studio, options.stills)
    yield about(studio, options.stills, options.seconds)
    log("day, night and day")
    yield night(studio, min(_CAMERAS, options.stills))


def news_markdown(record: Record) -> str:
    """Return a line a row.

    Args:
        record: Of kind `news`.
    """
    lines = [*heading(record, "News, not noise"), "| what | figures |", "|---|---|"]
    lines += [f"| {row.name} | {figures(row)} |" for row in record.rows]
    return "\n".join([*lines, "", *record.notes]) + "\n"
