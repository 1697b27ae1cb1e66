from dataclasses import replace

from benchmarks.study.report import to_markdown
from benchmarks.study.row import StudyRow

_TOKENS = {
    "loss_masked": 3.0,
    "accuracy_masked": 0.4,
    "unknown": 0.03,
    "mean_places": 10.0,
    "padded": [
        {"length": 20, "loss": 1.5, "accuracy": 0.7, "accuracy_unknown_wrong": 0.68, "counted_share": 0.5, "cut": 3},
        {"length": 40, "loss": 0.75, "accuracy": 0.85, "accuracy_unknown_wrong": 0.84, "counted_share": 0.25, "cut": 0},
    ],
}
_SCORES = {"bleu_1": 0.6, "bleu_2": 0.4, "bleu_3": 0.3, "bleu_4": 0.2, "meteor": 0.19, "rouge_l": 0.45, "cider": 0.5}
_ROW = StudyRow(
    "xception-lstm", "weights of the file x.keras", False, 20_861_480, 1_500_000, 321.4, _TOKENS, _SCORES, 0.49, "b",
    "onnx-int8", 23_456_789, [],
)  # fmt: skip
_TIME = {"milliseconds": 1500.0, "words": 12.0, "captions": 10}
_TIMES = {
    "keras": {"xception-lstm": _TIME, "resnet50-lstm": _TIME},
    "bundle": {name: {**_TIME, "milliseconds": 30.0} for name in ("xception-lstm", "resnet50-lstm", "ours")},
}


def _report() -> str:
    rows = [
        _ROW,
        replace(_ROW, name="resnet50-lstm", random=True, tokens=None, scores=None, bundle_cider=None),
        replace(_ROW, name="ours", decoder_parameters=None, train_seconds=None, short_of_bars=["loses too much"]),
    ]
    sentences = {row.name: "a dog runs" for row in rows}
    return to_markdown(rows, _TIMES, sentences, ["A dog runs ."], "As the study did.")


def _cells(report: str, name: str) -> list[list[str]]:
    """A system's cells in each section; a wide table is several narrow ones, each with the name first."""
    found = []
    for section in report.split("\n## "):
        lines = [line for line in section.splitlines() if line.startswith(f"| {name} |")]
        if lines:
            found.append([name, *(cell.strip() for line in lines for cell in line.strip("|").split("|")[1:])])
    return found


def test_a_system_with_weights_has_every_figure() -> None:
    quality, padded, times = _cells(_report(), "xception-lstm")
    assert quality[1:] == [
        "weights of the file x.keras",
        "0.600",
        "0.400",
        "0.300",
        "0.200",
        "0.190",
        "0.450",
        "0.500",
        "0.490",
    ]
    assert padded[1:] == ["–", "3.0000 / 40.00 %", "1.5000 / 70.00 % (68.00 %)", "0.7500 / 85.00 % (84.00 %)"]
    assert times[1:] == ["20.86 M + 1.50 M", "321", "1500", "12.0", "onnx-int8", "30.0", "12.0", "50 x", "23.46"]


def test_random_weights_have_no_figure_of_quality() -> None:
    quality, padded, times = _cells(_report(), "resnet50-lstm")
    assert quality[1:] == ["random weights: no quality figure", *["–"] * 8]
    assert padded[1:] == ["–", "random weights: no quality figure", "–", "–"]
    assert times[1] == "20.86 M + 1.50 M"
    assert "- **resnet50-lstm**: a dog runs (its encoder has random weights)" in _report()


def test_a_bundle_beside_them() -> None:
    _, _, times = _cells(_report(), "ours")
    assert times[1:5] == ["20.86 M + –", "–", "–", "–"]
    assert times[8] == "–"
    assert "- ours, exported: loses too much" in _report()


def test_where_the_study_is_passed() -> None:
    report = _report()
    assert "- ours: accuracy above 71.47 % and loss below 1.7854 at once padded to 40." in report
    assert "r is 0.500 at 20 (3 captions cut), 0.250 at 40 (0 captions cut)." in " ".join(report.split())
    assert "| the study: Xception + LSTM | – / 71.47 % | – | – | – |" in report
    assert "1869" not in report
