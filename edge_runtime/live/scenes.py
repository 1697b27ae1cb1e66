"""From frames to scenes: what is news, and what is noise.

A scene is over when the picture has changed in what it shows (`structure`) and the content is new: the encoder sees, at the places that
have changed, what it has not seen in the source's known states (`novelty`), or the sentence means something else. A change has to hold
from one look to a later one. States that are nothing new are remembered, so that a curtain that sways is known after a few of its ways.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

import numpy as np

from edge_runtime.backends.decoding import Floats
from edge_runtime.captioner import Caption, Encoded
from edge_runtime.frames.base import Pixels
from edge_runtime.live.meaning import meaning
from edge_runtime.live.motion import Motion
from edge_runtime.live.novelty import grid, novelty
from edge_runtime.live.structure import COLUMNS, ROWS, Mask, Sketch, changed, in_all, sketch

News = Literal["same", "first", "maybe", "content", "words", "moved", "back"]
"""What a look finds: nothing; the first frame; a change that has to hold; new content; a change whose sentence decides; one whose sentence
decides if it holds, for what is there has only moved; or a state of an earlier scene."""
QUIET: tuple[News, ...] = ("same", "maybe")
"""Of these, what asks nothing of the encoder."""

CHANGED = 0.015
"""Share of the picture that has to show something else.

Measured on 100 dev pictures of Flickr8k (docs/decisions/040): noise, light that goes down or up by 30 %, bands of lamps, half a picture
in the sun and a camera that trembles change nothing of it; a swaying curtain up to .026 in 19 of 20 cases; an object of 5 % of the
picture .032 or more.
"""
NOVEL = 0.15
"""Novelty from which on content is new by itself: the curtain stays below in 97 of 100 cases, objects of 5 % are above in 19 of 20."""
_VIEW = 0.35
"""Share of the picture that differs below which two frames are of one view."""
_STEP = 0.2
"""Share of the picture that is new, from which on it is more than what one thing uncovers or covers when it moves."""
_ALIKE = 0.5
"""Share of a sentence's lemmas that the scene's sentences have had, below which it means something else."""
_ALIKE_AGAIN = 0.8
"""The same for a frame that shows an earlier scene again."""
_FITS = 0.15
"""By how much such a sentence must fit the frame better than the scene's, log-probability / length ** penalty."""
HOLDS, SAID = 0.15, 1.0
"""Seconds after which a change that was seen counts, and for which a sentence about something that has only moved must be another."""
GRACE, _WHOLE = 1.5, 0.4
"""Seconds from the start of a scene in which what comes is still part of it, for a person who enters is first half a person; and the
share of the picture from which on it is another scene all the same."""
_STATES, _GLIMPSES = 12, 6
_LOCAL, _LOUDEST = 6.0, 4
"""Levels of 255 by which the four thumbnail cells that differ most do so where it is worth looking closer."""


@dataclass(frozen=True, eq=False)
class State:
    """A state of a source that is known.

    Attributes:
        sketch: Of its frame.
        grid: What the encoder saw.
        scene: Number of the scene that it belongs to.
    """

    sketch: Sketch
    grid: Floats
    scene: int


@dataclass(frozen=True)
class Look:
    """A frame, held against the known states.

    Attributes:
        thumbnail: The gate's.
        sketch: None where the thumbnail showed nothing to look closer at.
        unknown: Where it shows what no known state does.
        changed: Where it shows something else than the scene's latest state.
        news: What is to be made of it; of a change that holds it waits for the encoder.
        earlier: Number of the earlier scene that it shows again; None where it shows none.
    """

    thumbnail: Floats
    sketch: Sketch | None = None
    unknown: Mask = field(default_factory=lambda: np.zeros((ROWS, COLUMNS), np.bool_))
    changed: Mask = field(default_factory=lambda: np.zeros((ROWS, COLUMNS), np.bool_))
    news: News = "same"
    earlier: int | None = None


