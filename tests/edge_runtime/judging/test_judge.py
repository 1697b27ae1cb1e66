import json
import math
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from edge_runtime import Captioner
from edge_runtime.bench.autotune import tune
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import Caption, Encoded
from edge_runtime.cli import main
from edge_runtime.doctor import smoke_test
from edge_runtime.errors import BundleError, OptionError
from tests.judged_bundle import as_npy, judged_bundle, matrix


@pytest.fixture
def judged(tiny_bundle: Path, tmp_path: Path) -> Path:
    return judged_bundle(tiny_bundle, tmp_path / "judged")


def _grey(value: int) -> npt.NDArray[np.uint8]:
    return np.full((40, 40, 3), value, np.uint8)


def test_a_clear_picture_gets_a_sentence_and_its_confidence(judged: Path) -> None:
    caption = Captioner.load(judged).caption(_grey(90))
    assert caption.text == "a dark picture"
    assert caption.abstained == ""
    clear = -math.log(math.exp(-20 * (90 / 255 - 0.5) - 8) + math.exp(20 * (90 / 255 - 0.5) - 8))
    mean = sum(caption.token_log_probs) / len(caption.token_log_probs)
    assert caption.confidence == pytest.approx(1 / (1 + math.exp(-(1 + 2 * mean + 0.1 * clear))), abs=1e-3)


@pytest.mark.parametrize(("value", "why"), [(0, "black"), (255, "white")])
def test_no_clear_picture_gets_none_and_says_why(judged: Path, value: int, why: str) -> None:
    captioner = Captioner.load(judged)
    for caption in (captioner.caption(_grey(value)), captioner.caption(_grey(value), beam=3)):
        assert (caption.text, caption.tokens, caption.token_log_probs) == ("", (), ())
        assert caption.abstained == why
        assert caption.confidence == 0
    stream = captioner.stream(_grey(value))
    with pytest.raises(StopIteration) as end:
        next(stream)
    assert end.value.value.abstained == why


def test_a_bundle_that_knows_nothing_of_it_says_what_it_said(tiny_bundle: Path) -> None:
    caption = Captioner.load(tiny_bundle).caption(_grey(0))
    assert caption.text == "a dark picture"
    assert caption.confidence is None
    assert not caption.hedged
    with pytest.raises(OptionError, match="does not know how sure its sentences are"):
        Captioner.load(tiny_bundle, min_confidence=0.5)
    with pytest.raises(OptionError, match="does not know which words tell a person's sex"):
        Captioner.load(tiny_bundle, wording="neutral")


def test_below_what_is_asked_for_nothing_is_said(judged: Path) -> None:
    sure = Captioner.load(judged).caption(_grey(90)).confidence
    assert sure is not None
    below, above = (
        Captioner.load(judged, min_confidence=sure - 0.01),
        Captioner.load(judged, min_confidence=sure + 0.01),
    )
    assert below.caption(_grey(90)).text == "a dark picture"
    caption = above.caption(_grey(90))
    assert (caption.text, caption.abstained) == ("", "unsure")
    assert caption.confidence == pytest.approx(sure)


@pytest.mark.parametrize("value", [-0.1, 1.5, math.nan, True, "0.5", None])
def test_a_confidence_outside_0_to_1_is_refused(judged: Path, value: Any) -> None:
    with pytest.raises(OptionError, match="must be 0 to 1"):
        Captioner.load(judged, min_confidence=value)


def test_a_sentence_of_little_confidence_is_a_guess(tiny_bundle: Path, tmp_path: Path) -> None:
    bundle = judged_bundle(tiny_bundle, tmp_path / "b", confidence={"hedge_below": 0.99})
    caption = Captioner.load(bundle).caption(_grey(90))
    assert caption.hedged
    assert caption.shown == "perhaps a dark picture"


