"""A second family of decoders on the whole path: coloured squares -> training -> both runtimes, float and eight bits -> captions."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import edge_runtime.cli
from edge_runtime.backends.decoding import greedy_search
from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle.decoder_spec import TensorSpec
from edge_runtime.bundle.reader import Bundle
from edge_runtime.captioner import search_of
from edge_runtime.pictures.preprocess import load_input
from tests.export.coloured_run import colours_named, exported, trained
from train.runs.folder import RunFolder

VARIANTS = ("onnx-fp32", "onnx-int8", "litert-fp32", "litert-int8")


@pytest.fixture(scope="module")
def run(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trained(coloured, tmp_path_factory.mktemp("transformer"), "transformer")


@pytest.fixture(scope="module")
def bundle(run: Path) -> Path:
    return exported(run, VARIANTS, 200)


def test_the_manifest_lists_its_tensors(run: Path, bundle: Path) -> None:
    manifest, config = Bundle(bundle).manifest, RunFolder(run).config()
    length, all_layers = config.max_length + 1, 2 * config.width
    assert json.loads((bundle / "manifest.json").read_text())["schema_version"] == 2
    assert manifest.decoder.kind == manifest.provenance["training"]["decoder"] == "transformer"
    assert manifest.decoder.context == (TensorSpec("keys", (4, all_layers)), TensorSpec("values", (4, all_layers)))
    assert manifest.decoder.state == (
        TensorSpec("cache_keys", (length, all_layers)),
        TensorSpec("cache_values", (length, all_layers)),
        TensorSpec("filled", (length,)),
    )
    card = " ".join((bundle / "MODEL_CARD.md").read_text().split())
    assert "a Transformer decoder with attention over 4 spatial positions of the picture" in card
    assert "cosine of keys, values, cache_keys, cache_values, filled" in card


def test_the_graphs_are_the_trained_networks(bundle: Path) -> None:
    parity = Bundle(bundle).manifest.parity
    assert parity["reference_same_captions_as_keras"] == 1
    for name in VARIANTS[1:]:
        figures = parity["variants"][name]
        assert min(figures["cosine"].values()) >= (0.97 if "int8" in name else 0.9999), name
        assert figures["same_captions"] >= (0.8 if "int8" in name else 1), name


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("beam", [1, 3])
def test_every_variant_names_the_colour(bundle: Path, coloured: Path, variant: str, beam: int) -> None:
    assert colours_named(bundle, coloured, variant, beam) >= 15


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_greedy_loop_says_what_the_steps_say(bundle: Path, coloured: Path, variant: str) -> None:
    opened = Bundle(bundle)
    backend = open_backend(opened, opened.manifest.variants[variant], 1)
    search = replace(search_of(opened.manifest, opened.vocabulary()), beam_width=1)
    spec = opened.manifest.input
    for name in (coloured / "Flickr_8k.testImages.txt").read_text().split()[:6]:
        encoded = backend.encode(load_input(coloured / "images" / name, spec.height, spec.width)[None])
        assert encoded.greedy is not None
        looped, stepped = encoded.greedy(), greedy_search(encoded.step, encoded.state, search)
        assert looped.ids == stepped.ids
        assert looped.log_probs == pytest.approx(stepped.log_probs, abs=1e-4)


@pytest.mark.parametrize("variant", VARIANTS)
def test_hypotheses_do_not_see_each_other(bundle: Path, coloured: Path, variant: str) -> None:
    """Three that say different words at once say what each says alone; the order of the rows is the order of what comes out."""
    opened = Bundle(bundle)
    backend = open_backend(opened, opened.manifest.variants[variant], 1)
    spec = opened.manifest.input
    encoded = backend.encode(load_input(coloured / "images" / "000.png", spec.height, spec.width)[None])
    together = tuple(np.repeat(array, 3, 0) for array in encoded.state)
    alone = [encoded.state] * 3
    for words in ([1, 1, 1], [4, 5, 6], [7, 7, 4], [5, 6, 8]):
        found, together = encoded.step(np.array(words, np.int32), together)
        for row, word in enumerate(words):
            one, alone[row] = encoded.step(np.array([word], np.int32), alone[row])
            # Activations that are quantised as they come share one scale.
            assert np.abs(found[row] - one[0]).max() < (0.2 if variant == "litert-int8" else 1e-3)
    assert together[2].tolist() == [[0.0] * (len(together[2][0]) - 4) + [1.0] * 4] * 3


def test_eight_bits_are_a_third_of_the_float_ones(bundle: Path) -> None:
    variants = Bundle(bundle).manifest.variants
    for backend in ("onnx", "litert"):
        small, large = (variants[f"{backend}-{precision}"].bytes for precision in ("int8", "fp32"))
        assert small < 0.4 * large


def test_the_command_reads_it(bundle: Path, coloured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = str(coloured / "images" / "000.png")
    assert edge_runtime.cli.main(["caption", picture, "--bundle", str(bundle), "--json"]) == 0
    assert "red" in json.loads(capsys.readouterr().out)["caption"]
    assert edge_runtime.cli.main(["bundle", "info", str(bundle)]) == 0
    assert "transformer, " in capsys.readouterr().out
