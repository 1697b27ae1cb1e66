"""A run's configuration: declared once, read from files of earlier releases too."""

import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest

from edge_runtime.bundle.vocabulary import SPECIALS, Vocabulary
from train.cli import build_parser
from train.datasets.loading import DatasetSource
from train.decoders.registry import DECODERS
from train.errors import RunError
from train.runs.config import RunConfig
from train.runs.fields import NOT_NEGATIVE, PART, POSITIVE, RATE, SHARE, Bounds, declared, default_of, option_of
from train.runs.folder import RunFolder

_FIRST = {
    "format": 1, "encoder": "efficientnet_lite0", "encoder_sha256": "e" * 64, "image_size": 224, "mirror": True,
    "captions_sha256": "c" * 64, "train_pictures": 6000, "width": 256, "embedding": 128, "heads": 4, "dropout": 0.4,
    "region_dropout": 0.1, "word_dropout": 0.1, "min_count": 5, "max_length": 18, "epochs": 20, "batch": 16,
    "captions_per_picture": 5, "learning_rate": 0.0015, "weight_decay": 0.01, "clip_norm": 5.0, "label_smoothing": 0.1,
    "warmup": 1.0, "average": 0.998, "beam": 3, "length_penalty": 0.7, "patience": 4, "seed": 0, "encoder_rate": 0.0,
    "freeze": [], "start_from": "",
}  # fmt: skip
"""What the first release wrote: the fields that came later are not in it."""


def _read(content: object) -> RunConfig:
    return RunConfig.from_json(json.dumps(content), Path("run/config.json"))


def test_a_file_of_the_first_release_has_the_defaults_of_what_came_later() -> None:
    config = _read(_FIRST)
    later = {known.name: default_of(known) for known in fields(RunConfig) if declared(known).later}
    assert later == {
        "objective": "cross-entropy", "samples": 5, "cross_entropy_share": 0.1, "split_sha256": "", "train_from": "",
        "views": 6, "decoder": "attention", "say_once": False, "bleu_weight": 0.0, "truth_weight": 0.0, "new_decoder": False, "members": 1,
        "layers": 2,
        "cut": 0.65, "teachers": [], "teacher_share": 0.7, "sources": [], "source_weights": [], "new_words": False,
        "language": "en", "shared_picture": False,
    }  # fmt: skip
    assert {"format": 1, **asdict(config)} == {**_FIRST, **later}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"language": "pt_br"}, "--language pt_br: must be written pt-BR"),
        (
            {"language": "zh-Hans", "say_once": True},
            "--say-once: no function words of 'zh-Hans' are known, which may be said again",
        ),
        (
            {"language": "de", "truth_weight": 0.5},
            "--truth-weight 0.5: knows the English names of objects alone; leave it out",
        ),
    ],
)
def test_what_does_not_go_with_a_language(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError, match=message):
        replace(_read(_FIRST), **asked).check()


def test_words_that_may_be_said_again_are_those_of_the_language() -> None:
    words = Vocabulary((*SPECIALS, "a", "die", "in", "Katze"))
    config = replace(_read(_FIRST), say_once=True)
    assert config.search(words).repeatable == frozenset((4, 6))
    assert replace(config, language="de").search(words).repeatable == frozenset((5, 6))


def test_what_is_written_is_read() -> None:
    config = replace(_read(_FIRST), decoder="lstm", freeze=["stem", "block0"], teachers=["t"], cut=0.5)
    assert RunConfig.from_json(config.to_json(), Path("config.json")) == config


def test_differences_name_the_fields_and_both_values() -> None:
    config = _read(_FIRST)
    assert config.differences(replace(config, epochs=5, batch=8)) == {"batch": (16, 8), "epochs": (20, 5)}
    assert config.differences(_read(_FIRST)) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({**_FIRST, "format": 2}, "run: a run of another version of edge-caption; train it again with this one"),
        ([], "run: a run of another version of edge-caption; train it again with this one"),
        (
            {name: value for name, value in _FIRST.items() if name != "width"},
            "run/config.json: 'width' is missing; train the run again",
        ),
        ({**_FIRST, "depth": 3}, "run/config.json: 'depth' is not known; train the run again"),
        ({**_FIRST, "width": "256"}, "run/config.json: 'width' is \"256\", of another kind; train the run again"),
        ({**_FIRST, "seed": True}, "run/config.json: 'seed' is true, of another kind; train the run again"),
        ({**_FIRST, "freeze": [1]}, "run/config.json: 'freeze' is [1], of another kind; train the run again"),
    ],
)
def test_files_that_are_no_configuration(content: object, message: str) -> None:
    with pytest.raises(RunError) as caught:
        _read(content)
    assert str(caught.value) == message