def test_words_that_tell_are_said_only_where_they_are_sure(tiny_bundle: Path, tmp_path: Path) -> None:
    captioner = Captioner.load(judged_bundle(tiny_bundle, tmp_path / "b", confidence={"sex_margin": 0.2}))
    # "dark" is likelier than "bright" by 2 (0.5 - mean / 255).
    assert captioner.caption(_grey(90)).text == "a dark picture"
    unsure = captioner.caption(_grey(120))
    assert unsure.text == "some frame"
    assert unsure.tokens == ("a", "dark", "picture")
    assert captioner.caption(_grey(120), beam=3).text == "some frame"
    # What follows from a word for both follows; an article that was said cannot be taken back.
    assert list(captioner.stream(_grey(120))) == ["a", "odd", "frame"]


def test_neutral_wording_never_says_them(judged: Path) -> None:
    captioner = Captioner.load(judged, wording="neutral")
    assert captioner.caption(_grey(90)).text == "some frame"
    assert list(captioner.stream(_grey(90))) == ["a", "odd", "frame"]
    with pytest.raises(OptionError, match="wording loud: must be one of sure, neutral"):
        Captioner.load(judged, wording="loud")


def test_a_made_up_picture_can_be_timed_and_tried(judged: Path) -> None:
    caption = Captioner.load(judged, abstains=False).caption(_grey(0))
    assert (caption.text, caption.abstained) == ("a dark picture", "")


def test_a_captioner_tells_whether_it_abstains(judged: Path, tiny_bundle: Path) -> None:
    captioners = Captioner.load(judged), Captioner.load(judged, abstains=False), Captioner.load(tiny_bundle)
    assert [captioner.abstains for captioner in captioners] == [True, False, False]


