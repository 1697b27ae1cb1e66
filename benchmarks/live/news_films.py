"""What is played for the benchmark of news, and what is counted: scenes, still scenes, what comes again, who moves about, night."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np

from benchmarks.live.cutouts import CutOut, photograph
from benchmarks.live.disturbances import Disturbance, Grain, lit
from benchmarks.live.films import FPS, Film, told_of
from edge_runtime.bench.result import Row
from edge_runtime.bench.statistics import percentile
from edge_runtime.captioner import Captioner
from edge_runtime.frames.base import Pixels

SCENE_SECONDS, SOON = 2.0, 1.0
"""How long a scene is shown, and seconds within which it must be told."""
SIZES = {"under 5 %": 0.05, "5 to 10 %": 0.1, "over 10 %": 1.0}
"""Name -> share of the picture that what enters covers, at the most."""
HEIGHTS, SMALL = (0.35, 0.5, 0.7), (0.2, 0.25)
"""Of what enters, as shares of the picture's height."""
_AGAIN_SECONDS = 5.0
"""How long something is gone, and how long it is there."""
_SPEED, _OUTSIDE, _LEFT, _RIGHT = 0.2, -0.25, 0.2, 0.8
"""Widths of the picture a second at which somebody walks, where he comes from, and between which places he walks."""
_NIGHT, _NIGHT_SECONDS, _NIGHT_LIGHT = (14.0, 28.0), 42.0, 0.8
"""From when to when a camera's picture is without colours, seconds of the film, and how bright it is then."""


@dataclass(frozen=True)
class Studio:
    """What films are made of.

    Attributes:
        captioner: The model.
        pictures: Photographs.
        things: What was cut out of photographs.
        rng: Chance.
    """

    captioner: Captioner
    pictures: Sequence[Path]
    things: Sequence[CutOut]
    rng: np.random.Generator

    def shuffled(self) -> Iterator[Path]:
        """Yield pictures by chance, each once before any comes again."""
        return cycle([self.pictures[place] for place in self.rng.permutation(len(self.pictures))])

    def thing(self, picture: Path) -> CutOut:
        """Return a thing that is not cut out of the picture itself."""
        others = [thing for thing in self.things if thing.origin.resolve() != picture.resolve()]
        return others[self.rng.integers(len(others))]


@dataclass(frozen=True)
class Scene:
    """A scene of a film.

    Attributes:
        pixels: What is shown, without noise.
        share: Of the picture, that what has entered covers; None where it is another picture.
    """

    pixels: Pixels
    share: float | None


