import io
import math
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from edge_runtime import Captioner
from edge_runtime.backends.base import EncodedPicture
from edge_runtime.bundle import Bundle
from edge_runtime.errors import BundleError, OptionError, PictureError, UnknownVariantError
from edge_runtime.judging.captions import Encoded


@pytest.fixture(scope="module")
def captioner(tiny_bundle: Path) -> Captioner:
    return Captioner.load(tiny_bundle, threads=1)


def test_says_what_the_picture_shows(captioner: Captioner, dark: Path, bright: Path) -> None:
    assert captioner.caption(dark).text == "a dark picture"
    assert captioner.caption(bright).text == "a bright picture"


@pytest.mark.parametrize("beam", [1, 2, 3, 8, 50])
def test_every_beam_finds_the_sentence(captioner: Captioner, dark: Path, beam: int) -> None:
    assert captioner.caption(dark, beam=beam).tokens == ("a", "dark", "picture")


def test_log_probability_is_that_of_the_graph(captioner: Captioner) -> None:
    black = np.zeros((32, 32, 3), np.uint8)
    caption = captioner.caption(black, beam=1)
    # brightness is -0.5: "dark" scores 5.5, "bright" 4.5, the other six words -20.
    choice = 5.5 - math.log(math.exp(5.5) + math.exp(4.5) + 6 * math.exp(-20))
    sure = 5 - math.log(math.exp(5) + 5 * math.exp(-20) + math.exp(-20.5) + math.exp(-19.5))
    assert caption.token_log_probs == pytest.approx((sure, choice, sure, sure), abs=1e-5)
    assert caption.log_prob == pytest.approx(3 * sure + choice, abs=1e-5)


def test_every_kind_of_picture_gives_the_same(captioner: Captioner, dark: Path) -> None:
    image = Image.open(dark)
    kinds: list[Any] = [str(dark), dark, dark.read_bytes(), np.asarray(image), image]
    assert {captioner.caption(kind).text for kind in kinds} == {"a dark picture"}
    assert len({captioner.caption(kind).log_prob for kind in kinds}) == 1


def test_stream_yields_the_greedy_words_and_returns_the_caption(captioner: Captioner, bright: Path) -> None:
    stream = captioner.stream(bright)
    words = []
    while True:
        try:
            words.append(next(stream))
        except StopIteration as stop:
            caption = stop.value
            break
    assert words == ["a", "bright", "picture"]
    greedy = captioner.caption(bright, beam=1)
    assert (caption.text, caption.log_prob) == (greedy.text, greedy.log_prob)


def test_timings_add_up(captioner: Captioner, dark: Path) -> None:
    timings = captioner.caption(dark).timings
    assert timings.load > 0
    assert timings.total == timings.preprocess + timings.encode + timings.decode
    assert set(timings.to_dict()) == {"load", "preprocess", "encode", "decode", "total"}


