"""Where an encoder's weights come from, and what is said where they do not."""

import functools
import hashlib
import http.server
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError

import h5py
import keras
import numpy as np
import pytest

import train.cli
from train.encoders.download import Download
from train.encoders.random_weights import draw_weights
from train.encoders.registry import NO_WEIGHTS, build_encoder, encoder_spec, find_weights, weights_of_run
from train.errors import WeightsError

_REMEDY = (
    "download https://storage.googleapis.com/tensorflow/keras-applications/xception/"
    "xception_weights_tf_dim_ordering_tf_kernels_notop.h5 on a machine with a network and pass --encoder-weights FILE, "
    "or pass --encoder-weights none to train from random weights"
)


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        (URLError(OSError(-2, "Name or service not known")), "[Errno -2] Name or service not known"),
        (OSError(28, "No space"), "No space"),
    ],
)
def test_no_network_is_an_error_with_the_remedy(
    raised: OSError,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    coloured: Path,
    tmp_path: Path,
) -> None:
    def get_file(*_: Any, **__: Any) -> str:
        """As Keras does it."""
        print("Downloading data from ...")
        try:
            raise raised
        except URLError as error:
            raise Exception(f"URL fetch failure on x: {error.errno} -- {error.reason}") from None

    monkeypatch.setattr(keras.utils, "get_file", get_file)
    arguments = ["features", "--data", str(coloured), "--features", str(tmp_path / "features"), "--encoder", "xception"]
    assert train.cli.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[1:] == [
        f"train features: xception: its ImageNet weights cannot be downloaded ({reason}); {_REMEDY}"
    ]
    assert not (tmp_path / "features").exists()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A server of applications on this machine, and a cache of its own; yields the folder that is served."""
    (tmp_path / "served").mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            """Nothing."""

    handler = functools.partial(Quiet, directory=str(tmp_path / "served"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        monkeypatch.setattr("train.encoders.download._SERVER", f"http://127.0.0.1:{listening.server_port}/")
        get_file = functools.partial(keras.utils.get_file, cache_dir=str(tmp_path / "cache"))
        monkeypatch.setattr(keras.utils, "get_file", get_file)
        yield tmp_path / "served"
        listening.shutdown()


def test_a_download_is_checked_and_kept(server: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (server / "net").mkdir()
    (server / "net" / "a.h5").write_bytes(b"weights")
    good = Download("net/a.h5", hashlib.md5(b"weights").hexdigest())
    found = good.fetch("xception")
    assert found.read_bytes() == b"weights"
    with pytest.raises(
        WeightsError, match=r"xception: its ImageNet weights cannot be downloaded \(Incomplete or corrupted"
    ):
        Download("net/a.h5", hashlib.md5(b"others").hexdigest()).fetch("xception")
    assert good.fetch("xception") == found
    (server / "net" / "a.h5").unlink()
    assert good.fetch("xception") == found
    with pytest.raises(
        WeightsError, match=r"its ImageNet weights cannot be downloaded \(File not found\); download http"
    ):
        Download("net/b.h5", None).fetch("xception")
    assert capsys.readouterr().out == ""


def test_files_that_are_no_weights(tmp_path: Path) -> None:
    spec = encoder_spec("mobilenet_v3_small")
    model = spec.build(64, 64, False)
    whole = tmp_path / "whole.weights.h5"
    model.save_weights(whole)
    zipped = tmp_path / "whole.keras"
    model.save(zipped)
    for name, content in {
        "text.h5": b"hello",
        "cut.h5": whole.read_bytes()[:2_000_000],
        "cut.keras": zipped.read_bytes()[:2_000_000],
        "holed.keras": zipped.read_bytes()[:400_000] + bytes(3_000_000) + zipped.read_bytes()[3_400_000:],
    }.items():
        bad = tmp_path / name
        bad.write_bytes(content)
        with pytest.raises(WeightsError) as caught:
            spec.load_weights(model, bad)
        assert str(caught.value).startswith(f"{bad}: not a readable Keras weights file (")
        assert str(caught.value).count("\n") == 0
    with pytest.raises(WeightsError, match="cannot be read"):
        find_weights(spec, tmp_path / "missing.h5")


def test_what_a_file_holds_is_not_trusted(tmp_path: Path) -> None:
    """A link into another file is not followed, what is no number is refused."""
    spec = encoder_spec("mobilenet_v3_small")
    model = spec.build(64, 64, False)
    honest = tmp_path / "honest.weights.h5"
    model.save_weights(honest)

    names = [layer.name for layer in model.layers if layer.weights]
    numbers = tmp_path / "numbers.bin"
    numbers.write_bytes(bytes(3 * 3 * 3 * 16 * 4))
    for kind, message in (
        ("link", "not a readable Keras weights file"),
        ("storage", "layer 'conv' points to another file"),
    ):
        linked = tmp_path / f"{kind}.h5"
        with h5py.File(linked, "w") as root:
            root.attrs["layer_names"] = names
            for name in names:
                group = root.create_group(name)
                group.attrs["weight_names"] = ["kernel"]
                if kind == "link":
                    group["kernel"] = h5py.ExternalLink(str(honest), "/layers/conv2d/vars/0")
                else:
                    group.create_dataset(
                        "kernel", (3, 3, 3, 16), np.float32, external=[(str(numbers), 0, h5py.h5f.UNLIMITED)]
                    )
        with pytest.raises(WeightsError, match=message):
            spec.load_weights(model, linked)

    model.get_layer("conv").set_weights([np.full((3, 3, 3, 16), np.nan)])
    model.save_weights(honest)
    with pytest.raises(WeightsError, match="layer 'conv' holds what is no finite number; fetch the file again"):
        spec.load_weights(model, honest)


def test_random_weights_go_by_the_seed() -> None:
    spec = encoder_spec("mobilenet_v3_small")
    weights = [find_weights(spec, NO_WEIGHTS, seed) for seed in (3, 3, 4)]
    assert [found.sha256 for found in weights] == [f"none: random weights of seed {seed}" for seed in (3, 3, 4)]
    assert weights[0].warning(spec) == (
        "WARNING: mobilenet_v3_small has random weights (seed 3), no ImageNet weights: it has never seen a picture"
    )
    kernels = [build_encoder(spec, found, 64).get_layer("expanded_conv_5_expand").get_weights()[0] for found in weights]
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert np.abs(kernels[0] - kernels[2]).max() > 0.1


@pytest.mark.parametrize("encoder", ["efficientnet_lite0", "mobilenet_v2"])
def test_random_features_keep_their_scale(encoder: str) -> None:
    """Through fifty layers without learnt statistics they would vanish."""
    model = encoder_spec(encoder).build(64, 64, False)
    momentum = model.layers[3].momentum
    draw_weights(model, 0)
    assert model.layers[3].momentum == momentum
    pictures = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3), np.uint8)
    assert 0.1 < float(np.std(model(pictures, training=False))) < 10


def test_random_residual_branches_begin_small() -> None:
    """The end of the branch, and neither of the shortcut's own convolution nor of a block without a shortcut."""
    model = encoder_spec("resnet50").build(64, 64, False)
    draw_weights(model, 0)
    scales = {layer.name: set(layer.get_weights()[0].tolist()) for layer in model.layers if layer.name.endswith("_bn")}
    small = {name for name, scale in scales.items() if scale != {1.0}}
    assert small == {name for name in scales if name.endswith("_3_bn")}
    assert len(small) == 16
    assert all(scales[name] == {float(np.float32(0.2))} for name in small)


