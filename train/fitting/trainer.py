"""A training run: steps, checkpoints, and the choice of the best epoch by CIDEr on dev."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.streams import LOG_STREAM
from train.fitting.batches import Batches
from train.fitting.logs import EpochRow, legend, write_logs
from train.fitting.stopping import Stopped, deferred_stop
from train.network import Network
from train.objectives.base import Objective
from train.runs.folder import RunConfig, RunFolder, read_arrays, write_arrays
from train.scoring.decoder_scores import score_decoder
from train.scoring.generate import FeatureCaptioner
from train.scoring.metrics import CaptionScorer

_SAVE_SECONDS = 120


@dataclass
class Place:
    """Where a run stands: the next batch to train on, and what has been."""

    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    seconds: float = 0.0
    best: float = -1.0
    stale: int = 0
    history: list[EpochRow] = field(default_factory=list)

    def to_json(self) -> str:
        """As stored in a checkpoint."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Place":
        """As read from a checkpoint."""
        stored = json.loads(text)
        stored["history"] = [EpochRow(**row) for row in stored["history"]]
        return cls(**stored)


class Fitting:
    """A training run.

    Args:
        folder: Prepared run folder.
        config: Its configuration.
        vocabulary: Of the training split.
        network: What is trained.
        batches: What it is trained on.
        objective: What is minimised.
        dev: Dev captions by picture, as written; empty to train without choosing.
        say: Receives lines of news.
    """

    def __init__(
        self,
        folder: RunFolder,
        config: RunConfig,
        vocabulary: Vocabulary,
        network: Network,
        batches: Batches,
        objective: Objective,
        dev: Mapping[str, Sequence[str]],
        say: Callable[[str], None],
    ) -> None:
        self._folder, self._config, self._vocabulary = folder, config, vocabulary
        self._network, self._batches, self._dev, self._say = network, batches, dev, say
        self._objective = objective
        self._weights = [weight for part in network.parts for weight in part.weights]
        self._averages = [tf.Variable(weight, trainable=False) for weight in self._weights]
        self._trainable = [variable for part in network.parts for variable in part.trainable]
        learning = {id(variable) for variable in self._trainable}
        # What is frozen stays the same to the last bit, by which cached features of frozen stages are known.
        self._averaged = [pair for pair in zip(self._averages, self._weights, strict=True) if id(pair[1]) in learning]
        self._optimizers = [self._make_optimizer(part.rate, part.trainable) for part in network.parts]
        self._step = tf.Variable(0, dtype=tf.int32, trainable=False)
        self._train_step = tf.function(self._train, reduce_retracing=True)
        self._place = Place()

    def _make_optimizer(self, rate: float, variables: Sequence[tf.Variable]) -> keras.optimizers.Optimizer:
        config, count = self._config, self._batches.count
        warmup = max(1, round(config.warmup * count))
        peak = config.learning_rate * rate
        schedule = keras.optimizers.schedules.CosineDecay(
            0.0, max(1, config.epochs * count - warmup), warmup_target=peak, warmup_steps=warmup, alpha=0.01
        )
        optimizer = keras.optimizers.AdamW(schedule, weight_decay=config.weight_decay, beta_2=0.99)
        optimizer.build(variables)
        return optimizer

    def _train(self, inputs: tf.Tensor, tokens: tf.Tensor) -> tf.Tensor:
        config = self._config
        seed = tf.stack([config.seed, self._step * 16])
        with tf.GradientTape() as tape:
            loss, reported = self._objective(self._network, inputs, tokens, seed)
        gradients = tape.gradient(loss, self._trainable)
        gradients, _ = tf.clip_by_global_norm(gradients, config.clip_norm)
        start = 0
        for part, optimizer in zip(self._network.parts, self._optimizers, strict=True):
            end = start + len(part.trainable)
            if part.trainable:
                optimizer.apply_gradients(zip(gradients[start:end], part.trainable, strict=True))
            start = end
        self._step.assign_add(1)
        done = tf.cast(self._step, tf.float32)
        keep = tf.minimum(config.average, done / (done + 10.0))
        for average, weight in self._averaged:
            average.assign(keep * average + (1 - keep) * weight)
        return reported

    def run(self) -> Place:
        """Train to the end, from the last checkpoint where there is one.

        Returns:
            Where the run ended, with its history.
        """
        self._resume()
        scorer = CaptionScorer(self._dev) if self._dev else None
        place, config = self._place, self._config
        self._say(legend(config.objective, scorer is not None))
        while place.epoch < config.epochs and place.stale < config.patience:
            self._pass()
            self._finish_epoch(scorer)
        return place

    def _pass(self) -> None:
        from tqdm import tqdm

        place, config = self._place, self._config
        batches = self._batches.epoch(place.epoch, place.batch)
        saved = begun = time.monotonic()
        before = place.seconds
        bar = tqdm(
            total=self._batches.count,
            initial=place.batch,
            desc=f"epoch {place.epoch + 1}/{config.epochs}",
            unit="batch",
            mininterval=5,
            file=LOG_STREAM,
        )
        with deferred_stop() as asked:
            for inputs, tokens in batches:
                place.loss_sum += float(self._train_step(inputs, tokens))
                place.batch += 1
                place.seconds = before + time.monotonic() - begun
                if asked.number is not None:
                    break
                bar.update()
                if time.monotonic() - saved > _SAVE_SECONDS:
                    self._save()
                    saved = time.monotonic()
            # The look at dev takes minutes; who stops it then loses none of the pass.
            self._save()
        bar.close()
        if asked.number is not None:
            self._say(f"stopped in epoch {place.epoch + 1}; the same command goes on from here")
            raise Stopped(asked.number)

    def _finish_epoch(self, scorer: CaptionScorer | None) -> None:
        place, config = self._place, self._config
        trained = [weight.numpy() for weight in self._weights]
        self._assign(self._averages)
        row = EpochRow(
            epoch=place.epoch + 1,
            seconds=round(place.seconds, 1),
            learning_rate=float(self._optimizers[0].learning_rate),
            train_loss=place.loss_sum / max(1, place.batch),
        )
        if scorer:
            features = self._network.dev_features(list(self._dev))
            decoder = self._network.decoder
            scores = score_decoder(decoder, self._vocabulary, features, self._dev)
            row.dev_loss, row.dev_accuracy = scores.loss_masked, scores.accuracy_masked
            search = config.search(self._vocabulary)
            captions = FeatureCaptioner(decoder, self._vocabulary).captions(features, self._dev, search)
            found = scorer.score(captions, meteor=False)
            row.dev_cider, row.dev_bleu_4 = found.cider, found.bleu_4
            row.dev_words = len({word for caption in captions.values() for word in caption.split()})
        place.history.append(row)
        better = row.dev_cider is None or row.dev_cider > place.best
        if better:
            place.best, place.stale = row.dev_cider or 0.0, 0
            write_arrays(self._folder.best, {str(i): weight.numpy() for i, weight in enumerate(self._weights)})
        else:
            place.stale += 1
        self._assign(trained)
        place.epoch, place.batch, place.loss_sum, place.seconds = place.epoch + 1, 0, 0.0, 0.0
        self._save()
        write_logs(self._folder.path, place.history)
        verdict = "the best so far, kept" if better else f"no better for {place.stale} of {config.patience} epochs"
        self._say(f"{row.sentence(config.epochs, config.objective)}: {verdict}")

    def _assign(self, values: Sequence[Any]) -> None:
        for weight, value in zip(self._weights, values, strict=True):
            weight.assign(value)

    def _state(self) -> list[tf.Variable]:
        optimizers = [variable for optimizer in self._optimizers for variable in optimizer.variables]
        return [*self._weights, *self._averages, *optimizers, self._step]

    def _save(self) -> None:
        arrays = {str(index): np.asarray(variable) for index, variable in enumerate(self._state())}
        write_arrays(self._folder.checkpoint, {**arrays, "place": np.array(self._place.to_json())})

    def _resume(self) -> None:
        if not self._folder.checkpoint.exists():
            return
        stored = read_arrays(self._folder.checkpoint)
        for index, variable in enumerate(self._state()):
            variable.assign(stored[str(index)])
        self._place = Place.from_json(str(stored["place"]))
        self._say(f"resumed at epoch {self._place.epoch + 1}, batch {self._place.batch}")
