"""Puts together what a run trains, and what it trains it on."""

from collections.abc import Callable, Sequence
from pathlib import Path

import keras

from edge_runtime.bundle.vocabulary import Vocabulary
from train.decoders.registry import build_decoder
from train.encoders.registry import build_encoder, encoder_spec, find_weights
from train.errors import RunError
from train.features.cache import FeatureCache
from train.features.pooling import pooled
from train.features.stage_cache import cache_views, split_encoder
from train.fitting.batches import Batches, FeatureBatches, PictureBatches, StageBatches, TrainingSet
from train.network import DecoderNetwork, Network, WholeNetwork
from train.objectives.base import CrossEntropy, Objective, SelfCritical, words_said_once
from train.objectives.cider import CiderReward
from train.objectives.distillation import Distilled
from train.objectives.rewards import Reward, WithBleu
from train.objectives.teachers import Teacher, Teachers
from train.runs.bundle_start import BundleStart
from train.runs.folder import RunConfig, RunFolder


def build_objective(
    config: RunConfig, vocabulary: Vocabulary, data: TrainingSet, teachers: Sequence[Teacher] = ()
) -> Objective:
    """What a run minimises."""
    if teachers:
        together = Teachers(teachers, len(vocabulary))
        return Distilled(together, config.teacher_share, config.label_smoothing, config.word_dropout, config.cut)
    if config.objective == "self-critical":
        reward: Reward = CiderReward(data.tokens)
        if config.bleu_weight:
            reward = WithBleu(reward, config.bleu_weight)
        again = config.search(vocabulary).repeatable
        once = None if again is None else words_said_once(len(vocabulary), again)
        return SelfCritical(reward, config.samples, config.cross_entropy_share, once)
    return CrossEntropy(config.label_smoothing, config.word_dropout)


def build_training(
    config: RunConfig,
    vocabulary: Vocabulary,
    data: TrainingSet,
    views: Sequence[FeatureCache],
    images: Path,
    encoder_weights: Path | None,
    start: RunFolder | BundleStart | None,
    features: Path,
    say: Callable[[str], None],
) -> tuple[Network, Batches]:
    """The network of a run with its first weights, and its batches.

    Args:
        config: Of the run.
        vocabulary: Of the training split.
        data: Training pictures and captions.
        views: Cached features; the first one also of the dev pictures.
        images: Folder of the pictures.
        encoder_weights: Weights file of the encoder; the installed ones where None.
        start: Run or bundle whose weights are begun with; its decoder must be of the same sizes and words.
        features: Folder of caches.
        say: Receives lines of news.

    Raises:
        RunError: What is started from has other sizes or words.
    """
    keras.utils.set_random_seed(config.seed)
    decoder = build_decoder(config.decoder, config.decoder_sizes(vocabulary, views[0].grid.shape[2]))
    encoder = None
    if config.trains_encoder:
        spec = encoder_spec(config.encoder)
        encoder = build_encoder(spec, find_weights(spec, encoder_weights, config.seed), config.image_size)
    if start is not None:
        known = start.read_vocabulary()
        if known.words != vocabulary.words and not config.new_decoder:
            raise RunError(f"{start.path}: its words are not those of this data; start from a run on the same captions")
        try:
            if config.new_decoder and isinstance(start, RunFolder):
                start.fill_encoder(encoder)
            else:
                # A bundle is read into a decoder of its own words, which a new decoder need not have.
                sizes = config.decoder_sizes(known, views[0].grid.shape[2])
                start.fill(build_decoder(config.decoder, sizes) if config.new_decoder else decoder, encoder)
        except RunError:
            raise
        except (ValueError, KeyError):
            raise RunError(
                f"{start.path}: its decoder is of another kind or has other sizes; pass its --decoder, --width, --embedding and --heads"
            ) from None
    if encoder is None:
        if decoder.reads_mean:
            views = [pooled(view) for view in views]
        return DecoderNetwork(decoder, views[0]), FeatureBatches(data, views, config.batch, config.seed)
    if config.train_from:
        lower, upper = split_encoder(encoder, config.train_from)
        seen = cache_views(lower, images, data.names, data.mirrored, config.views, features, say)
        network = WholeNetwork(encoder, decoder, images, config.encoder_rate, config.freeze, upper)
        return network, StageBatches(data, seen, config.batch, config.seed)
    network = WholeNetwork(encoder, decoder, images, config.encoder_rate, config.freeze, cut=config.cut)
    return network, PictureBatches(data, images, config.image_size, config.batch, config.seed)
