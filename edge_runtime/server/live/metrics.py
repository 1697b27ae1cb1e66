"""What Prometheus reads."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from edge_runtime.console.terminal import plain
from edge_runtime.events import AlertEvent, CaptionEvent, Event, SceneEvent, StatusEvent
from edge_runtime.server.live.vitals import Vitals

MEDIA_TYPE = CONTENT_TYPE_LATEST
_AGES = (0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 5.0)
"""Seconds."""
_STAGES = ("preprocess", "encode", "decode")
_STAGE_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


class Metrics:
    """Counts events. It has a registry of its own: what other code of the process counts is not told."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._captions = Counter("edge_caption_captions", "Captions made", ["source"], registry=registry)
        self._scenes = Counter("edge_caption_scenes", "Scenes that began", ["source"], registry=registry)
        self._alerts = Counter("edge_caption_alerts", "Alerts of rules", ["rule"], registry=registry)
        self._lost = Counter("edge_caption_source_lost", "Times a source was lost", ["source"], registry=registry)
        self._age = Histogram(
            "edge_caption_caption_age_seconds",
            "From a frame's capture to its whole sentence",
            buckets=_AGES,
            registry=registry,
        )
        self._stages = Histogram(
            "edge_caption_stage_seconds",
            "Where a caption's time goes",
            ["stage"],
            buckets=_STAGE_SECONDS,
            registry=registry,
        )
        self._up = Gauge("edge_caption_source_up", "Whether a source gives frames", ["source"], registry=registry)
        self._frames = Gauge("edge_caption_source_frames", "Frames that came", ["source"], registry=registry)
        self._clients = Gauge("edge_caption_web_clients", "Clients of the page", ["kind"], registry=registry)
        self._degrees = Gauge("edge_caption_temperature_celsius", "Of the processor", registry=registry)

    def take(self, event: Event) -> None:
        """Count an event."""
        if isinstance(event, CaptionEvent):
            self._captions.labels(plain(event.source)).inc()
            self._age.observe(event.age_ms / 1e3)
            timings = event.timings.to_dict()
            for stage in _STAGES:
                self._stages.labels(stage).observe(timings[stage] / 1e3)
        elif isinstance(event, SceneEvent) and event.kind == "new":
            self._scenes.labels(plain(event.source)).inc()
        elif isinstance(event, AlertEvent):
            self._alerts.labels(plain(event.rule)).inc()
        elif isinstance(event, StatusEvent) and event.kind == "lost" and event.source is not None:
            self._lost.labels(plain(event.source)).inc()

    def text(self, vitals: Vitals, listening: int, watching: int) -> bytes:
        """Return everything in Prometheus' text form.

        Args:
            vitals: Of this moment.
            listening: Clients of the stream of events.
            watching: Clients of the live picture.
        """
        self._up.clear()
        self._frames.clear()
        for source in vitals.sources:
            self._up.labels(plain(source.name)).set(source.gives_frames)
            self._frames.labels(plain(source.name)).set(source.counters.frames)
        self._clients.labels("events").set(listening)
        self._clients.labels("picture").set(watching)
        degrees = vitals.to_dict()["temperature_c"]
        self._degrees.set(float("nan") if degrees is None else degrees)
        return generate_latest(self._registry)
