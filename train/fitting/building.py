"""Puts together what a run trains, what it trains it on, and what it minimises."""

import keras

from edge_runtime.bundle.vocabulary import Vocabulary
from train.decoders.base import CaptionDecoder
from train.decoders.registry import build_decoder
from train.encoders.registry import build_encoder, encoder_spec
from train.errors import RunError
from train.features.intermediate_cache import cache_augmented_views, cache_seen_views, split_encoder
from train.features.pooling import pooled
from train.fitting.batches import Batches, FeatureBatches, IntermediateBatches, PictureBatches
from train.fitting.plan import TrainingPlan
from train.objectives.base import Objective
from train.objectives.cider import CiderReward
from train.objectives.cross_entropy import CrossEntropy
from train.objectives.distillation import Distilled
from train.objectives.network import DecoderNetwork, TrainableNetwork, WholeNetwork
from train.objectives.rewards import Reward, Truthful, WithBleu
from train.objectives.self_critical import SelfCritical, words_said_once
from train.objectives.teachers import Teachers
from train.runs.folder import RunFolder
from train.runs.warm_start import WarmStart


def build_objective(plan: TrainingPlan) -> Objective:
    """Return what a run minimises."""
    config, words = plan.config, len(plan.vocabulary)
    if plan.teachers:
        together = Teachers(plan.teachers, words)
        shares = config.teacher_share, config.label_smoothing, config.word_dropout, config.cut
        return Distilled(together, *shares, plan.data.weights)
    if config.objective == "self-critical":
        reward: Reward = CiderReward(plan.data.tokens)
        if config.bleu_weight:
            reward = WithBleu(reward, config.bleu_weight)
        if config.truth_weight:
            reward = Truthful(reward, config.truth_weight, plan.vocabulary)
        again = config.search(plan.vocabulary).repeatable
        once = None if again is None else words_said_once(words, again)
        return SelfCritical(reward, config.samples, config.cross_entropy_share, once)
    return CrossEntropy(config.label_smoothing, config.word_dropout, plan.data.weights)


class Building:
    """Builds the network of a run with its first weights, and its batches.

    Args:
        plan: Of the run.
    """

    def __init__(self, plan: TrainingPlan) -> None:
        self._plan = plan

    def build(self) -> tuple[TrainableNetwork, Batches]:
        """Return the network, and what it is trained on.

        Raises:
            RunError: What is started from has other sizes or words.
        """
        plan, config = self._plan, self._plan.config
        keras.utils.set_random_seed(config.seed)
        decoder = self._decoder(plan.vocabulary)
        encoder = None
        if config.trains_encoder:
            encoder = build_encoder(encoder_spec(config.encoder), plan.weights, config.image_size)
        if plan.start is not None:
            self._fill(plan.start, decoder, encoder)
        if config.shared_picture:
            decoder.keep_picture()
        if encoder is None:
            return self._on_features(decoder)
        return (
            self._on_intermediate_features(decoder, encoder)
            if config.train_from
            else self._on_pictures(decoder, encoder)
        )

    def _decoder(self, vocabulary: Vocabulary) -> CaptionDecoder:
        config = self._plan.config
        channels = encoder_spec(config.encoder).channels
        return build_decoder(config.decoder, config.decoder_sizes(vocabulary, channels))

    def _fill(self, start: WarmStart, decoder: CaptionDecoder, encoder: keras.Model | None) -> None:
        """Set the first weights to those that a run begins with."""
        known, config = start.read_vocabulary(), self._plan.config
        if known.words != self._plan.vocabulary.words and not (config.new_decoder or config.new_words):
            raise RunError(f"{start.path}: its words are not those of this data; start from a run on the same captions")
        try:
            if config.new_words:
                begun = self._decoder(known)
                start.fill(begun, encoder)
                decoder.take_words(begun, known.words, self._plan.vocabulary.words)
            elif config.new_decoder and config.shared_picture:
                begun = self._decoder(known)
                start.fill(begun, encoder)
                decoder.take_picture(begun)
            elif not config.new_decoder:
                start.fill(decoder, encoder)
            elif isinstance(start, RunFolder):
                start.fill_encoder(encoder)
            else:
                # A bundle is read into a decoder of its own words, which a new decoder need not have.
                start.fill(self._decoder(known), encoder)
        except RunError:
            raise
        except (ValueError, KeyError):
            raise RunError(
                f"{start.path}: its decoder is of another kind or has other sizes; pass its --decoder, --width, --embedding and --heads"
            ) from None

    def _on_features(self, decoder: CaptionDecoder) -> tuple[TrainableNetwork, Batches]:
        """Return the decoder alone, on cached features."""
        plan, config = self._plan, self._plan.config
        views = [pooled(view) for view in plan.views] if decoder.reads_mean else plan.views
        return DecoderNetwork(decoder, views[0]), FeatureBatches(plan.data, views, config.batch, config.seed)

    def _on_intermediate_features(
        self, decoder: CaptionDecoder, encoder: keras.Model
    ) -> tuple[TrainableNetwork, Batches]:
        """Decoder and the encoder's last stages, on cached augmented views of what the stages before say."""
        plan, config, data = self._plan, self._plan.config, self._plan.data
        lower, upper = split_encoder(encoder, config.train_from)
        views = cache_augmented_views(
            lower, plan.images, data.names, data.mirrored, config.views, plan.features, plan.log
        )
        network = WholeNetwork(encoder, decoder, plan.images, config.encoder_rate, config.freeze, upper)
        taught = []
        if plan.teachers:
            teachers = Teachers(plan.teachers, len(plan.vocabulary))
            taught = cache_seen_views(
                teachers,
                config.image_size,
                plan.images,
                data.names,
                data.mirrored,
                config.views,
                plan.features,
                plan.log,
            )
        return network, IntermediateBatches(data, views, config.batch, config.seed, taught)

    def _on_pictures(self, decoder: CaptionDecoder, encoder: keras.Model) -> tuple[TrainableNetwork, Batches]:
        """Decoder and encoder, on augmented pictures."""
        plan, config = self._plan, self._plan.config
        network = WholeNetwork(encoder, decoder, plan.images, config.encoder_rate, config.freeze, cut=config.cut)
        return network, PictureBatches(plan.data, plan.images, config.image_size, config.batch, config.seed)
