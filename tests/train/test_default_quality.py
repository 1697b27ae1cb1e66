import json
from pathlib import Path

import pytest

from edge_runtime.bundle.reader import DEFAULT_BUNDLE
from train.cli import main


def test_the_default_bundle_scores_on_dev_as_its_manifest_says(
    flickr8k: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(flickr8k), "--split", "dev", "--limit", "200", "--beam", "3"]
    assert main(["evaluate", "--bundle", str(DEFAULT_BUNDLE), *arguments]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["pictures"] == 200
    assert scores["model"] == "onnx-int8"
    assert scores["cider"] > 0.42
    assert scores["distinct_captions"] > 150
