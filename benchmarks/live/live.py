"""All that is measured of the live loop as one record, and as a Markdown table."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.live.energy import NOTHING_TELLS, energy_source
from benchmarks.live.scenarios import CLIP, STILL_EVERY, blocked, clip, scenes, still
from benchmarks.pictures import required_pictures
from benchmarks.readable import amount, title
from benchmarks.report.writing import heading
from edge_runtime.bench.environment import machine_facts, measurement_warnings, snapshot, state, today
from edge_runtime.bench.result import Record, Row
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import Captioner
from edge_runtime.errors import OptionError, SourceError
from edge_runtime.frames.opencv import OpenCvSource
from edge_runtime.frames.options import SourceOptions

_FPS, _SCENES_FPS = 25.0, 15.0
_LONGEST = 3600.0
_COLUMNS = ("captions", "age_ms_p50", "age_ms_p99", "cpu_percent", "power_w")
_COLUMN_NAMES = ("captions", "age, median, ms", "age, 99 % within, ms", "processor, % of a core", "power, W")


@dataclass(frozen=True)
class LiveBenchOptions:
    """What is measured.

    Attributes:
        bundle: Folder or zip; the default bundle where None.
        variant: As for `Captioner.load`.
        threads: As for `Captioner.load`.
        pictures: Folder of scenes.
        scenes: Scenes shown, again from the first where there are fewer.
        seconds: Of the still scene; a sink hangs half as long, and each scene is shown for a tenth of it.
        clip: Video whose captions' age is measured too.
    """

    bundle: Path | None
    variant: str | None
    threads: int | None
    pictures: Path
    scenes: int
    seconds: float
    clip: Path | None


def measure_live(options: LiveBenchOptions, log: Callable[[str], None]) -> Record:
    """Measure, one thing after another: they are not compared with each other, but each with itself.

    Args:
        options: What.
        log: Receives lines of news.

    Returns:
        A record of kind `live`.

    Raises:
        OptionError: A number outside its range.
        PictureError: No pictures in the folder, or no caption of the clip.
        SourceError: The clip cannot be read.
        BundleNotFoundError, BundleError, UnknownVariantError, BackendNotInstalledError: The bundle cannot be used.
    """
    if options.scenes < 1:
        raise OptionError(f"--scenes {options.scenes}: must be at least 1")
    if not 1 <= options.seconds <= _LONGEST:
        raise OptionError(f"--seconds {str(options.seconds).removesuffix('.0')}: must be 1 to {_LONGEST:.0f}")
    pictures = required_pictures(options.pictures)
    if options.clip is not None and not options.clip.is_file():
        raise SourceError(f"{options.clip}: no such video; check --clip")
    captioner = Captioner.load(options.bundle, options.variant, options.threads)
    captioner.caption(pictures[0])
    source = energy_source()
    before = snapshot()
    log("a still scene, with the gate and without")
    rows = still(captioner, pictures[0], options.seconds, _FPS)
    log("a sink that works, and one that hangs")
    rows += blocked(captioner, pictures[0], options.seconds / 2, _FPS)
    rows.append(_clip(captioner, options.clip, log))
    log(f"{options.scenes} scenes")
    shown = list(islice(cycle(pictures), options.scenes))
    rows.append(scenes(captioner, shown, options.seconds / 10, _SCENES_FPS))
    after = snapshot()
    bundle = Bundle(options.bundle)
    uncertain = {f"age of {row.name}": row.noise["age_ms_p50"] for row in rows if row.name == STILL_EVERY and row.noise}
    machine = {
        **machine_facts(),
        "bundles": {bundle.manifest.name: bundle.digest},
        "energy": source.name if source else None,
        "state": state(before, after),
    }
    told: dict[str, Any] = {
        "variant": captioner.variant,
        "threads": captioner.threads,
        "beam": 1,
        "scenes": options.scenes,
        "seconds": options.seconds,
        "clip": options.clip.name if options.clip is not None else "none",
    }
    notes = [
        "Age: from the frame's capture to its whole sentence. Processor: 100 % is one core, the made-up camera included.",
        f"Energy as told by: {source.name}." if source else NOTHING_TELLS,
    ]
    return Record("live", today(), machine, told, rows, measurement_warnings(before, after, uncertain), notes)


def live_markdown(record: Record) -> str:
    """A line a row, and what else each says.

    Args:
        record: Of kind `live`.
    """
    lines = [
        *heading(record, "The live loop"),
        f"| what | {' | '.join(_COLUMN_NAMES)} | besides |",
        "|---" * (len(_COLUMNS) + 2) + "|",
    ]
    for row in record.rows:
        cells = [amount(name, row.values[name], 4) if name in row.values else "-" for name in _COLUMNS]
        rest = [
            f"{title(name)}: {amount(name, value, 4)}" for name, value in row.values.items() if name not in _COLUMNS
        ]
        rest += [f"{title(name)}: {amount(name, value, 4)}" for name, value in row.facts.items()]
        lines.append(f"| {row.name} | {' | '.join(cells)} | {row.missing or ', '.join(rest)} |")
    return "\n".join([*lines, "", *record.notes]) + "\n"


def _clip(captioner: Captioner, path: Path | None, say: Callable[[str], None]) -> Row:
    if path is None:
        return Row(CLIP, missing="no clip was named; name a video with --clip")
    say("a clip")
    return clip(captioner, OpenCvSource(str(path), "file", SourceOptions(realtime=True)), _FPS)
