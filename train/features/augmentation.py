"""Pictures as a camera might have shown them: cut, squeezed otherwise, lit otherwise. Mirroring is done before, by caption."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf

CUT = 0.65
"""Share of each side that a cut keeps at the least; drawn for each side, so the aspect is squeezed as well."""
_BRIGHTNESS, _CONTRAST, _SATURATION = 25.0, 0.25, 0.3


def augment(pictures: "tf.Tensor", seed: "tf.Tensor", cut: float = CUT) -> "tf.Tensor":
    """Cut and colour each picture by chance.

    Args:
        pictures: uint8 [B, H, W, 3] RGB.
        seed: int32 [2]; the same seed draws the same.
        cut: Share of each side that a cut keeps at the least.

    Returns:
        uint8 of the same shape.
    """
    import tensorflow as tf

    count, height, width, _ = pictures.shape

    def draw(salt: int, columns: int) -> "tf.Tensor":
        return tf.random.stateless_uniform((count, columns), seed + [0, salt])

    kept = 1 - (1 - cut) * draw(5, 2) * tf.cast(draw(6, 1) < 0.7, tf.float32)
    corner = draw(7, 2) * (1 - kept)
    boxes = tf.concat([corner, corner + kept], axis=1)
    x = tf.image.crop_and_resize(tf.cast(pictures, tf.float32), boxes, tf.range(count), (height, width))
    chance = (draw(8, 3) * 2 - 1)[:, None, None, :]
    grey = tf.reduce_mean(x, axis=3, keepdims=True)
    x = grey + (x - grey) * (1 + _SATURATION * chance[..., 0:1])
    mean = tf.reduce_mean(x, axis=(1, 2, 3), keepdims=True)
    x = mean + (x - mean) * (1 + _CONTRAST * chance[..., 1:2]) + _BRIGHTNESS * chance[..., 2:3]
    return tf.cast(tf.clip_by_value(tf.round(x), 0, 255), tf.uint8)
