"""What the live page costs: how soon a change is read in a browser, and what viewers take from captions and memory."""

import gc
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.live.browser_clock import reading
from benchmarks.live.cameras import SceneCamera
from benchmarks.live.viewer_clients import Heard, listening, watching
from benchmarks.report.pictures import required_pictures
from benchmarks.report.readable import number
from benchmarks.report.writing import heading
from edge_runtime.bench.environment import machine_facts, measurement_warnings, snapshot, state, today
from edge_runtime.bench.result import Record, Row
from edge_runtime.bench.statistics import noise, percentile, summary
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import Captioner
from edge_runtime.errors import OptionError
from edge_runtime.events import CaptionEvent, Event
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from edge_runtime.machine.device import process_memory
from edge_runtime.sinks.base import SinkContext
from edge_runtime.sinks.web import WebKind, WebSink
from edge_runtime.sinks.worker import SinkWorker

_FPS, _SCENE_SECONDS = 25.0, 2.0
_NOISE, _TREMBLING = 6, 3
_SETTLE_SECONDS = 2.0
"""After viewers have come or gone, before anything is counted."""
_MOST_VIEWERS, _LONGEST = 500, 3600.0


@dataclass(frozen=True)
class ViewersOptions:
    """What is measured.

    Attributes:
        bundle: Folder or zip; the default bundle where None.
        variant: As for `Captioner.load`.
        threads: As for `Captioner.load`.
        pictures: Folder of scenes.
        scenes: Scenes that are shown while one listens.
        viewers: That watch.
        seconds: For how long.
        browser: Whether a real Chromium reads too.
    """

    bundle: Path | None
    variant: str | None
    threads: int | None
    pictures: Path
    scenes: int
    viewers: int
    seconds: float
    browser: bool


class _Run:
    """A live loop on scenes, with its page; all captions are kept with the time at which they came."""

    def __init__(self, captioner: Captioner, camera: SceneCamera) -> None:
        self.camera = camera
        self.captions: list[tuple[float, CaptionEvent]] = []
        self._sink = WebSink(
            kind := WebKind(address="127.0.0.1:0", clients=1000, viewers=1000),
            next(iter(kind.sinks(_context(camera)))).sink.address,  # type: ignore[attr-defined]
            None,
            _context(camera),
        )
        self._worker = SinkWorker(self._sink, print, block=False)
        options = LiveOptions(GateOptions())
        self.pipeline = Pipeline(
            captioner,
            [camera],
            options,
            self._take,
            lambda frame: self._worker.frame(frame, ""),
            watched=self._worker.wants,
        )

    @property
    def port(self) -> int:
        return self._sink.address.port

    @contextmanager
    def going(self) -> Iterator[None]:
        self._worker.start()
        self.pipeline.open()
        self.pipeline.start()
        try:
            yield
        finally:
            self.pipeline.stop(2)
            self.pipeline.close_captures(2)
            self._worker.close(2)

    def _take(self, event: Event) -> None:
        if isinstance(event, CaptionEvent):
            self.captions.append((time.monotonic(), event))
        self._worker.event(event)


def measure_viewers(options: ViewersOptions, log: Callable[[str], None]) -> Record:
    """Measure.

    Args:
        options: What.
        log: Receives lines of news.

    Returns:
        A record of kind `viewers`.

    Raises:
        OptionError: A number outside its range, or no browser.
        PictureError: No pictures in the folder.
        BundleNotFoundError, BundleError, UnknownVariantError, BackendNotInstalledError: The bundle cannot be used.
    """
    for name, value, most in (("scenes", options.scenes, 10_000), ("viewers", options.viewers, _MOST_VIEWERS)):
        if not 1 <= value <= most:
            raise OptionError(f"--{name} {value}: must be 1 to {most}")
    if not 1 <= options.seconds <= _LONGEST:
        raise OptionError(f"--seconds {number(options.seconds)}: must be 1 to {_LONGEST:.0f}")
    pictures = required_pictures(options.pictures)
    captioner = Captioner.load(options.bundle, options.variant, options.threads)
    captioner.caption(pictures[0])
    before = snapshot()
    log(f"{options.scenes} scenes, one who listens{' and a browser' if options.browser else ''}")
    rows = _delays(captioner, pictures, options)
    log(f"{options.viewers} viewers for {number(options.seconds)} s, and none for as long")
    rows.append(_viewers(captioner, pictures, options))
    after = snapshot()
    bundle = Bundle(options.bundle)
    machine = {**machine_facts(), "bundles": {bundle.manifest.name: bundle.digest}, "state": state(before, after)}
    asked: dict[str, Any] = {
        "variant": captioner.variant,
        "threads": captioner.threads,
        "scenes": options.scenes,
        "viewers": options.viewers,
        "seconds": options.seconds,
    }
    notes = [
        f"A camera of {number(_FPS)} frames a second shows a scene for {number(_SCENE_SECONDS)} s. "
        "Delay: from the grab of the first frame of a scene.",
        "Viewers take events and the live picture, in a process of their own on the same processor.",
    ]
    return Record("viewers", today(), machine, asked, rows, measurement_warnings(before, after, {}), notes)


def viewers_markdown(record: Record) -> str:
    """Return a line a figure.

    Args:
        record: Of kind `viewers`.
    """
    lines = [*heading(record, "The live page"), "| what | figure | value |", "|---|---|---|"]
    for row in record.rows:
        lines += [f"| {row.name} | {name} | {number(value)} |" for name, value in row.values.items()]
    return "\n".join([*lines, "", *record.notes]) + "\n"


