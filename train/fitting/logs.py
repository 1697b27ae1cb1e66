"""What a run tells of itself: `log.csv`, TensorBoard events, and a picture of the curves."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from edge_runtime.files import replacing, write_whole


@dataclass
class EpochRow:
    """One pass over the training captions.

    Attributes:
        epoch: From 1.
        seconds: Training alone, without the look at dev.
        learning_rate: At its end.
        train_loss: Mean cross-entropy a word in nats, under dropout, without smoothing; under the self-critical objective the mean
            reward (CIDEr-D of drawn captions, 0 to 10).
        dev_loss: The same on dev, of the averaged weights, without dropout.
        dev_accuracy: Share of dev words told right, padding not counted.
        dev_cider: CIDEr of the captions searched for on dev.
        dev_bleu_4: Their BLEU-4.
        dev_words: Different words in them.
    """

    epoch: int
    seconds: float
    learning_rate: float
    train_loss: float
    dev_loss: float | None = None
    dev_accuracy: float | None = None
    dev_cider: float | None = None
    dev_bleu_4: float | None = None
    dev_words: int | None = None

    def sentence(self, epochs: int, objective: str) -> str:
        """Return the row, for people.

        Args:
            epochs: Of the run, at the most.
            objective: Of the run.
        """
        trained = "reward" if objective == "self-critical" else "train loss"
        told = f"epoch {self.epoch} of {epochs}: {self.seconds:.0f} s, {trained} {self.train_loss:.3f}"
        if self.dev_cider is None:
            return told
        return (
            f"{told}, dev loss {self.dev_loss:.3f}, accuracy {self.dev_accuracy:.1%}, CIDEr {self.dev_cider:.4f}, "
            f"BLEU-4 {self.dev_bleu_4:.4f}, {self.dev_words} different words"
        )


def legend(objective: str, scored: bool) -> str:
    """Return what the figures of an epoch's line are, said once.

    Args:
        objective: Of the run.
        scored: Whether dev captions are scored.
    """
    loss = "loss is nats a word (falls as it learns)"
    trained = f"reward is the CIDEr-D of drawn captions, 0 to 10 (rises as it learns); {loss}"
    told = f"a line an epoch: {trained if objective == 'self-critical' else loss}"
    if not scored:
        return told
    return (
        f"{told}; accuracy is the share of dev words told right; CIDEr (0 to about 1) and BLEU-4 (0 to 1) score the dev captions "
        "against people's, and the epoch of the highest CIDEr is kept; few different words mean that all pictures get one sentence"
    )


def write_logs(folder: Path, history: Sequence[EpochRow]) -> None:
    """Write the history as CSV and a picture, and its last row to TensorBoard."""
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, [field.name for field in fields(EpochRow)])
    writer.writeheader()
    writer.writerows(asdict(row) for row in history)
    write_whole(folder / "log.csv", table.getvalue().encode())
    _write_events(folder / "tensorboard", history[-1])
    _draw(folder / "curves.png", history)


def _write_events(folder: Path, row: EpochRow) -> None:
    import tensorflow as tf

    writer = tf.summary.create_file_writer(str(folder))
    with writer.as_default(step=row.epoch):
        for name, value in asdict(row).items():
            if value is not None and name != "epoch":
                tf.summary.scalar(name, value)
    writer.close()


def _draw(path: Path, history: Sequence[EpochRow]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.5), layout="constrained")
    loss, cider = figure.subplots(1, 2)
    epochs = [row.epoch for row in history]
    loss.plot(epochs, [row.train_loss for row in history], label="train, under dropout")
    if history[0].dev_loss is not None:
        loss.plot(epochs, [row.dev_loss for row in history], label="dev")
        cider.plot(epochs, [row.dev_cider for row in history], label="CIDEr")
        cider.plot(epochs, [row.dev_bleu_4 for row in history], label="BLEU-4")
        cider.legend()
    loss.set(xlabel="epoch", ylabel="cross-entropy, nats a word")
    cider.set(xlabel="epoch", ylabel="score on dev")
    loss.legend()
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=120)
