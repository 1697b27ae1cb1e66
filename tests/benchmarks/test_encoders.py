import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import encoders as encoders_module
from benchmarks.cli import main
from edge_runtime.bench.environment import Snapshot
from edge_runtime.bench.result import Record
from export.errors import ExportError
from tests.tiny_bundle import write_bundle
from train.encoders.registry import encoder_spec

EXAMPLES = str(Path(__file__).parents[2] / "examples")


def test_a_price_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What is exported is tested with the exporter; here a tiny bundle stands for it, and one that cannot be made."""

    def export(
        folder: Path, encoder: str, weights: object, decoder: str, variants: Sequence[str], *rest: object
    ) -> None:
        if encoder == "xception":
            raise ExportError("xception: too large for this test")
        write_bundle(folder, encoder=encoder)
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["variants"] = dict.fromkeys(variants, manifest["variants"]["onnx-fp32"])
        manifest["provenance"] = {"encoder": "random", "encoder_parameters": 4_000_000}
        (folder / "manifest.json").write_text(json.dumps(manifest))
        exported.append(encoder)

    exported: list[str] = []
    monkeypatch.setattr("benchmarks.encoder_bundles.write_untrained_bundle", export)
    monkeypatch.setattr(encoders_module, "snapshot", lambda: Snapshot(45.0, (), (), 2400, 0.0))
    monkeypatch.setattr("edge_runtime.bench.environment.WIDEST", float("inf"))
    options = [
        "--encoders",
        "resnet50",
        "xception",
        "--pictures",
        EXAMPLES,
        "--rounds",
        "10",
        "--exports",
        str(tmp_path / "kept"),
    ]
    assert main(["encoders", *options, "--out", str(tmp_path / "out")]) == 0
    record = Record.read(tmp_path / "out" / "encoders.json")
    assert [row.name for row in record.rows] == [
        f"{encoder}, {form}"
        for encoder in ("efficientnet_lite0", "resnet50", "xception")
        for form in ("onnx-fp32", "onnx-int8", "litert-fp32", "litert-int8")
    ]
    assert record.rows[0].values["encode_ms_p50"] > 0
    assert record.rows[-1].missing == "xception: too large for this test"
    table = capsys.readouterr().out
    assert f"| xception | {encoder_spec('xception').size} | - | - | - | - | - | - |" in table
    assert "| efficientnet_lite0 | 224 | 4.0 | 0.0 | " in table
    assert (tmp_path / "out" / "encoders.png").read_bytes().startswith(b"\x89PNG")
    assert exported == ["efficientnet_lite0", "resnet50"]
    assert main(["encoders", *options]) == 0
    assert exported == ["efficientnet_lite0", "resnet50"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rounds", "3"], "--rounds 3: at least 10 are needed for a median"),
        (["--threads", "0"], "--threads 0: must be 1 to 64"),
        (["--pictures", "no-such"], "no-such: no such folder of pictures; check --pictures"),
    ],
)
def test_what_is_refused(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["encoders", "--pictures", EXAMPLES, *options]) == 2
    assert capsys.readouterr().err == f"benchmarks encoders: {message}\n"
