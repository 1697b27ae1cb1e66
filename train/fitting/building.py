"""Puts together what a run trains, what it trains it on, and what it minimises."""

import keras

from train.decoders.base import CaptionDecoder
from train.decoders.registry import build_decoder
from train.encoders.registry import build_encoder, encoder_spec, find_weights
from train.errors import RunError
from train.features.intermediate_cache import cache_augmented_views, split_encoder
from train.features.pooling import pooled
from train.fitting.batches import Batches, FeatureBatches, IntermediateBatches, PictureBatches
from train.fitting.plan import TrainingPlan
from train.network import DecoderNetwork, Network, WholeNetwork
from train.objectives.base import Objective
from train.objectives.cider import CiderReward
from train.objectives.cross_entropy import CrossEntropy
from train.objectives.distillation import Distilled
from train.objectives.rewards import Reward, WithBleu
from train.objectives.self_critical import SelfCritical, words_said_once
from train.objectives.teachers import Teachers
from train.runs.folder import RunFolder
from train.runs.warm_start import WarmStart


def build_objective(plan: TrainingPlan) -> Objective:
    """What a run minimises."""
    config, words = plan.config, len(plan.vocabulary)
    if plan.teachers:
        together = Teachers(plan.teachers, words)
        return Distilled(together, config.teacher_share, config.label_smoothing, config.word_dropout, config.cut)
    if config.objective == "self-critical":
        reward: Reward = CiderReward(plan.data.tokens)
        if config.bleu_weight:
            reward = WithBleu(reward, config.bleu_weight)
        again = config.search(plan.vocabulary).repeatable
        once = None if again is None else words_said_once(words, again)
        return SelfCritical(reward, config.samples, config.cross_entropy_share, once)
    return CrossEntropy(config.label_smoothing, config.word_dropout)


def build_network(plan: TrainingPlan) -> tuple[Network, Batches]:
    """The network of a run with its first weights, and its batches.

    Args:
        plan: Of the run; what it begins with must be of the same sizes and words.

    Raises:
        RunError: What is started from has other sizes or words.
    """
    config, data, images = plan.config, plan.data, plan.images
    keras.utils.set_random_seed(config.seed)
    decoder = build_decoder(config.decoder, config.decoder_sizes(plan.vocabulary, plan.channels))
    encoder = None
    if config.trains_encoder:
        spec = encoder_spec(config.encoder)
        encoder = build_encoder(spec, find_weights(spec, plan.encoder_weights, config.seed), config.image_size)
    if plan.start is not None:
        _fill(plan, plan.start, decoder, encoder)
    if encoder is None:
        views = [pooled(view) for view in plan.views] if decoder.reads_mean else plan.views
        return DecoderNetwork(decoder, views[0]), FeatureBatches(data, views, config.batch, config.seed)
    if config.train_from:
        lower, upper = split_encoder(encoder, config.train_from)
        augmented = cache_augmented_views(
            lower, images, data.names, data.mirrored, config.views, plan.features, plan.log
        )
        network = WholeNetwork(encoder, decoder, images, config.encoder_rate, config.freeze, upper)
        return network, IntermediateBatches(data, augmented, config.batch, config.seed)
    network = WholeNetwork(encoder, decoder, images, config.encoder_rate, config.freeze, cut=config.cut)
    return network, PictureBatches(data, images, config.image_size, config.batch, config.seed)


def _fill(plan: TrainingPlan, start: WarmStart, decoder: CaptionDecoder, encoder: keras.Model | None) -> None:
    """Set the first weights to those that a run begins with."""
    config, known = plan.config, start.read_vocabulary()
    if known.words != plan.vocabulary.words and not config.new_decoder:
        raise RunError(f"{start.path}: its words are not those of this data; start from a run on the same captions")
    try:
        if not config.new_decoder:
            start.fill(decoder, encoder)
        elif isinstance(start, RunFolder):
            start.fill_encoder(encoder)
        else:
            # A bundle is read into a decoder of its own words, which a new decoder need not have.
            start.fill(build_decoder(config.decoder, config.decoder_sizes(known, plan.channels)), encoder)
    except RunError:
        raise
    except (ValueError, KeyError):
        raise RunError(
            f"{start.path}: its decoder is of another kind or has other sizes; pass its --decoder, --width, --embedding and --heads"
        ) from None
