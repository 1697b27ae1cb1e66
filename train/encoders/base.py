"""What an encoder is: a network from pixels to a grid of features, and where its weights come from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class EncoderSpec:
    """An entry of the encoder registry.

    Attributes:
        name: The name it is asked for by.
        size: Height and width in pixels that its ImageNet weights were trained at.
        channels: Depth of a grid place.
        stride: Pixels that one grid place stands for, each way.
        build: (height, width, classifier) -> a Keras model from uint8 [B, H, W, 3] RGB pixels, 0 to 255, to float32
            [B, H / stride, W / stride, channels], or with `classifier` to ImageNet logits [B, 1000].
        load_weights: (model, file) -> fills the model from a weights file of this encoder's own kind.
        find_weights: Path of the ImageNet weights, installed or downloaded; raises `WeightsError` with the remedy where there
            are none.
        grid_side: Places of the grid each way for pictures of a size; ceil(size / stride) where None.
    """

    name: str
    size: int
    channels: int
    stride: int
    build: "Callable[[int, int, bool], keras.Model]"
    load_weights: "Callable[[keras.Model, Path], None]"
    find_weights: Callable[[], Path]
    grid_side: Callable[[int], int] | None = None

    def regions(self, size: int) -> int:
        """Return places of the grid of a picture of `size` x `size` pixels."""
        side = self.grid_side(size) if self.grid_side else -(-size // self.stride)
        return side * side