def test_a_run_without_weights_says_so(coloured: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    features = ("--features", str(tmp_path / "features"))
    arguments = [
        *("fit", "--data", str(coloured), "--run", str(tmp_path / "run"), *features, "--encoder", "mobilenet_v3_small"),
        *(
            "--encoder-weights",
            "none",
            "--seed",
            "5",
            "--size",
            "64",
            "--width",
            "16",
            "--embedding",
            "8",
            "--heads",
            "2",
        ),
        *("--min-count", "1", "--max-length", "6", "--epochs", "1", "--batch", "16", "--no-mirror"),
    ]
    assert train.cli.main(arguments) == 0
    said = capsys.readouterr().err.splitlines()
    warning = (
        "WARNING: mobilenet_v3_small has random weights (seed 5), no ImageNet weights: it has never seen a picture"
    )
    assert said.count(warning) == 1
    digest = json.loads((tmp_path / "run" / "config.json").read_text())["encoder_sha256"]
    assert digest == "none: random weights of seed 5"
    assert train.cli.main(["evaluate", "--run", str(tmp_path / "run"), *features, "--limit", "4", "--beam", "1"]) == 0
    assert capsys.readouterr().err.splitlines().count(warning) == 1
    arguments[arguments.index("5")] = "6"
    assert train.cli.main(arguments) == 2
    assert "encoder_sha256" in capsys.readouterr().err


def test_the_weights_of_a_run_are_those_it_began_with(tmp_path: Path) -> None:
    spec = encoder_spec("efficientnet_lite0")
    installed = find_weights(spec)
    assert installed.origin == "ImageNet weights"
    assert weights_of_run(spec, installed.sha256) == installed
    copy = tmp_path / "copy.pth"
    copy.write_bytes(spec.find_weights().read_bytes())
    assert weights_of_run(spec, installed.sha256, copy).origin == "weights of the file copy.pth"
    drawn = "none: random weights of seed 7"
    assert weights_of_run(spec, drawn).seed == weights_of_run(spec, drawn, NO_WEIGHTS).seed == 7
    with pytest.raises(WeightsError) as caught:
        weights_of_run(spec, drawn, copy)
    assert str(caught.value) == (
        f"{copy}: not the encoder weights of this run, which are random ({drawn}); pass the run's own --encoder-weights"
    )
    with pytest.raises(WeightsError, match=r"^--encoder-weights none: not .* which are of SHA-256 [0-9a-f]{12}; pass"):
        weights_of_run(spec, installed.sha256, NO_WEIGHTS)


def test_none_is_not_the_name_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "none").write_bytes(os.urandom(8))
    spec = encoder_spec("mobilenet_v2")
    assert find_weights(spec, Path("none")).file is None
    assert find_weights(spec, tmp_path / "none").file == tmp_path / "none"
