"""A run with its data, read for an export."""

from pathlib import Path

from PIL import Image

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from export.bundling.trained_run import TrainedRun
from train.datasets.loading import DatasetSource
from train.datasets.sources import CaptionFile
from train.encoders.registry import NO_WEIGHTS, encoder_spec, find_weights
from train.runs.config import RunConfig
from train.runs.folder import RunFolder


def test_graphs_are_held_against_captions_of_the_first_source(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for split in ("train", "dev"):
        Image.new("RGB", (16, 16)).save(tmp_path / "images" / f"{split}.png")
        (tmp_path / split).write_text(f"{split}.png\n")
        for by in ("people", "guide"):
            with (tmp_path / f"{by}.txt").open("a") as file:
                file.write(f"{split}.png#0\tfor {split} by {by}\n")
    source = DatasetSource(
        tmp_path / "images",
        tmp_path / "people.txt",
        {"train": tmp_path / "train", "dev": tmp_path / "dev"},
        more_captions=(CaptionFile(tmp_path / "guide.txt", "guide"),),
    )
    config = RunConfig(encoder_sha256=find_weights(encoder_spec("efficientnet_lite0"), NO_WEIGHTS).sha256)
    RunFolder(tmp_path / "run").prepare(config, source, Vocabulary(SPECIALS))
    said: list[str] = []
    run = TrainedRun(tmp_path / "run", None, None, ["train", "dev"], None, said.append)
    assert run.dataset.captions_of("train") == {"train.png": ("for train by people", "for train by guide")}
    assert run.dataset.captions_of("dev") == {"dev.png": ("for dev by people",)}
    assert "by guide: train 1 pictures / 1 captions, dev 1 pictures / 1 captions" in said[0]