def _context(camera: SceneCamera) -> SinkContext:
    return SinkContext((camera,), None, False, lambda: None)


def _camera(pictures: list[Path], scenes: int) -> SceneCamera:
    shown = list(itertools.islice(itertools.cycle(pictures), scenes))
    return SceneCamera(shown, _SCENE_SECONDS, _FPS, levels=_NOISE, shift=_TREMBLING)


def _delays(captioner: Captioner, pictures: list[Path], options: ViewersOptions) -> list[Row]:
    run = _Run(captioner, _camera(pictures, options.scenes))
    seconds = options.scenes * _SCENE_SECONDS
    with run.going(), listening(run.port) as heard:
        if options.browser:
            with reading(f"http://127.0.0.1:{run.port}/") as read:
                time.sleep(max(0.0, seconds - 1.0))
                shown = read()
        else:
            run.pipeline.wait()
    rows = [_row("read by a client of the events", run, _first(run, heard))]
    if options.browser:
        rows.append(_row("painted by Chromium", run, _painted(run, shown)))
    return rows


def _row(name: str, run: _Run, delays: list[float]) -> Row:
    values = {"scenes": float(len(run.camera.shown)), "scenes_read": float(len(delays))}
    if delays:
        values |= {**summary("delay_ms", delays), "delay_ms_p95": round(percentile(delays, 95), 3)}
    made = [delay for _, delay in sorted(_made(run).items())]
    return Row(name, {**values, "until_made_ms_p95": round(percentile(made, 95), 3)}, {"delay_ms_p50": noise(delays)})


def _made(run: _Run) -> dict[int, float]:
    """Return when each scene's first caption was made, in milliseconds from its first frame: the page has no part in it."""
    found: dict[int, float] = {}
    for at, event in run.captions:
        scene = event.frame // run.camera.frames_a_scene
        found.setdefault(scene, 1e3 * (at - run.camera.shown[scene]))
    found.pop(0, None)
    return found


def _first(run: _Run, heard: list[Heard]) -> list[float]:
    """Return milliseconds from each scene's first frame to its whole sentence; the first scene began before anybody listened."""
    found: dict[int, float] = {}
    for one in heard:
        scene = one.frame // run.camera.frames_a_scene
        if one.kind == "caption" and scene > 0:
            found.setdefault(scene, 1e3 * (one.at - run.camera.shown[scene]))
    return list(found.values())


def _painted(run: _Run, shown: list[tuple[float, str]]) -> list[float]:
    """Return the same until the sentence was painted, of scenes whose sentence is another than the one before."""
    found, said = [], ""
    first: dict[int, str] = {}
    for _, event in run.captions:
        first.setdefault(event.frame // run.camera.frames_a_scene, event.shown)
    for scene, text in sorted(first.items()):
        begun = run.camera.shown[scene]
        if text != said and scene > 0:
            times = [at for at, painted in shown if painted == text and at >= begun]
            if times and times[0] < begun + _SCENE_SECONDS:
                found.append(1e3 * (times[0] - begun))
        said = [event.shown for _, event in run.captions if event.frame // run.camera.frames_a_scene == scene][-1]
    return found


def _viewers(captioner: Captioner, pictures: list[Path], options: ViewersOptions) -> Row:
    """Half of the time without viewers comes before, half after, so that what else the machine does weighs on both."""
    half = options.seconds / 2
    scenes = int((2 * options.seconds + 8 * _SETTLE_SECONDS) / _SCENE_SECONDS) + 5
    run = _Run(captioner, _camera(pictures, scenes))
    alone: list[tuple[float, float]] = []
    with run.going():
        # What the first viewer loads is loaded before memory is looked at.
        with watching(run.port, 2):
            time.sleep(_SETTLE_SECONDS)
        time.sleep(_SETTLE_SECONDS)
        alone.append(_spell(half))
        before = _resident()
        with watching(run.port, options.viewers) as taken:
            time.sleep(_SETTLE_SECONDS)
            watched = _spell(options.seconds)
            most = _resident()
        time.sleep(_SETTLE_SECONDS)
        after = _resident()
        alone.append(_spell(half))
    without = [age for spell in alone for age in _ages(run, spell)]
    with_them = _ages(run, watched)
    values = {
        **summary("age_ms_without", without),
        **summary("age_ms_with", with_them),
        "age_ratio_p50": round(percentile(with_them, 50) / percentile(without, 50), 3),
        "age_ratio_mean": round((sum(with_them) / len(with_them)) / (sum(without) / len(without)), 3),
        "memory_mb_added_with": round((most - before) / 1e6, 2),
        "memory_mb_left_after": round((after - before) / 1e6, 2),
        "mb_sent": round(sum(taken.values()) / 1e6, 1),
    }
    return Row(f"{options.viewers} viewers", values, {"age_ms_p50": noise(without)}, {"captions": len(with_them)})


def _spell(seconds: float) -> tuple[float, float]:
    begun = time.monotonic()
    time.sleep(seconds)
    return begun, time.monotonic()


def _ages(run: _Run, spell: tuple[float, float]) -> list[float]:
    return [event.age_ms for at, event in run.captions if spell[0] <= at < spell[1]]


def _resident() -> float:
    gc.collect()
    found = process_memory()
    return float(found.resident) if found is not None else 0.0