class SceneMemory:
    """The known states of one source or zone, and which scene it shows.

    Attributes:
        scene: Number of the scene, from 1; 0 before the first.
        begun: When it began, in the seconds of `look`.
    """

    def __init__(self) -> None:
        self.scene = 0
        self.begun = 0.0
        self._states: deque[State] = deque(maxlen=_STATES)
        self._glimpses: deque[Floats] = deque(maxlen=_GLIMPSES)
        self._pending: float | None = None
        self._settling = 0.0
        self._lemmas: dict[int, set[str]] = {}
        self._motion = Motion()
        self._doubted: float | None = None

    @property
    def waits(self) -> bool:
        """Return whether a change has been seen that has to hold."""
        return self._pending is not None

    def settle(self, until: float) -> None:
        """Take every change for the same scene for a while: a camera has switched between day and night.

        Args:
            until: In the seconds of `look`.
        """
        self._settling = until

    def look(self, pixels: Pixels, thumbnail: Floats, at: float) -> Look:
        """Hold a frame against what is known.

        Args:
            pixels: uint8 [H, W, 3].
            thumbnail: The gate's, float32 [12, 16, 3].
            at: When it was captured, seconds of the camera's clock or of the medium.
        """
        if self.scene == 0:
            return Look(thumbnail, sketch(pixels), news="first")
        if (
            self._pending is None
            and self._doubted is None
            and min(_loudest(thumbnail, one) for one in self._glimpses) < _LOCAL
        ):
            return Look(thumbnail)
        now = sketch(pixels)
        differs = cache(lambda state: changed(now, [state.sketch]))
        own = [state for state in reversed(self._states) if state.scene == self.scene]
        different = differs(own[0])
        if different.mean() < CHANGED or in_all(map(differs, own)).mean() < CHANGED:
            self._pending = None
            self._glimpses.append(thumbnail)
            said_else = self._doubted is not None and at - self._doubted >= SAID
            return Look(thumbnail, now, news="moved" if said_else else "same")
        unknown, earlier = self._known_parts(differs)
        unknown &= different
        if at < self._settling:
            return Look(thumbnail, now, unknown, different, "words")
        if self._pending is None:
            self._pending = at
        if at - self._pending < HOLDS:
            return Look(thumbnail, now, unknown, different, "maybe")
        return Look(thumbnail, now, unknown, different, "words" if earlier is None else "back", earlier)

    def _known_parts(self, differs: Callable[[State], Mask]) -> tuple[Mask, int | None]:
        """Return where a frame shows what no state of the same view does, and the earlier scene of which it shows a state.

        States of other views do not count: even walls are alike by chance.

        Args:
            differs: State -> where the frame shows something else.
        """
        found, earlier = np.ones((ROWS, COLUMNS), np.bool_), None
        for state in self._states:
            share = differs(state).mean()
            if share < _VIEW:
                found &= differs(state)
            if share < CHANGED and state.scene != self.scene:
                earlier = state.scene
        return found, earlier

    def weigh(self, look: Look, encoded: Encoded, at: float) -> News:
        """Return what a change that holds is, once the encoder has looked.

        Args:
            look: Of the frame.
            encoded: The same frame.
            at: As for `look`.
        """
        if look.news != "words" or at < self._settling:
            return look.news
        if look.unknown.mean() < CHANGED:
            return "words"
        come = look.unknown
        if _is_step(look):
            come = self._motion.come(look.changed, look.unknown, at)
            if come.mean() < CHANGED:
                return "moved"
        new = novelty(grid(encoded), [state.grid for state in self._states], come)
        return "content" if new >= NOVEL else "words"

    def is_young(self, look: Look, at: float) -> bool:
        """Return whether a change is still part of how the scene began.

        Args:
            look: Of the frame.
            at: As for `look`.
        """
        return at < self._settling or (at - self.begun < GRACE and look.unknown.mean() < _WHOLE)

    def is_other(self, look: Look, caption: Caption, better_by: float) -> bool:
        """Return whether a sentence says something else than the scene's.

        Args:
            look: Of a frame that has changed.
            caption: Of the same frame.
            better_by: By how much it fits that frame better than the scene's sentence does.
        """
        lemmas, said = _lemmas(caption), self._lemmas[self.scene]
        if not lemmas or not said:
            return bool(lemmas) != bool(said)
        alike, fits = (_ALIKE, _FITS) if look.earlier is None else (_ALIKE_AGAIN, 0.0)
        return len(lemmas & said) < alike * len(lemmas) and better_by > fits

    def holds(self, is_other: bool, at: float) -> bool:
        """Return whether what moves has been said to be something else for long enough.

        Args:
            is_other: Whether this frame's sentence says so.
            at: As for `look`.
        """
        if not is_other:
            self._doubted = None
        elif self._doubted is None:
            self._doubted = at
        return self._doubted is not None and at - self._doubted >= SAID

    def back(self, look: Look, encoded: Encoded) -> None:
        """Go back to an earlier scene without a word, for its sentence would say what this one's does.

        Args:
            look: Of the frame.
            encoded: The same frame.
        """
        if look.earlier is not None and look.earlier in self._lemmas:
            self.scene = look.earlier
        self._pending = None
        self._glimpses.clear()
        self._keep(look, encoded)

    def known(self, look: Look, news: News, encoded: Encoded, caption: Caption, at: float) -> None:
        """Remember a frame as a state of the scene.

        Args:
            look: Of the frame.
            news: What it is.
            encoded: The same frame.
            caption: What was said of it.
            at: As for `look`.
        """
        self._pending = None
        if look.sketch is None:
            return
        if look.changed.any():
            self._keep(look, encoded)
            if news in ("content", "moved"):
                self._motion.follow(look.unknown, at)
        else:
            self._glimpses.append(look.thumbnail)
        if self._doubted is None:
            self._lemmas[self.scene] |= _lemmas(caption)

    def begin(self, look: Look, encoded: Encoded, caption: Caption, at: float) -> None:
        """Begin another scene with a frame.

        Args:
            look: Of the frame.
            encoded: The same frame.
            caption: Of it.
            at: As for `look`.
        """
        self.scene = max(self._lemmas, default=0) + 1
        self.begun = at
        self._pending = self._doubted = None
        if _is_step(look):
            self._motion.follow(look.unknown, at)
        else:
            self._motion.clear()
        self._glimpses.clear()
        kept = {state.scene for state in self._states}
        self._lemmas = {number: said for number, said in self._lemmas.items() if number in kept}
        self._lemmas[self.scene] = _lemmas(caption)
        self._keep(look, encoded)

    def _keep(self, look: Look, encoded: Encoded) -> None:
        """Keep a frame as a state of the scene, and its thumbnail."""
        if look.sketch is not None:
            self._states.append(State(look.sketch, grid(encoded), self.scene))
        self._glimpses.append(look.thumbnail)


def _is_step(look: Look) -> bool:
    """Return whether a change is so small that a thing may have moved."""
    return bool(look.changed.mean() < _VIEW and look.unknown.mean() < _STEP)


def _lemmas(caption: Caption) -> set[str]:
    if caption.abstained:
        return set()
    return {lemma.removesuffix("+") for lemma in meaning(caption.tokens)}


def _loudest(one: Floats, other: Floats) -> float:
    """Return by how many levels the cells differ that differ most, light that goes up or down as a whole left out."""
    change = one - other
    change = np.abs(change - np.median(change, axis=(0, 1))).mean(axis=2).ravel()
    return float(np.partition(change, -_LOUDEST)[-_LOUDEST:].mean())
