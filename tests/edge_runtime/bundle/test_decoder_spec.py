"""What a manifest may say of its decoder, and what it said before it could."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from edge_runtime import Captioner
from edge_runtime.bundle.decoder_spec import DecoderSpec
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import DEFAULT_BUNDLE, Bundle
from edge_runtime.errors import BundleError
from tests.tiny_bundle import REGIONS, SPEC, WIDTH, write_bundle


def _tensor(name: Any = "x", shape: Any = (4,)) -> dict[str, Any]:
    return {"name": name, "shape": shape}


def _with(**changes: Any) -> dict[str, Any]:
    return {**asdict(SPEC), **changes}


_NO_SHAPES: tuple[Any, ...] = (None, 4, "44", {}, [], [0], [-1], [True], [4.0], ["4"], [[4]], [1] * 5, [None])


@pytest.mark.parametrize(
    ("decoder", "message"),
    [
        (None, "the decoder has no list of its context"),
        ([], "the decoder has no list of its context"),
        ("attention", "the decoder has no list of its context"),
        ({"kind": "attention", "context": []}, "the decoder has no list of its state"),
        (_with(state={}), "the decoder has no list of its state"),
        (_with(more=1), "DecoderSpec lacks or does not know 'more'"),
        ({key: value for key, value in _with().items() if key != "kind"}, "DecoderSpec lacks or does not know 'kind'"),
        (_with(kind=3), "'kind' must be str, not 3"),
        (_with(kind=""), "a decoder's kind that is no name"),
        (_with(kind="a b\n"), "a decoder's kind that is no name"),
        (_with(kind="k" * 65), "a decoder's kind that is no name"),
        (_with(context=[]), "0 tensors of the decoder's context, where 1 to 16 may be"),
        (_with(state=[]), "0 tensors of the decoder's state, where 1 to 16 may be"),
        (_with(state=[_tensor(f"x{n}") for n in range(17)]), "17 tensors of the decoder's state, where 1 to 16"),
        (_with(state=[7]), "no table for TensorSpec"),
        (_with(state=[{"name": "x"}]), "TensorSpec lacks or does not know 'shape'"),
        (_with(state=[{**_tensor(), "dtype": "int8"}]), "TensorSpec lacks or does not know 'dtype'"),
        (_with(state=[_tensor(name=5)]), "'name' must be str, not 5"),
        (_with(state=[_tensor(name="")]), "a tensor of the decoder's state whose name is no name"),
        (_with(state=[_tensor(name="x\x1b[2J")]), "a tensor of the decoder's state whose name is no name"),
        (_with(state=[_tensor(name="x/y")]), "a tensor of the decoder's state whose name is no name"),
        (_with(state=[_tensor(name="ж")]), "a tensor of the decoder's state whose name is no name"),
        (_with(state=[_tensor(name="x" * 65)]), "a tensor of the decoder's state whose name is no name"),
        *(
            (_with(context=[_tensor(name=name)]), f"the name '{name}', which another tensor has")
            for name in ("image", "token", "log_probs", "tokens", "token_log_probs", "length", "said", "next_x")
        ),
        (_with(state=[_tensor(), _tensor()]), "two of the decoder's tensors with one name"),
        (_with(state=[_tensor(name="keys")]), "two of the decoder's tensors with one name"),
        *(
            (
                _with(state=[_tensor(shape=shape)]),
                "the decoder's 'x' of a shape that is not 1 to 4 lengths from 1 upward",
            )
            for shape in _NO_SHAPES
        ),
        (
            _with(state=[_tensor(shape=[2**62])]),
            r"4\.61169e\+18 numbers in the decoder's state, where 500,000 is the most",
        ),
        (_with(state=[_tensor(shape=[2**62] * 4)]), "numbers in the decoder's state, where 500,000 is the most"),
        (_with(context=[_tensor(shape=[3000, 3000])]), "9e\\+06 numbers in the decoder's context, where 8,000,000"),
        (_with(state=[_tensor("x", [300_000]), _tensor("y", [300_000])]), "600000 numbers in the decoder's state"),
    ],
)
def test_decoders_that_are_refused(tmp_path: Path, decoder: Any, message: str) -> None:
    write_bundle(tmp_path / "b")
    path = tmp_path / "b" / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "decoder": decoder}))
    with pytest.raises(BundleError, match=message) as refused:
        Bundle(tmp_path / "b")
    assert str(refused.value).count("\n") == 0
    assert "export the bundle again" in str(refused.value)
    assert len(str(refused.value)) < 400


def test_the_schema_before_has_no_decoder_and_opens(tmp_path: Path, dark: Path) -> None:
    bundle = write_bundle(tmp_path / "b", schema_version=1, decoder=None)
    manifest = Bundle(bundle).manifest
    assert manifest.decoder == DecoderSpec.recurrent("attention", REGIONS, WIDTH)
    assert Captioner.load(bundle).caption(dark).text == "a dark picture"
    again = manifest.to_json()
    assert Manifest.from_json(again, "again") == manifest
    assert "decoder" not in json.loads(again)


def test_the_schema_before_may_name_none(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="a decoder is named, which schema version 1 lacks"):
        Bundle(write_bundle(tmp_path / "b", schema_version=1))


def test_the_schema_of_today_must_name_one(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="the decoder has no list of its context"):
        Bundle(write_bundle(tmp_path / "b", decoder=None))


def test_the_shipped_bundle_is_written_as_it_stands() -> None:
    text = (DEFAULT_BUNDLE / "manifest.json").read_text()
    assert Bundle().manifest.to_json() == text
    assert json.loads(text)["schema_version"] == 2