def test_a_number_may_be_written_without_its_point() -> None:
    assert _read({**_FIRST, "clip_norm": 5}).clip_norm == 5


def test_every_field_that_is_asked_for_is_an_option_of_fit_with_its_default() -> None:
    words = ["fit", "--run", "r", "--data", "d"]
    asked = [known for known in fields(RunConfig) if declared(known).group]
    assert len(asked) == 44
    given = vars(build_parser().parse_args(words))
    assert not any(known.name in given for known in asked)  # what is not given is not said
    for known in asked:
        default = default_of(known)
        if isinstance(default, bool):
            value: list[str] = []
        elif declared(known).choices:
            value = [tuple(declared(known).choices)[-1]]
        else:
            value = ["7" if isinstance(default, int | float) else "stem"]
        found = getattr(build_parser().parse_args([*words, option_of(known), *value]), known.name)
        expected = not default if isinstance(default, bool) else [*value] if default == [] else type(default)(value[0])
        assert found == expected


def test_the_choices_are_those_of_the_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["fit", "--run", "r", "--data", "d", "--decoder"]
    for name in DECODERS:
        assert build_parser().parse_args([*words, name]).decoder == name
    monkeypatch.setitem(DECODERS, "mine", "mine:Mine")
    assert build_parser().parse_args([*words, "mine"]).decoder == "mine"
    replace(_read(_FIRST), decoder="mine").check()


def test_a_manifest_tells_of_the_training_in_the_order_of_the_first_ones() -> None:
    assert list(_read(_FIRST).told().items()) == [
        ("decoder", "attention"),
        ("epochs", 20),
        ("learning_rate", 0.0015),
        ("batch", 16),
        ("captions_per_picture", 5),
        ("label_smoothing", 0.1),
        ("dropout", 0.4),
        ("seed", 0),
    ]


def test_a_folder_of_the_first_release_goes_on_under_the_same_alone(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(_FIRST))
    folder, config = RunFolder(tmp_path), _read(_FIRST)
    source, words = DatasetSource(tmp_path, tmp_path / "captions.csv"), Vocabulary([*SPECIALS, "a"])
    folder.prepare(config, source, words)
    assert json.loads(file.read_text()) == _FIRST
    with pytest.raises(RunError, match=r"holds a run with another epochs \(20, now 5\); choose another --run"):
        folder.prepare(replace(config, epochs=5), source, words)
    with pytest.raises(RunError, match=r"holds a run with another decoder \(attention, now lstm\)"):
        folder.prepare(replace(config, decoder="lstm"), source, words)
    with pytest.raises(RunError, match="holds a run on another split or other captions"):
        folder.prepare(replace(config, split_sha256="s"), source, words)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"width": 0}, "--width 0: must be at least 1"),
        ({"width": 5000}, "--width 5000: must be at most 4096"),
        ({"image_size": 16}, "--size 16: must be 32 to 1024"),
        ({"decoder": "none"}, "--decoder none: must be one of attention, lstm, transformer"),
        ({"samples": 1}, "--samples 1: must be at least 2"),
        ({"learning_rate": float("inf")}, "--learning-rate inf: must be above 0"),
        ({"width": 66}, "--width 66: must be a multiple of --heads 4"),
        (
            {"source_weights": ["people=.6", "other=.3"]},
            "--source-weights people=.6 other=.3: the shares sum to 0.9, and must to 1",
        ),
    ],
)
def test_values_that_do_not_go(values: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError) as caught:
        replace(_read(_FIRST), **values).check()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("bounds", "value", "wrong"),
    [
        (POSITIVE, 1, None),
        (POSITIVE, 0, "must be at least 1"),
        (POSITIVE, 2**31, "must be at most 2147483647"),
        (NOT_NEGATIVE, 0, None),
        (NOT_NEGATIVE, float("nan"), "must be at least 0"),
        (RATE, 0, "must be above 0"),
        (RATE, float("inf"), "must be above 0"),
        (SHARE, 1, None),
        (SHARE, 0, "must be above 0 and at most 1"),
        (PART, 0, None),
        (PART, 1, "must be from 0 to below 1"),
        (Bounds(32, 1024, both=True), 1025, "must be 32 to 1024"),
    ],
)
def test_bounds(bounds: Bounds, value: float, wrong: str | None) -> None:
    assert bounds.wrong(value) == wrong
