"""The bars of the parity report, and two machines held against each other."""

import numpy as np

from benchmarks.arm64.graphs import _compared
from export.parity.check import Difference, VariantReport, failures


def _report(share: float = 1.0, cider: float = 0.55, cosine: float = 0.99) -> VariantReport:
    features = {name: Difference(cosine, 0.1) for name in ("keys", "values", "state_h", "state_c")}
    return VariantReport({"total": 1}, {}, features, Difference(1.0, 0.0), cider, share, 0.2, {"total": 1.0})


def test_the_best_variant_of_integers_alone_counts() -> None:
    reports = {"onnx-fp32": _report(), "onnx-int8": _report(0.985), "litert-int8": _report(0.996)}
    assert failures(reports, "onnx-fp32") == []
    mixed = {"onnx-fp32": _report(), "onnx-int8": _report(0.985), "litert-int8+int8-dynamic": _report(0.995)}
    assert failures(mixed, "onnx-fp32") == []


def test_what_falls_short_is_named() -> None:
    reports = {"onnx-fp32": _report(), "onnx-int8": _report(0.985, 0.535, 0.97), "litert-int8+fp16": _report(1.0)}
    assert failures(reports, "onnx-fp32") == [
        "onnx-int8: features keep a cosine of 0.9700, at least 0.98 is asked for",
        "onnx-int8: loses 0.0150 CIDEr, at most 0.0100 is asked for",
        "the best full int8 variant keeps 98.5% of the CIDEr, at least 99.5% is asked for",
    ]


def test_two_machines_side_by_side() -> None:
    rng = np.random.default_rng(0)
    outputs = {name: rng.normal(size=(2, 8)).astype(np.float32) for name in ("keys", "values", "state_h", "state_c")}
    arrays = {f"{variant}/{name}": values for variant in ("onnx-fp32", "onnx-int8") for name, values in outputs.items()}
    turned = {**arrays, "onnx-int8/keys": -outputs["keys"]}

    def facts(machine: str, second: str) -> dict[str, object]:
        said = [{"text": "a dog", "log_prob": -1.0}, {"text": second, "log_prob": -2.0}]
        return {
            "machine": machine,
            "pictures": ["a.jpg", "b.jpg"],
            "captions": {"onnx-fp32": said[:1] * 2, "onnx-int8": said},
        }

    report = _compared((facts("x86_64", "a cat"), arrays), (facts("aarch64", "a fox"), turned), "onnx-fp32")
    assert report.machines == ("x86_64", "aarch64")
    small = report.variants["onnx-int8"]
    assert small.same_captions == 0.5
    assert small.here.cosine == {"keys": 1.0, "values": 1.0, "state_h": 1.0, "state_c": 1.0}
    assert (small.there.cosine["keys"], small.between["keys"], small.between["values"]) == (-1.0, -1.0, 1.0)
    page = report.to_markdown()
    assert "| onnx-int8 | b.jpg | a cat (-2.00) | a fox (-2.00) |" in page
    assert "| b.jpg | onnx-int8 | a cat | a fox |" in page
    assert "| a.jpg | onnx-int8 | a dog | the same |" in page
