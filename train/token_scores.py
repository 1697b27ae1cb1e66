"""Loss and accuracy of a decoder, word by word, on captions given."""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from edge_runtime.errors import OptionError
from edge_runtime.vocabulary import Vocabulary
from train.decoder import AttentionDecoder
from train.features import FeatureCache
from train.objective import TokenScores, counted
from train.text import tokenise

_TOGETHER = 40
_BUCKET = 8
"""Captions are padded to a multiple of this, so that few graphs are traced."""


def score_tokens(
    decoder: AttentionDecoder,
    vocabulary: Vocabulary,
    cache: FeatureCache,
    captions: Mapping[str, Sequence[str]],
    padded_length: int | None = None,
) -> TokenScores:
    """Score the next word at every place of every caption.

    Args:
        decoder: The Keras decoder.
        vocabulary: Its words.
        cache: Features of the pictures.
        captions: File name -> captions, as written; none is cut.
        padded_length: Places for the padded figures; the longest caption's, its end included, where None.
    """
    rows = [
        (cache.rows[name], [Vocabulary.start_id, *vocabulary.encode(tokenise(text)), Vocabulary.end_id])
        for name, texts in captions.items()
        for text in texts
    ]
    rows.sort(key=lambda row: len(row[1]))
    longest = max(len(tokens) for _, tokens in rows) - 1
    if padded_length is not None and padded_length < longest:
        raise OptionError(
            f"--padded-length {padded_length}: the longest caption has {longest} places, its end included"
        )
    score = tf.function(_score)
    loss = right = places = words = unknown = 0.0
    start = 0
    while start < len(rows):
        group = rows[start : start + _TOGETHER]
        start += len(group)
        width = -(-len(group[-1][1]) // _BUCKET) * _BUCKET
        tokens = np.full((len(group), 1, width), Vocabulary.pad_id, np.int32)
        for row, (_, ids) in enumerate(group):
            tokens[row, 0, : len(ids)] = ids
        features = np.stack([cache.grid[place] for place, _ in group]).astype(np.float32)
        batch_loss, batch_right, batch_places = score(decoder, tf.constant(features), tf.constant(tokens))
        loss, right, places = loss + float(batch_loss), right + float(batch_right), places + float(batch_places)
        words += sum(len(ids) - 2 for _, ids in group)
        unknown += sum(ids.count(Vocabulary.unknown_id) for _, ids in group)
    length = padded_length or longest
    padding = len(rows) * length - sum(len(tokens) - 1 for _, tokens in rows)
    return TokenScores(
        loss_masked=loss / places,
        accuracy_masked=right / places,
        loss_padded=loss / (places + padding),
        accuracy_padded=(right + padding) / (places + padding),
        padded_length=length,
        unknown=unknown / max(1.0, words),
    )


def _score(decoder: AttentionDecoder, features: tf.Tensor, tokens: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    targets = tokens[:, :, 1:]
    mask = counted(targets)
    log_probs = tf.nn.log_softmax(decoder.logits(tf.boolean_mask(decoder(features, tokens[:, :, :-1]), mask)))
    right = tf.boolean_mask(targets, mask)
    loss = -tf.reduce_sum(tf.gather(log_probs, right, axis=1, batch_dims=1))
    hits = tf.reduce_sum(tf.cast(tf.argmax(log_probs, 1, tf.int32) == right, tf.float32))
    return loss, hits, tf.cast(tf.size(right), tf.float32)
