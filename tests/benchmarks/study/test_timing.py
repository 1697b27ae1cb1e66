from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from benchmarks.study.timing import PredictedCaptions, time_captions
from edge_runtime.bundle.vocabulary import Vocabulary
from edge_runtime.decoding import Search
from edge_runtime.pictures.preprocess import load_input
from train.decoders.base import DecoderConfig
from train.decoders.registry import DECODERS, build_decoder
from train.scoring.generate import FeatureCaptioner


@pytest.mark.parametrize("kind", sorted(DECODERS))
def test_word_by_word_through_predict_is_the_greedy_sentence(kind: str, tmp_path: Path) -> None:
    keras.utils.set_random_seed(5)
    picture = keras.Input((32, 32, 3), dtype="uint8")
    pixels = keras.ops.cast(picture, "float32") / 50.0
    encoder = keras.Model(picture, keras.layers.Conv2D(6, 5, strides=8)(pixels))
    decoder = build_decoder(kind, DecoderConfig(vocabulary_size=9, channels=6, width=8, embedding=4))
    decoder.embedding.assign(decoder.embedding * 8)
    vocabulary = Vocabulary(["<pad>", "<start>", "<end>", "<unk>", "a", "dog", "runs", "two", "cats"])
    captions = PredictedCaptions(encoder, decoder, 8)
    rng = np.random.default_rng(2)
    for index in range(2):
        path = tmp_path / f"{index}.png"
        Image.fromarray(rng.integers(0, 256, (32, 32, 3), np.uint8)).save(path)
        features = encoder(load_input(path, 32, 32)[None]).numpy().reshape(1, -1, 6)
        search = Search(Vocabulary.start_id, Vocabulary.end_id, 7)
        (wanted,) = FeatureCaptioner(decoder, vocabulary).search(features, search)
        found = captions.ids(path)
        assert [token for token in found if token != Vocabulary.end_id] == list(wanted.ids)
        assert captions(path) == len(found) == len(wanted.log_probs)
        forced = captions.forced_ids(load_input(path, 32, 32), 6)
        assert len(forced) == 6
        assert forced[: len(found)] == found[:6]
        assert len(captions.forced_ids(path, 99)) == 7


def test_the_first_pictures_warm_up_and_each_system_has_its_turn() -> None:
    seen: list[tuple[str, str]] = []

    def caption(system: str, words: int) -> object:
        def one(path: Path) -> int:
            seen.append((system, path.name))
            return words

        return one

    systems = {"a": caption("a", 3), "b": caption("b", 5)}
    times = time_captions(systems, [Path(name) for name in "xyz"])  # type: ignore[arg-type]
    assert seen[:4] == [(system, name) for name in "xy" for system in "ab"]
    assert [set(seen[place : place + 2]) for place in (4, 6, 8)] == [{("a", name), ("b", name)} for name in "xyz"]
    assert len(seen) == 10
    assert (times["a"].words, times["b"].words) == (3, 5)
    assert times["a"].captions == 3
