"""The study's way of captioning: ResNet50 and an LSTM in Keras, one `predict` call for the picture and one for each word."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.peers.base import Loaded, Pixels, Said
from edge_runtime.errors import OptionError

if TYPE_CHECKING:
    from benchmarks.study.timing import PredictedCaptions


@dataclass
class KerasLoop:
    """The study's system with random weights, which decide nothing of its time.

    Attributes:
        threads: Of TensorFlow.
        encoder: A name in `train.encoders.registry`.
        size: Height and width of the picture in pixels.
        vocabulary: Words.
        width: Of the LSTM.
        embedding: Of word vectors.
        length: Places that captions are padded to; the longest sentence of Flickr8k and its end.
    """

    threads: int
    encoder: str = "resnet50"
    size: int = 224
    vocabulary: int = 2540
    width: int = 256
    embedding: int = 256
    length: int = 37
    name: str = "keras-loop"
    extra: str = "train"
    trained: bool = False
    needs_mb: int = 1500
    _captions: "PredictedCaptions | None" = field(default=None, repr=False)

    def load(self) -> Loaded:
        """Build encoder and decoder as the study does."""
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(self.threads)
        tf.config.threading.set_inter_op_parallelism_threads(self.threads)
        from benchmarks.study.timing import PredictedCaptions
        from train.decoders.base import DecoderConfig
        from train.decoders.registry import build_decoder
        from train.encoders.registry import encoder_spec

        spec = encoder_spec(self.encoder)
        # With Keras' own first weights: to draw better ones takes memory that captions do not.
        encoder = spec.build(self.size, self.size, False)
        decoder = build_decoder("lstm", DecoderConfig(self.vocabulary, spec.channels, self.width, self.embedding))
        self._captions = PredictedCaptions(encoder, decoder, self.length)
        # The decoder has its weights only once it has seen a picture.
        self._captions.forced_ids(_blank(self.size), 1)
        count = encoder.count_params() + decoder.count_params()
        return Loaded(
            round(count / 1e6, 2), {"weights": "random", "encoder": self.encoder, "padded_length": self.length}
        )

    def caption(self, picture: Pixels, words: int) -> Said:
        """Say so many words; padding costs a step the same whatever the number of words."""
        if self._captions is None:
            raise OptionError(f"{self.name}: not loaded; call load() first")
        return Said(len(self._captions.forced_ids(picture, words)))


def _blank(size: int) -> Pixels:
    import numpy as np

    return np.zeros((size, size, 3), np.uint8)
