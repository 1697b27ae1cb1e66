"""A training run: steps, checkpoints, and the choice of the best epoch by CIDEr on dev."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from edge_runtime.console.streams import LOG_STREAM
from train.datasets.languages import language_of
from train.fitting.building import Building, build_objective
from train.fitting.logs import EpochRow, legend, write_logs
from train.fitting.plan import TrainingPlan
from train.fitting.stopping import Stopped, deferred_stop
from train.runs.folder import read_arrays, write_arrays
from train.scoring.caption_faults import speech
from train.scoring.decoder_scores import score_decoder
from train.scoring.generate import FeatureCaptioner
from train.scoring.metrics import CaptionScorer

_SAVE_SECONDS = 120


@dataclass
class TrainState:
    """Where a run stands: the next batch to train on, and what has been."""

    epoch: int = 0
    batch: int = 0
    loss_sum: float = 0.0
    seconds: float = 0.0
    best: float = -1.0
    stale: int = 0
    history: list[EpochRow] = field(default_factory=list)

    def outcome(self) -> str:
        """Return how a run ended, for people: its epochs, and the one whose weights are kept."""
        scored = [row for row in self.history if row.dev_cider is not None]
        chosen = max(scored, key=lambda row: row.dev_cider or 0.0) if scored else self.history[-1]
        why = f"dev CIDEr {chosen.dev_cider:.4f}" if scored else "no dev pictures to choose on"
        return f"{len(self.history)} epochs\tweights of epoch {chosen.epoch} ({why})"

    def to_json(self) -> str:
        """As stored in a checkpoint."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "TrainState":
        """As read from a checkpoint."""
        stored = json.loads(text)
        stored["history"] = [EpochRow(**row) for row in stored["history"]]
        return cls(**stored)


class Trainer:
    """A training run.

    Args:
        plan: What is trained, and on what.

    Raises:
        RunError: What is started from has other sizes or words.
    """

    def __init__(self, plan: TrainingPlan) -> None:
        self._plan, self._config = plan, plan.config
        network, self._batches = Building(plan).build()
        self._network, self._objective = network, build_objective(plan)
        self._weights = [weight for part in network.parts for weight in part.weights]
        self._averages = [tf.Variable(weight, trainable=False) for weight in self._weights]
        self._trainable = [variable for part in network.parts for variable in part.trainable]
        learning = {id(variable) for variable in self._trainable}
        # What is frozen stays the same to the last bit, by which cached features of frozen stages are known.
        self._averaged = [pair for pair in zip(self._averages, self._weights, strict=True) if id(pair[1]) in learning]
        self._optimizers = [self._make_optimizer(part.rate, part.trainable) for part in network.parts]
        self._step = tf.Variable(0, dtype=tf.int32, trainable=False)
        self._train_step = tf.function(self._train, reduce_retracing=True)
        self._state = TrainState()

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

    def run(self) -> TrainState:
        """Train to the end, from the last checkpoint where there is one.

        Returns:
            Where the run ended, with its history.
        """
        self._resume()
        state, config = self._state, self._config
        scorer = CaptionScorer(self._plan.dev, config.language) if self._plan.dev else None
        self._plan.log(legend(config.objective, scorer is not None))
        while state.epoch < config.epochs and state.stale < config.patience:
            self._pass()
            self._finish_epoch(scorer)
        return state

    def _pass(self) -> None:
        from tqdm import tqdm

        state, config = self._state, self._config
        batches = self._batches.epoch(state.epoch, state.batch)
        saved = begun = time.monotonic()
        before = state.seconds
        bar = tqdm(
            total=self._batches.count,
            initial=state.batch,
            desc=f"epoch {state.epoch + 1}/{config.epochs}",
            unit="batch",
            mininterval=5,
            file=LOG_STREAM,
        )
        with deferred_stop() as asked:
            for inputs, tokens in batches:
                state.loss_sum += float(self._train_step(inputs, tokens))
                state.batch += 1
                state.seconds = before + time.monotonic() - begun
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
            self._plan.log(f"stopped in epoch {state.epoch + 1}; the same command goes on from here")
            raise Stopped(asked.number)

    def _finish_epoch(self, scorer: CaptionScorer | None) -> None:
        state, config = self._state, self._config
        trained = [weight.numpy() for weight in self._weights]
        self._assign(self._averages)
        row = EpochRow(
            epoch=state.epoch + 1,
            seconds=round(state.seconds, 1),
            learning_rate=float(self._optimizers[0].learning_rate),
            train_loss=state.loss_sum / max(1, state.batch),
        )
        if scorer:
            features = self._network.dev_features(list(self._plan.dev))
            decoder, words = self._network.decoder, self._plan.vocabulary
            scores = score_decoder(decoder, words, features, self._plan.dev, language=config.language)
            row.dev_loss, row.dev_accuracy = scores.loss_masked, scores.accuracy_masked
            captioner = FeatureCaptioner(decoder, words, language_of(config.language).sentences)
            captions = captioner.captions(features, self._plan.dev, config.search(words))
            found = scorer.score(captions, meteor=False)
            row.dev_cider, row.dev_bleu_4 = found.cider, found.bleu_4
            row.dev_words = speech(captions, language=config.language).distinct_words
        state.history.append(row)
        better = row.dev_cider is None or row.dev_cider > state.best
        if better:
            state.best, state.stale = row.dev_cider or 0.0, 0
            write_arrays(self._plan.folder.best, {str(i): weight.numpy() for i, weight in enumerate(self._weights)})
        else:
            state.stale += 1
        self._assign(trained)
        state.epoch, state.batch, state.loss_sum, state.seconds = state.epoch + 1, 0, 0.0, 0.0
        self._save()
        write_logs(self._plan.folder.path, state.history)
        verdict = "the best so far, kept" if better else f"no better for {state.stale} of {config.patience} epochs"
        self._plan.log(f"{row.sentence(config.epochs, config.objective)}: {verdict}")

    def _assign(self, values: Sequence[Any]) -> None:
        for weight, value in zip(self._weights, values, strict=True):
            weight.assign(value)

    def _variables(self) -> list[tf.Variable]:
        optimizers = [variable for optimizer in self._optimizers for variable in optimizer.variables]
        return [*self._weights, *self._averages, *optimizers, self._step]

    def _save(self) -> None:
        arrays = {str(index): np.asarray(variable) for index, variable in enumerate(self._variables())}
        write_arrays(self._plan.folder.checkpoint, {**arrays, "place": np.array(self._state.to_json())})

    def _resume(self) -> None:
        if not self._plan.folder.checkpoint.exists():
            return
        stored = read_arrays(self._plan.folder.checkpoint)
        for index, variable in enumerate(self._variables()):
            variable.assign(stored[str(index)])
        self._state = TrainState.from_json(str(stored["place"]))
        self._plan.log(f"resumed at epoch {self._state.epoch + 1}, batch {self._state.batch}")
