"""From a frame to the first sample of the sentence about it, through the live loop, the model that ships and espeak-ng.

python -m pytest -s tests/edge_runtime/sinks/test_speech_delay.py
"""

import os
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_runtime.captioner import Captioner
from edge_runtime.events import CaptionEvent, Event
from edge_runtime.live.options import LiveOptions
from edge_runtime.live.pipeline import Pipeline
from edge_runtime.sinks.speech import SpeechSink
from edge_runtime.sinks.worker import SinkWorker
from edge_runtime.speech.espeak import Espeak
from edge_runtime.speech.tones import Tone, sound_of
from tests.edge_runtime.fake_source import FakeSource, noisy
from tests.edge_runtime.sinks.made_events import scene
from tests.edge_runtime.speech.stand_ins import player_to

_EXAMPLES = Path(__file__).parents[3] / "examples"
_FPS, _FRAMES, _SCENES = 15, 6, 24
_BAR_SECONDS = 1.0


class _Ear:
    """Hears what a player is given through a pipe: when the first sample that is no silence came."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[float] = []
        self._pipe = folder / "pipe"
        os.mkfifo(self._pipe)
        self.player, _ = player_to(folder, f"exec cat > {self._pipe}")
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        tones = {sound_of(tone).samples[:64] for tone in Tone}
        while True:
            with self._pipe.open("rb", buffering=0) as stream:
                begin, first = b"", 0.0
                while given := stream.read(4096):
                    begin = (begin + given)[:64]
                    if not first and any(given):
                        first = time.monotonic()
                if begin not in tones:
                    self.heard.append(first)


@pytest.mark.alone
@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_sentence_begins_within_a_second(tmp_path: Path) -> None:
    pictures = [
        np.asarray(Image.open(path).convert("RGB").resize((640, 480)))[:, :, ::-1]
        for path in sorted(_EXAMPLES.glob("*.jpg"))
    ]
    shown = [pictures[number % len(pictures)] for number in range(_SCENES)]
    frames = [noisy(np.ascontiguousarray(picture), seed) for picture in shown for seed in range(_FRAMES)]
    ear = _Ear(tmp_path)
    worker = SinkWorker(SpeechSink(Espeak(), ("en",), ("fake",), 8.0, ear.player), print, block=False)
    worker.start()
    captured: dict[int, float] = {}

    def emit(event: Event) -> None:
        """As the tracker would: another scene is a new one."""
        if isinstance(event, CaptionEvent) and event.reason in ("first", "changed") and event.text:
            number = event.frame // _FRAMES
            if number not in captured:
                captured[number] = event.captured
                worker.event(scene(event.text, f"{number}", captured=event.captured, shown=event.shown))

    captioner = Captioner.load()
    captioner.caption(pictures[0], channel_order="BGR")
    pipeline = Pipeline(captioner, [FakeSource(frames, 1 / _FPS)], LiveOptions(), emit)
    pipeline.open()
    pipeline.start()
    pipeline.wait()
    assert worker.close(10)
    assert len(captured) == len(ear.heard) >= _SCENES * 0.8
    delays = [heard - at for heard, at in zip(ear.heard, captured.values(), strict=True)]
    median, most = np.percentile(delays, (50, 95))
    print(f"frame to first spoken sample: p50 {median * 1e3:.0f} ms, p95 {most * 1e3:.0f} ms, {len(delays)} scenes")
    assert most < _BAR_SECONDS
