"""What training minimises: the seam behind which each objective stands in its own file."""

from typing import Protocol

import tensorflow as tf

from train.objectives.network import TrainableNetwork


class Objective(Protocol):
    """What a training step minimises."""

    def __call__(
        self, network: TrainableNetwork, inputs: tf.Tensor, tokens: tf.Tensor, seed: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Return the loss of a batch, and the figure to report: cross-entropy a word in nats, or the mean reward.

        Args:
            network: What is trained.
            inputs: Features or pictures.
            tokens: int32 [P, K, T], start, words, end, padding.
            seed: int32 [2]; the same seed draws the same.
        """
        ...
