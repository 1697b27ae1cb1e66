"""The same decoder with the channels of its values on one scale, so that eight bits serve all of them.

What the attention reads enters one product together with the LSTM's state, which lies within -1 and 1, while the values reach tens in a few
channels: one scale for all would leave the state a few levels. A channel's scale can be taken off where it is made and put back where it
is read, since nothing but linear maps lies between (Nagel et al. 2019, arXiv 1906.04721, section 4.1).
"""

import numpy as np
import numpy.typing as npt

from train.decoders.attention import AttentionDecoder
from train.decoders.ensemble import Attention, attention_members

_LEAST = 1e-3

Floats = npt.NDArray[np.float32]


def equalised(decoder: Attention, extents: Floats) -> Attention:
    """Return a decoder that says the same.

    Args:
        decoder: Any.
        extents: [D], largest absolute value that each channel of the values takes; it becomes 1.
    """
    result = decoder.with_words(decoder.config.vocabulary_size)
    scales = np.split(np.maximum(extents, _LEAST), decoder.config.members)
    for member, scale in zip(attention_members(result), scales, strict=True):
        _rescale(member, scale)
    return result


def value_extents(decoder: Attention, features: Floats) -> Floats:
    """Return largest absolute value of each channel of the values, but for one place in a thousand.

    Args:
        decoder: Any.
        features: float32 [places, channels] of pictures.

    Returns:
        [D].
    """
    found = []
    for member in attention_members(decoder):
        values = features @ member.value_projection.kernel.numpy() + member.value_projection.bias.numpy()
        found.append(np.quantile(np.abs(values), 0.999, axis=0).astype(np.float32))
    return np.concatenate(found)


def _rescale(decoder: AttentionDecoder, scale: Floats) -> None:
    decoder.value_projection.kernel.assign(decoder.value_projection.kernel / scale)
    decoder.value_projection.bias.assign(decoder.value_projection.bias / scale)
    for reader in (decoder.key_projection, decoder.state_h_projection, decoder.state_c_projection):
        reader.kernel.assign(reader.kernel * scale[:, None])
    # The state comes first, then what was read of the values.
    both = np.concatenate([np.ones(decoder.config.width, np.float32), scale])
    decoder.hidden.kernel.assign(decoder.hidden.kernel * both[:, None])
