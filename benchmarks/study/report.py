"""The study's tables as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.study.row import StudyRow
from export.bundling.markdown import narrow
from train.scoring.metrics import protocol

PRINTED = (("the study: ResNet50 + LSTM", 1.7854, 0.7049), ("the study: Xception + LSTM", None, 0.7147))
"""What the original study printed: system, loss, accuracy. Xception's loss, 1869.19, cannot be a mean and is left out."""
_DASH = "–"
_RANDOM = "random weights: no quality figure"


def to_markdown(
    rows: Sequence[StudyRow],
    times: Mapping[str, Any],
    sentences: Mapping[str, str],
    references: Sequence[str],
    protocol: str,
) -> str:
    """Return the report.

    Args:
        rows: Of the systems, and of a bundle beside them.
        times: `keras` and `bundle`, each name -> `benchmarks.study.timing.Latency` as a table.
        sentences: Name -> what its bundle says of the sample picture.
        references: The sample picture's captions, where it has some.
        protocol: How all this was done, in sentences.
    """
    parts = [
        "# The study, run again",
        protocol,
        "## Quality of the captions",
        _quality(rows),
        "## Loss and accuracy of the next word, masked and as the study printed them",
        _padded(rows),
        "## Time and size",
        _times(rows, times),
        "## One picture, every system",
        _sample(rows, sentences, references),
    ]
    return narrow("\n\n".join(parts) + "\n")


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rows = [head, ["---"] * len(head), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _quality(rows: Sequence[StudyRow]) -> str:
    names = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l", "cider")
    head = ["system", "encoder's weights", *("BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "METEOR", "ROUGE-L", "CIDEr")]
    lines = [
        [row.name, _RANDOM if row.random else row.weights]
        + [_number((row.scores or {}).get(name), 3) for name in names]
        + [_number(row.bundle_cider, 3)]
        for row in rows
    ]
    return f"{protocol()}. Of the trained network; last column: of the exported variant.\n\n" + _table(
        [*head, "CIDEr, exported"], lines
    )


def _padded(rows: Sequence[StudyRow]) -> str:
    told = [row.tokens for row in rows if row.tokens]
    lengths = [padded["length"] for padded in told[0]["padded"]] if told else []
    head = ["system", "printed", "masked", *(f"padded to {length}" for length in lengths)]
    lines = []
    for row in rows:
        tokens = row.tokens
        if not tokens:
            lines.append([row.name, _DASH, _RANDOM] + [_DASH] * len(lengths))
            continue
        masked = _pair(tokens["loss_masked"], tokens["accuracy_masked"])
        cells = [
            f"{_pair(p['loss'], p['accuracy'])} ({_percent(p['accuracy_unknown_wrong'])})" for p in tokens["padded"]
        ]
        lines.append([row.name, _DASH, masked, *cells])
    for name, loss, accuracy in PRINTED:
        lines.append([name, _pair(loss, accuracy), _DASH] + [_DASH] * len(lengths))
    notes = [
        "Loss in nats, then accuracy, of each word and end given the true words before. In brackets: accuracy with words outside the "
        "vocabulary counted as wrong; elsewhere such places are left out.",
        "Padding inflates both: with r, the share of the places that are words or ends, padded accuracy = r x masked accuracy + (1 - r), "
        "and padded loss = r x masked loss. The study does not say what it padded to, nor that its figures leave the padding out.",
        *(_example(row) for row in rows if row.tokens),
        *(_above(row) for row in rows if row.tokens),
    ]
    return "\n".join([_table(head, lines), "", *(f"- {note}" for note in notes)])


def _example(row: StudyRow) -> str:
    tokens = row.tokens or {}
    shares = ", ".join(
        f"{padded['counted_share']:.3f} at {padded['length']} ({padded['cut']} captions cut)"
        for padded in tokens["padded"]
    )
    return (
        f"{row.name}: {tokens['mean_places']:.2f} places of a caption count, {tokens['unknown']:.1%} of its words are "
        f"unknown; r is {shares}."
    )


def _above(row: StudyRow) -> str:
    best = max(accuracy for _, _, accuracy in PRINTED)
    lowest = min(loss for _, loss, _ in PRINTED if loss is not None)
    passed = [
        str(padded["length"])
        for padded in (row.tokens or {})["padded"]
        if padded["accuracy"] > best and padded["loss"] < lowest
    ]
    where = f"padded to {', '.join(passed)}" if passed else "at none of these lengths"
    return f"{row.name}: accuracy above {_percent(best)} and loss below {lowest} at once {where}."


def _times(rows: Sequence[StudyRow], times: Mapping[str, Any]) -> str:
    head = ["system", "parameters, encoder + decoder", "training, s", "Keras, ms a caption", "Keras, words",
            "exported variant", "its ms a caption", "its words", "Keras / exported", "MB"]  # fmt: skip
    lines = []
    for row in rows:
        keras, bundle = times["keras"].get(row.name), times["bundle"][row.name]
        lines.append(
            [
                row.name,
                f"{_millions(row.encoder_parameters)} + {_millions(row.decoder_parameters)}",
                _number(row.train_seconds, 0),
                _number(keras and keras["milliseconds"], 0),
                _number(keras and keras["words"], 1),
                row.variant,
                _number(bundle["milliseconds"], 1),
                _number(bundle["words"], 1),
                f"{keras['milliseconds'] / bundle['milliseconds']:.0f} x" if keras else _DASH,
                f"{row.bundle_bytes / 1e6:.2f}",
            ]
        )
    captions = next(iter(times["bundle"].values()))["captions"]
    notes = [
        f"Medians of {captions} captions from the file to the sentence, greedy, all systems interleaved in one run. "
        "Keras as the study ran it: `encoder.predict` once and `model.predict` once a word, one picture at a time. "
        "Training seconds leave the features apart.",
        *(
            f"{row.name}: random weights, trained on a few pictures so that it says sentences: speed and size alone."
            for row in rows
            if row.random
        ),
        *(f"{row.name}, exported: {why}" for row in rows for why in row.short_of_bars),
    ]
    return "\n".join([_table(head, lines), "", *(f"- {note}" for note in notes)])


def _sample(rows: Sequence[StudyRow], sentences: Mapping[str, str], references: Sequence[str]) -> str:
    random = {row.name for row in rows if row.random}
    lines = [
        f"- **{name}**: {text}{' (its encoder has random weights)' if name in random else ''}"
        for name, text in sentences.items()
    ]
    said = [f"- people: {text}" for text in references]
    return "\n".join(["![The picture and every system's sentence](study.png)", "", *lines, *said])


def _number(value: float | None, places: int) -> str:
    return _DASH if value is None else f"{value:.{places}f}"


def _millions(count: int | None) -> str:
    return _DASH if count is None else f"{count / 1e6:.2f} M"


def _percent(value: float) -> str:
    return f"{value * 100:.2f} %"


def _pair(loss: float | None, accuracy: float) -> str:
    return f"{_number(loss, 4)} / {_percent(accuracy)}"