def test_may_be_used_from_several_threads(captioner: Captioner, dark: Path, bright: Path) -> None:
    wrong: list[str] = []

    def work(path: Path, expected: str) -> None:
        wrong.extend(text for _ in range(20) if (text := captioner.caption(path).text) != expected)

    threads = [
        threading.Thread(target=work, args=pair)
        for pair in [(dark, "a dark picture"), (bright, "a bright picture")] * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_bgr_frames_are_turned(captioner: Captioner) -> None:
    frame = np.zeros((32, 32, 3), np.uint8)
    frame[:, :, 0] = 255
    from edge_runtime.pictures.preprocess import load_input

    assert load_input(frame, 32, 32, "BGR")[0, 0].tolist() == [0, 0, 255]
    assert load_input(frame, 32, 32)[0, 0].tolist() == [255, 0, 0]


def test_options_outside_their_range(captioner: Captioner, tiny_bundle: Path, dark: Path) -> None:
    with pytest.raises(OptionError, match="beam 0: must be 1 to 50"):
        captioner.caption(dark, beam=0)
    with pytest.raises(OptionError, match="threads 0: must be 1 to 64"):
        Captioner.load(tiny_bundle, threads=0)
    with pytest.raises(UnknownVariantError, match="unknown variant 'onnx-int3'; this bundle holds: onnx-fp32"):
        Captioner.load(tiny_bundle, "onnx-int3")


def test_bytes_that_are_no_picture(captioner: Captioner) -> None:
    with pytest.raises(PictureError, match="picture bytes: not a picture"):
        captioner.caption(b"certainly not")
    with pytest.raises(PictureError, match="picture bytes: the file is empty"):
        captioner.caption(io.BytesIO().getvalue())


def test_the_default_bundle_says_what_the_examples_table_says() -> None:
    examples = Path(__file__).parents[2] / "examples"
    rows = [line.split(" | ") for line in (examples / "README.md").read_text().splitlines() if line.startswith("| `")]
    told = {row[0].strip("|` "): row[1].removesuffix(" |") for row in rows if len(row) == 2}
    assert len(told) >= 6
    captioner = Captioner.load()
    same = [captioner.caption(examples / name).shown == sentence for name, sentence in told.items()]
    # The integer sums are the same everywhere; float32 in between is not to the last bit, and a near-tie may fall otherwise.
    assert sum(same) >= len(same) - 1
    for picture in (examples / "outside").glob("*.jpg"):
        caption = captioner.caption(picture)
        assert caption.abstained or 3 <= len(caption.tokens) <= captioner.manifest.max_length


def test_a_bundle_that_is_open_already(tiny_bundle: Path, dark: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle(tiny_bundle)
    monkeypatch.setattr("edge_runtime.bundle.reader.open_container", _never)
    for digest in (None, bundle.digest):
        assert Captioner.load(bundle, expect_digest=digest).caption(dark).text == "a dark picture"
    with pytest.raises(BundleError, match="not the expected one"):
        Captioner.load(bundle, expect_digest="0" * 64)
    with pytest.raises(UnknownVariantError):
        Captioner.load(bundle, "onnx-int3")


def test_the_letters_of_what_is_said(captioner: Captioner) -> None:
    assert set("adarkpicture") <= set(captioner.letters)


def _never(_path: Path) -> None:
    raise AssertionError("it is opened again")


def test_what_is_seen_whatever_its_place(captioner: Captioner) -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (32, 32, 3), np.uint8)
    encoded = captioner.encode(picture)
    mean = encoded.picture.context[-1].reshape(-1, encoded.picture.context[-1].shape[-1]).mean(0)
    assert encoded.summary.shape == (mean.size,)
    assert encoded.summary.dtype == np.float32
    np.testing.assert_allclose(encoded.summary * np.linalg.norm(mean), mean, rtol=1e-5)
    assert float(encoded.summary @ encoded.summary) == pytest.approx(1.0, abs=1e-6)


def test_heads_of_attention_are_not_mixed() -> None:
    grid = np.random.default_rng(0).normal(size=(1, 5, 6)).astype(np.float32)
    by_head = grid.reshape(5, 2, 3).transpose(1, 0, 2).reshape(1, 5, 6)
    wanted = grid[0].mean(0) / np.linalg.norm(grid[0].mean(0))
    for context, groups in ((grid, 1), (by_head, 2)):
        picture = EncodedPicture(lambda *_: None, (), (context,))  # type: ignore[arg-type]
        np.testing.assert_allclose(Encoded(picture, 0.0, 0.0, groups=groups).summary, wanted, rtol=1e-5)


def test_the_default_model_sees_the_same_in_a_mirror() -> None:
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:, :20] = (200, 30, 30)
    ours = Captioner.load(threads=1)
    seen, mirrored = (ours.encode(np.ascontiguousarray(one)).summary for one in (picture, picture[:, ::-1]))
    assert seen.shape == (256,)
    assert float(seen @ mirrored) > 0.9
