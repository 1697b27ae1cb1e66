"""Milliseconds a picture, from decoded array to sentence, the variants of a bundle side by side in one run.

The variants take turns picture by picture, so that whatever slows the machine slows them all; quote ratios.
"""

import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from edge_runtime.bundle import Bundle
from edge_runtime.captioner import Captioner, Timings
from edge_runtime.errors import OptionError, PictureError
from edge_runtime.preprocess import load_input

_WARMUP = 10
_FRAME_HEIGHT, _FRAME_WIDTH = 480, 640
"""Pixels of a camera's frame, which every picture is made into beforehand."""
_STAGES = ("preprocess", "encode", "decode", "total")
_PERCENTILES = (50, 90, 99)


@dataclass(frozen=True)
class LatencyOptions:
    """What is measured.

    Attributes:
        bundles: Bundles; the default one where None.
        variants: Their variants; all where None.
        pictures: Folder of the pictures, which are decoded beforehand.
        threads: Of the encoder.
        beam: Hypotheses kept.
        rounds: Pictures captioned by each variant.
    """

    bundles: list[Path | None]
    variants: list[str] | None
    pictures: Path
    threads: int
    beam: int
    rounds: int


@dataclass(frozen=True)
class LatencyReport:
    """Measured times.

    Attributes:
        machine: Processor and versions.
        options: What was asked for.
        words: Mean words of a caption, by variant.
        milliseconds: Variant -> stage -> percentile -> milliseconds.
        bytes: Size of each variant's graphs.
    """

    machine: dict[str, str]
    options: dict[str, Any]
    words: dict[str, float]
    milliseconds: dict[str, dict[str, dict[str, float]]]
    bytes: dict[str, int]

    def to_json(self) -> str:
        """Every figure."""
        return json.dumps(asdict(self), indent=2)

    def to_markdown(self) -> str:
        """A table, the first variant being the one that the ratios are to."""
        first = next(iter(self.milliseconds.values()))
        lines = [
            ", ".join(f"{name} {value}" for name, value in {**self.machine, **self.options}.items()),
            "",
            "| variant | MB | words | " + " | ".join(f"{s} p50/p90/p99 ms" for s in _STAGES) + " | ratio |",
            "|---" * (len(_STAGES) + 4) + "|",
        ]
        for variant, stages in self.milliseconds.items():
            cells = ["/".join(f"{stages[stage][f'p{p}']:.2f}" for p in _PERCENTILES) for stage in _STAGES]
            ratio = stages["total"]["p50"] / first["total"]["p50"]
            size, words = self.bytes[variant] / 1e6, self.words[variant]
            lines.append(f"| {variant} | {size:.2f} | {words:.1f} | {' | '.join(cells)} | {ratio:.2f} |")
        return "\n".join(lines)


class Latency:
    """A measurement.

    Args:
        options: What is measured.

    Raises:
        OptionError: Fewer than 100 rounds.
        PictureError: No pictures in the folder.
    """

    def __init__(self, options: LatencyOptions) -> None:
        if options.rounds < 100:
            raise OptionError(f"rounds {options.rounds}: at least 100 are needed for a 99th percentile")
        self._options = options
        self._measured: dict[str, tuple[Path | None, str]] = {}
        self._bytes: dict[str, int] = {}
        for path in options.bundles:
            bundle = Bundle(path)
            for name in options.variants or sorted(bundle.manifest.variants):
                label = name if len(options.bundles) == 1 else f"{path or 'default'}:{name}"
                self._measured[label] = path, name
                self._bytes[label] = bundle.variant(name)[1].bytes
        self._pictures = _decoded(options.pictures)

    def run(self) -> LatencyReport:
        """Measure."""
        options = self._options
        captioners = {
            label: Captioner.load(path, name, options.threads) for label, (path, name) in self._measured.items()
        }
        times: dict[str, list[Timings]] = {name: [] for name in captioners}
        words = dict.fromkeys(captioners, 0)
        for index in range(_WARMUP + options.rounds):
            picture = self._pictures[index % len(self._pictures)]
            for name, captioner in captioners.items():
                caption = captioner.caption(picture, options.beam)
                if index >= _WARMUP:
                    times[name].append(caption.timings)
                    words[name] += len(caption.tokens)
        return LatencyReport(
            machine=machine(),
            options={"threads": options.threads, "beam": options.beam, "rounds": options.rounds},
            words={name: count / options.rounds for name, count in words.items()},
            milliseconds={
                name: {stage: _percentiles(rows, stage) for stage in _STAGES} for name, rows in times.items()
            },
            bytes=self._bytes,
        )


def _decoded(folder: Path) -> list[npt.NDArray[np.uint8]]:
    if not folder.is_dir():
        raise PictureError(f"{folder}: no such folder of pictures; check --pictures")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not found:
        raise PictureError(f"{folder}: no JPEG or PNG pictures in it; check --pictures")
    return [load_input(path, _FRAME_HEIGHT, _FRAME_WIDTH) for path in found]


def _percentiles(rows: list[Timings], stage: str) -> dict[str, float]:
    values = [getattr(row, stage) for row in rows]
    return {f"p{p}": round(float(np.percentile(values, p)), 3) for p in _PERCENTILES}


def machine() -> dict[str, str]:
    """Processor and versions."""
    import onnxruntime

    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    return {"cpu": model, "python": platform.python_version(), "onnxruntime": onnxruntime.__version__}


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
