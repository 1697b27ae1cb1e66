"""What a mask hides is seen by nobody: not the model, not a window, not a recording, not a sink of anybody's."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_runtime.captioner import Captioner
from edge_runtime.cli import main
from edge_runtime.console.options import option
from edge_runtime.errors import OptionError
from edge_runtime.events import Event, StatusEvent
from edge_runtime.frames.base import Frame, Pixels
from edge_runtime.frames.geometry import Geometry, PictureOptions
from edge_runtime.frames.masks import parse_mask
from edge_runtime.live.capture import Capture
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from edge_runtime.sinks import registry
from edge_runtime.sinks.base import SinkContext, SinkKind, WantedSink
from tests.edge_runtime.fake_source import LOST, FakeSource

cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")

_SECRET = 231
"""Level of what is to be hidden."""


def _picture(number: int, width: int = 64, height: int = 48) -> Pixels:
    """A bright secret in the left half; on the right noise that is never as bright."""
    found = np.random.default_rng(number).integers(1, 120, (height, width, 3)).astype(np.uint8)
    found[:, : width // 2] = _SECRET
    return found


_seen: list[Pixels] = []
_encoded: list[Pixels] = []


@dataclass(frozen=True)
class _EyeKind(SinkKind):
    """A sink that gets what a window gets."""

    table = "eye"
    enabled: bool = option(False, "whether it looks", flag="eye")

    def sinks(self, context: SinkContext) -> Iterator[WantedSink]:
        if self.enabled:
            yield WantedSink(_Eye())


class _Eye:
    name, wants_frames = "--eye", True

    def check(self) -> None: ...
    def open(self) -> None: ...
    def close(self) -> None: ...
    def event(self, event: Event) -> None: ...

    def frame(self, frame: Frame, caption: str) -> None:
        _seen.append(frame.pixels)


@pytest.fixture(autouse=True)
def eyes(monkeypatch: pytest.MonkeyPatch) -> None:
    _seen.clear()
    _encoded.clear()
    monkeypatch.setattr(registry, "_KINDS", list(registry._KINDS))
    registry.register(_EyeKind)
    encode = Captioner.encode

    def watched(captioner: Captioner, image: Any, *rest: Any, **named: Any) -> Any:
        _encoded.append(np.array(image))
        return encode(captioner, image, *rest, **named)

    monkeypatch.setattr(Captioner, "encode", watched)


def _is_hidden(pixels: Pixels) -> bool:
    return not pixels[:, : pixels.shape[1] // 2].any() and bool(pixels[:, pixels.shape[1] // 2 :].any())


def test_nobody_sees_it(tmp_path: Path, tiny_bundle: Path) -> None:
    folder, video, lines = tmp_path / "pictures", tmp_path / "out.avi", tmp_path / "out.jsonl"
    folder.mkdir()
    for number in range(4):
        Image.fromarray(_picture(number)[:, :, ::-1]).save(folder / f"{number}.png")
    words = ["--record", str(video), "--jsonl", str(lines), "--eye", "--no-gate", "--no-text"]
    assert (
        main(["live", "--source", str(folder), "--bundle", str(tiny_bundle), "--mask", "0,0 .5,0 .5,1 0,1", *words])
        == 0
    )
    assert len(_seen) >= 2
    assert len(_encoded) == 4
    assert all(map(_is_hidden, _seen))
    assert all(map(_is_hidden, _encoded))
    assert lines.read_text().count('"event": "caption"') == 4
    recorded = cv2.VideoCapture(str(video))
    came, pixels = recorded.read()
    assert came
    while came:
        hidden = pixels[
            : pixels.shape[0] // 2, : pixels.shape[1] // 2 - 8
        ]  # without the band of the caption, and the codec's blocks
        assert hidden.max() < 20
        came, pixels = recorded.read()


def _pipeline(sources: Sequence[FakeSource], bundle: Path, *masks: str) -> tuple[list[Event], list[Frame]]:
    events: list[Event] = []
    frames: list[Frame] = []
    pipeline = Pipeline(
        Captioner.load(bundle), sources, LiveOptions(PictureOptions(mask=masks)), events.append, frames.append
    )
    pipeline.open()
    pipeline.start()
    pipeline.wait()
    return events, frames


def test_a_mask_of_one_source(tiny_bundle: Path) -> None:
    sources = [FakeSource([_picture(number)] * 3, live=False, name=name) for number, name in enumerate(("a", "b"))]
    _, frames = _pipeline(sources, tiny_bundle, "0,0 .5,0 .5,1 0,1@b")
    assert len(frames) == 6
    assert [_is_hidden(frame.pixels) for frame in frames if frame.source == "b"] == [True] * 3
    assert not any(_is_hidden(frame.pixels) for frame in frames if frame.source == "a")


def test_a_mask_for_nobody_is_refused_before_anything_opens(
    tmp_path: Path, tiny_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = FakeSource([_picture(0)], live=False, name="a")
    with pytest.raises(OptionError, match="there is no source b; write it as --source has it"):
        _pipeline([source], tiny_bundle, "0,0 .5,0 .5,1 0,1@b")
    assert source.opened == 0
    words = ["--source", str(tmp_path), "--bundle", str(tiny_bundle), "--mask", "0,0 .5,0 .5,1@porch.mp4"]
    Image.fromarray(_picture(0)).save(tmp_path / "0.png")
    assert main(["live", *words]) == 2
    assert capsys.readouterr() == (
        "",
        "edge-caption: mask '0,0 0.5,0 0.5,1': there is no source porch.mp4; write it as --source has it\n",
    )
    assert main(["live", "--mask", "0,0 1,1"]) == 2
    assert capsys.readouterr().err == "edge-caption: mask '0,0 1,1': 2 points; a polygon has 3 to 200\n"


@pytest.mark.parametrize(
    ("mask", "script", "shown", "said"),
    [
        (
            "0,0 32,0 32,49",
            [_picture(0)],
            0,
            "cam: mask '0,0 32,0 32,49': reaches beyond the frame, which has 64 x 48 pixels",
        ),
        (
            "0,0 32,0 32,48 0,48",
            [_picture(0), _picture(1, 32, 24)],
            1,
            "cam: frames of 32 x 24 pixels instead of 64 x 48, for which",
        ),
        (
            "0,0 32,0 32,48 0,48",
            [_picture(0), _picture(1, 128, 96)],
            1,
            "cam: frames of 128 x 96 pixels instead of 64 x 48, for which",
        ),
        (
            "0,0 32,0 32,48 0,48",
            [_picture(0), LOST, _picture(1, 128, 96)],
            1,
            "cam: frames of 128 x 96 pixels instead of 64 x 48",
        ),
        ("0,0 .5,0 .5,1 0,1", [_picture(0), _picture(1, 128, 96)], 2, None),
    ],
)
def test_no_frame_is_shown_of_which_it_is_not_sure(
    mask: str, script: list[Pixels | str], shown: int, said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_runtime.live.capture._FIRST_DELAY", 0.01)
    frames: list[Frame] = []
    told: list[StatusEvent] = []
    geometry = Geometry(masks=(parse_mask(mask),))
    capture = Capture(
        FakeSource([*script, *script[-1:]], name="cam"),
        geometry,
        None,
        threading.Condition(),
        told.append,
        frames.append,
    )
    capture.open()
    capture.start()
    by = time.monotonic() + 5
    while not capture.ended and time.monotonic() < by:
        time.sleep(0.01)
    assert capture.ended
    assert all(_is_hidden(frame.pixels) for frame in frames)
    assert len(frames) == shown if said else len(frames) >= shown
    assert (capture.failure or "").startswith(said or "")
    assert (capture.failure is None) == (said is None)