def scenes(studio: Studio, number: int, heights: Sequence[float]) -> tuple[list[Scene], dict[int, float], int]:
    """Play scene after scene: two thirds are other pictures, in one third something has entered.

    Args:
        studio: What the film is made of.
        number: Of the scenes.
        heights: Of what enters.

    Returns:
        The scenes, by their number how many seconds later each was told, and how many events there were besides.
    """
    cuts = number - number // 3
    entered = set(studio.rng.choice(cuts, number // 3, replace=False).tolist())
    plan: list[Scene] = []
    for cut, path in zip(range(cuts), studio.shuffled(), strict=False):
        pixels = photograph(path)
        plan.append(Scene(pixels, None))
        if cut in entered:
            x, y = studio.rng.uniform(0.15, 0.85), studio.rng.uniform(0.4, 0.75)
            plan.append(Scene(*studio.thing(path).pasted(pixels, studio.rng.choice(heights), x, y)))
    grain, frames = Grain(studio.rng), round(SCENE_SECONDS * FPS)
    film = Film("scenes", lambda frame: grain.on(plan[frame // frames].pixels), number * SCENE_SECONDS)
    begun = told_of(studio.captioner, [film])["scenes"].begun
    first: dict[int, float] = {}
    for at in begun:
        scene = int(at // SCENE_SECONDS)
        first.setdefault(scene, at - scene * SCENE_SECONDS)
    return plan, first, len(begun) - len(first)


def scene_rows(plan: Sequence[Scene], told: dict[int, float], besides: int) -> list[Row]:
    """Return what `scenes` found: of all, of other pictures, and of what enters, by its size."""
    kinds = {"scenes": range(len(plan)), "other pictures": [i for i, scene in enumerate(plan) if scene.share is None]}
    kinds["what enters"] = [i for i, scene in enumerate(plan) if scene.share is not None]
    least = 0.0
    for name, most in SIZES.items():
        kinds[f"what enters, {name}"] = [i for i in kinds["what enters"] if least <= (plan[i].share or 0.0) < most]
        least = most
    rows = []
    for name, numbers in kinds.items():
        if not numbers:
            continue
        delays = [told[number] for number in numbers if told.get(number, SOON + 1) <= SOON]
        values = {"scenes": float(len(numbers)), "in_time_share": round(len(delays) / len(numbers), 4)}
        if name == "scenes":
            values |= {"false_events": float(besides), "false_share": round(besides / len(plan), 4)}
        if delays:
            values |= {f"delay_ms_p{share}": round(1e3 * percentile(delays, share)) for share in (50, 95)}
        rows.append(Row(name, values))
    return rows


def still(studio: Studio, name: str, disturbed: Disturbance, films: int, seconds: float) -> Row:
    """Return how many events a scene gives in which nothing happens.

    Args:
        studio: What films are made of.
        name: Of the disturbance.
        disturbed: What happens to its frames.
        films: Pictures.
        seconds: Of each.
    """
    grain, events, captions = Grain(studio.rng), [], []
    for _, path in zip(range(films), studio.shuffled(), strict=False):
        pixels = photograph(path)

        def frame(number: int, pixels: Pixels = pixels) -> Pixels:
            return grain.on(disturbed(pixels, number / FPS, studio.rng))

        told = told_of(studio.captioner, [Film(name, frame, seconds)])[name]
        events.append(len(told.begun))
        captions.append(told.captions)
    return Row(
        f"still, {name}",
        {
            "films": float(films),
            "one_event_share": round(events.count(1) / films, 4),
            "events_max": float(max(events)),
            "captions_each": round(sum(captions) / films, 2),
        },
    )


def again(studio: Studio, films: int) -> Row:
    """Return whether what comes, goes and comes again is told each time.

    Args:
        studio: What films are made of.
        films: Pictures.
    """
    grain, came, went, besides = Grain(studio.rng), 0, 0, 0
    for _, path in zip(range(films), studio.shuffled(), strict=False):
        pixels = photograph(path)
        there, _ = studio.thing(path).pasted(pixels, studio.rng.choice(HEIGHTS), studio.rng.uniform(0.2, 0.8), 0.6)
        shown = [pixels, there]

        def frame(number: int, shown: list[Pixels] = shown) -> Pixels:
            return grain.on(shown[int(number / FPS / _AGAIN_SECONDS) % 2])

        begun = told_of(studio.captioner, [Film("again", frame, 4 * _AGAIN_SECONDS)])["again"].begun
        times = [sum(_soon(begun, turn * _AGAIN_SECONDS)) for turn in (1, 2, 3)]
        came += bool(times[0]) + bool(times[2])
        went += bool(times[1])
        besides += len(begun) - 1 - sum(map(bool, times))
    return Row(
        "comes, goes, comes again",
        {
            "films": float(films),
            "came_in_time_share": round(came / films / 2, 4),
            "went_in_time_share": round(went / films, 4),
            "false_events": float(besides),
        },
    )


def about(studio: Studio, films: int, seconds: float) -> Row:
    """Return what is told of somebody who enters and walks to and fro, and of something else that comes meanwhile.

    Args:
        studio: What films are made of.
        films: Pictures.
        seconds: Of each; somebody enters after a sixth of it, something else comes after two thirds.
    """
    grain, entered, came, besides = Grain(studio.rng), 0, 0, 0
    enters, comes = seconds / 6, seconds * 2 / 3
    inside = enters + (_LEFT - _OUTSIDE) / _SPEED
    for _, path in zip(range(films), studio.shuffled(), strict=False):
        pixels = photograph(path)
        walker, other = studio.thing(path), studio.thing(path)
        height, place = studio.rng.choice(HEIGHTS[:2]), studio.rng.uniform(0.2, 0.8)
        both, _ = other.pasted(pixels, studio.rng.choice(HEIGHTS[:2]), place, 0.4)

        def frame(
            number: int,
            scenery: tuple[Pixels, Pixels] = (pixels, both),
            walker: CutOut = walker,
            height: float = height,
        ) -> Pixels:
            at = number / FPS
            found = scenery[at >= comes]
            return grain.on(walker.pasted(found, height, _walk(at - enters), 0.65)[0] if at >= enters else found)

        begun = told_of(studio.captioner, [Film("about", frame, seconds)])["about"].begun
        first = any(enters <= at <= inside + SOON for at in begun)
        second = any(_soon(begun, comes))
        entered, came = entered + first, came + second
        besides += len(begun) - 1 - first - second
    return Row(
        "somebody walks about",
        {
            "films": float(films),
            "entered_in_time_share": round(entered / films, 4),
            "another_in_time_share": round(came / films, 4),
            "further_events_a_minute": round(besides / films / (seconds - enters) * 60, 2),
        },
    )


def night(studio: Studio, cameras: int) -> Row:
    """Return what is told of cameras that switch to their night picture, without colours, and back; at their own speed, all at once.

    Args:
        studio: What films are made of.
        cameras: How many.
    """
    films = []
    for camera, path in zip(range(cameras), studio.shuffled(), strict=False):
        pixels, grain = photograph(path), Grain(np.random.default_rng(camera))
        by_night = lit(_grey(pixels), _NIGHT_LIGHT)

        def frame(number: int, by_day: Pixels = pixels, by_night: Pixels = by_night, grain: Grain = grain) -> Pixels:
            is_night = _NIGHT[0] <= number / FPS < _NIGHT[1]
            return _grey(grain.on(by_night)) if is_night else grain.on(by_day)

        films.append(Film(f"camera {camera}", frame, _NIGHT_SECONDS, live=True))
    told = told_of(studio.captioner, films).values()
    switches = [sum(kind in ("night", "day") for kind in one.status) for one in told]
    return Row(
        "day, night and day",
        {
            "films": float(cameras),
            "one_event_share": round(sum(len(one.begun) == 1 for one in told) / cameras, 4),
            "events_max": float(max(len(one.begun) for one in told)),
            "switches_told_share": round(sum(min(2, number) for number in switches) / cameras / 2, 4),
        },
    )


def _grey(pixels: Pixels) -> Pixels:
    """Return a picture as a camera at night sends it: without colours, those of its noise neither."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)


def _soon(begun: Sequence[float], at: float) -> list[bool]:
    return [at <= one <= at + SOON for one in begun]


def _walk(at: float) -> float:
    """Return where somebody is who came in at 0 s: he walks in from the left, then to and fro."""
    gone = _OUTSIDE + _SPEED * at
    if gone < _LEFT:
        return gone
    wide = _RIGHT - _LEFT
    place = (gone - _LEFT) % (2 * wide)
    return _LEFT + min(place, 2 * wide - place)
