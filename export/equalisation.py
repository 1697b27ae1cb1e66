"""The same decoder with the channels of its values on one scale, so that eight bits serve all of them.

What the attention reads enters one product together with the LSTM's state, which lies within -1 and 1, while the values reach tens in a few
channels: one scale for all would leave the state a few levels. A channel's scale can be taken off where it is made and put back where it
is read, since nothing but linear maps lies between (Nagel et al. 2019, arXiv 1906.04721, section 4.1).
"""

import numpy as np
import numpy.typing as npt

from train.decoder import AttentionDecoder

_LEAST = 1e-3


def equalised(decoder: AttentionDecoder, extents: npt.NDArray[np.float32]) -> AttentionDecoder:
    """A decoder that says the same.

    Args:
        decoder: Any.
        extents: [width], largest absolute value that each channel of the values takes; it becomes 1.
    """
    result = decoder.with_words(decoder.config.vocabulary_size)
    scale = np.maximum(extents, _LEAST)
    result.value_projection.kernel.assign(result.value_projection.kernel / scale)
    result.value_projection.bias.assign(result.value_projection.bias / scale)
    for reader in (result.key_projection, result.state_h_projection, result.state_c_projection):
        reader.kernel.assign(reader.kernel * scale[:, None])
    # The state comes first, then what was read of the values.
    both = np.concatenate([np.ones(decoder.config.width, np.float32), scale])
    result.hidden.kernel.assign(result.hidden.kernel * both[:, None])
    return result


def value_extents(decoder: AttentionDecoder, features: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Largest absolute value of each channel of the values, but for one place in a thousand.

    Args:
        decoder: Any.
        features: float32 [places, channels] of pictures.

    Returns:
        [width].
    """
    values = features @ decoder.value_projection.kernel.numpy() + decoder.value_projection.bias.numpy()
    extents: npt.NDArray[np.float32] = np.quantile(np.abs(values), 0.999, axis=0).astype(np.float32)
    return extents