def test_what_times_and_tries_made_up_pictures_searches_for_sentences(
    tiny_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = judged_bundle(tiny_bundle, tmp_path / "b", confidence={"least_clear": 1e6})
    assert Captioner.load(bundle).caption(_grey(90)).text == ""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    said = []
    decode = Captioner.decode

    def heard(self: Captioner, encoded: Encoded, beam: int | None = None) -> Caption:
        said.append(decode(self, encoded, beam))
        return said[-1]

    monkeypatch.setattr(Captioner, "decode", heard)
    tune(bundle, 1, None, 1)
    tuned = len(said)
    assert smoke_test.main(["onnx-fp32", str(bundle)]) == 0
    assert 0 < tuned < len(said)
    assert all(caption.tokens for caption in said)


def test_numbers_that_overflow_are_of_no_clear_picture(judged: Path) -> None:
    captioner = Captioner.load(judged)
    encoded = captioner.encode(_grey(90))
    context = tuple(np.full_like(tensor, 3e38) for tensor in encoded.picture.context)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = captioner._judge.look(replace(encoded.picture, context=context))
    assert found is not None
    assert captioner._judge.refuses(found) in ("black", "white")


def test_a_judge_of_a_decoder_that_is_none_is_refused_too(judged: Path) -> None:
    manifest = json.loads((judged / "manifest.json").read_text())
    manifest["decoder"]["context"][1]["shape"] = 5
    (judged / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="of a shape that is not"):
        Bundle(judged)


def test_the_command_line_says_so_and_ends_well(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "p.png"
    Image.fromarray(_grey(0)).save(picture)
    assert main(["caption", "--bundle", str(judged), str(picture)]) == 0
    assert capsys.readouterr().out == f"{picture}\tno clear picture (black)\n"
    assert main(["caption", "--bundle", str(judged), "--json", str(picture)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["caption"], found["abstained"], found["confidence"]) == ("", "black", 0.0)
    assert (found["tokens"], found["token_log_probs"], found["log_prob"], found["hedged"]) == ([], [], None, False)
    assert main(["caption", "--bundle", str(judged), "--min-confidence", "2", str(picture)]) != 0
    assert "min confidence 2.0: must be 0 to 1" in capsys.readouterr().err


def test_json_tells_guesses_and_keeps_the_words_of_what_is_not_said(
    tiny_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = judged_bundle(tiny_bundle, tmp_path / "b", confidence={"hedge_below": 0.99})
    picture = tmp_path / "p.png"
    Image.fromarray(_grey(90)).save(picture)
    found = []
    for words in ([], ["--wording", "neutral"], ["--min-confidence", ".98"]):
        assert main(["caption", "--bundle", str(bundle), "--json", *words, str(picture)]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert [(line["caption"], line["abstained"], line["hedged"]) for line in found] == [
        ("a dark picture", "", True),
        ("some frame", "", True),
        ("", "unsure", False),
    ]
    assert all(line["tokens"] == ["a", "dark", "picture"] for line in found)
    assert all(line["log_prob"] == pytest.approx(sum(line["token_log_probs"]), abs=1e-3) for line in found)


def test_the_manifest_goes_there_and_back(judged: Path, tiny_bundle: Path) -> None:
    manifest = Bundle(judged).manifest
    assert manifest.judge is not None
    assert manifest.judge.kinds == ("picture", "black", "white")
    assert manifest.from_json(manifest.to_json(), "again") == manifest
    # What is not there is not written, so that digests of older bundles stay.
    assert "judge" not in json.loads(Bundle(tiny_bundle).manifest.to_json())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"judge": {"tensor": "looks"}}, "a judge of the tensor 'looks'"),
        ({"judge": {"groups": 3}}, "a judge of 3 groups"),
        ({"judge": {"kinds": ["picture"]}}, "other than 2 to 64 kinds"),
        ({"judge": {"kinds": ["picture", "\n", "white"]}}, "a kind that is no word"),
        ({"confidence": {"weights": {"mood": 1.0}}}, "a confidence by other terms"),
        ({"confidence": {"weights": {"clear": "much"}}}, "no number of a usual size"),
        ({"confidence": {"bias": 1e300}}, "no number of a usual size"),
        ({"confidence": {"hedge_below": 2}}, "'hedge_below' is not 0 to 1"),
        ({"wording": {"nouns": [["man", "woman"]]}}, "a wording whose 'nouns' are no rows of 4 words"),
        ({"wording": {"pronouns": "his"}}, "a wording whose 'pronouns'"),
        ({"wording": {"animals": [["dog"]]}}, "a wording whose 'animals' are no words"),
        ({"wording": {"phrases": [["a person", 3]]}}, "a wording whose 'phrases'"),
        ({"probe": as_npy(matrix()[:-1])}, "not float32 [5, 17]"),
        ({"probe": as_npy(matrix().astype(np.float64))}, "not float32 [5, 17]"),
        ({"probe": as_npy(np.full((5, 17), np.nan, np.float32))}, "numbers that are not finite"),
        ({"probe": b"no array"}, "not an array of NumPy"),
        ({"probe": as_npy(np.array([{}], object))}, "not float32 [5, 17]"),
        ({"probe": as_npy(matrix())[:-4]}, "not float32 [5, 17]"),
        ({"probe": as_npy(np.asfortranarray(matrix()))}, "not float32 [5, 17]"),
        ({"probe": as_npy(matrix()).replace(b"(5, 17)", b"(9**9")}, "not an array of NumPy"),
        ({"probe": as_npy(matrix() * np.float32(1e7))}, "beyond 1,000,000"),
        ({"probe": b"PK\3\4" + bytes(200)}, "not an array of NumPy"),
    ],
)
def test_a_stranger_s_judge_is_refused(tiny_bundle: Path, tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    bundle = judged_bundle(tiny_bundle, tmp_path / "b", **changes)
    with pytest.raises(BundleError) as error:
        Captioner.load(bundle)
    assert said in str(error.value)
    assert str(error.value).endswith("export the bundle again")


@pytest.mark.parametrize("left_out", ["judge", "file"])
def test_a_judge_and_its_file_go_together(judged: Path, left_out: str) -> None:
    manifest = json.loads((judged / "manifest.json").read_text())
    del (manifest if left_out == "judge" else manifest["files"])["judge"]
    (judged / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="a judge without its file"):
        Bundle(judged)
