"""A student that learns from what trained networks say together."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from edge_runtime.bundle.reader import DEFAULT_BUNDLE
from edge_runtime.pictures.preprocess import load_input
from train.cli import main
from train.features.augmentation import augment
from train.features.intermediate_cache import cache_seen_views
from train.objectives.distillation import Distilled
from train.objectives.network import WholeNetwork
from train.objectives.teachers import Teacher, Teachers, load_teacher
from train.runs.folder import RunFolder

_SEED = tf.constant([0, 32])


def _fit(data: Path, folder: Path, name: str, *more: str) -> int:
    arguments = [
        *("fit", "--data", str(data), "--run", str(folder / name), "--features", str(folder / "features")),
        *("--width", "64", "--embedding", "32", "--batch", "4", "--captions-per-picture", "2"),
        *("--min-count", "1", "--max-length", "12", "--average", "0.8", "--learning-rate", "0.002", "--epochs", "3"),
        *("--dropout", "0", "--region-dropout", "0", "--word-dropout", "0", "--warmup", "0.2", "--no-mirror"),
    ]
    sizes = [] if "--size" in more else ["--size", "64"]
    return main([*arguments, *sizes, *more])


@pytest.fixture(scope="module")
def folder(coloured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("distilled")
    assert _fit(coloured, found, "one", "--seed", "1") == 0
    assert _fit(coloured, found, "two", "--seed", "2", "--size", "96") == 0
    return found


@pytest.fixture(scope="module")
def teachers(folder: Path) -> list[Teacher]:
    return [load_teacher(folder / name) for name in ("one", "two")]


@pytest.fixture(scope="module")
def batch(folder: Path) -> tuple[tf.Tensor, tf.Tensor]:
    words = len(RunFolder(folder / "one").read_vocabulary())
    rng = np.random.default_rng(0)
    pictures = tf.constant(rng.integers(0, 256, (3, 64, 64, 3)), tf.uint8)
    tokens = np.full((3, 2, 6), 2, np.int32)
    tokens[:, :, 0], tokens[:, :, 1:5] = 1, rng.integers(4, words, (3, 2, 4))
    return pictures, tf.constant(tokens)


def _say(teachers: list[Teacher], words: int, pictures: tf.Tensor, tokens: tf.Tensor) -> np.ndarray:
    together = Teachers(teachers, words)
    seen = together.seen(pictures)
    assert [row.shape[1] for row in seen] == together.widths
    found: np.ndarray = together.log_probs(seen, tokens[:, :, :-1], tf.ones((3, 2, 5), tf.bool)).numpy()
    return found


def test_together_they_say_the_geometric_mean(teachers: list[Teacher], batch: tuple[tf.Tensor, tf.Tensor]) -> None:
    pictures, tokens = batch
    words = len(teachers[0].vocabulary)
    alone = [_say([teacher], words, pictures, tokens) for teacher in teachers]
    both = _say(teachers, words, pictures, tokens)
    assert both.shape == (30, words)
    assert np.abs(alone[0] - alone[1])[:, 4:].max() > 0.1
    mean = np.mean(alone, 0)
    np.testing.assert_allclose(both, mean - np.log(np.exp(mean).sum(1, keepdims=True)), atol=1e-3)


def test_who_says_what_the_teacher_says_has_learnt_it(
    folder: Path, teachers: list[Teacher], batch: tuple[tf.Tensor, tf.Tensor]
) -> None:
    """Taught by itself alone, a network without dropout gets no gradient; by another one it does."""
    student = load_teacher(folder / "one")
    network = WholeNetwork(student.encoder, student.decoder, folder, 0.1, (), cut=0.5)
    words = len(student.vocabulary)
    sizes = []
    for teacher in teachers:
        objective = Distilled(Teachers([teacher], words), 1.0, 0.0, 0.0, 0.5)
        with tf.GradientTape() as tape:
            loss, reported = objective(network, *batch, _SEED)
        gradients = tape.gradient(loss, network.parts[0].trainable)
        sizes.append(float(tf.linalg.global_norm(gradients)))
        assert reported > 0
    # Without a decoder seed there is no dropout; the rates of this run are 0.
    assert sizes[0] < 1e-3 * sizes[1]


def test_a_student_of_two_teachers_and_another_size(folder: Path, coloured: Path) -> None:
    names = [str(folder / name) for name in ("one", "two")]
    more = ["--start-from", names[0], "--encoder-rate", "0.1", "--freeze", "stem", "--cut", "0.5", "--epochs", "1"]
    assert _fit(coloured, folder, "student", "--teachers", *names, *more) == 0
    config = RunFolder(folder / "student").config()
    assert config.teachers == [RunFolder(folder / name).digest for name in ("one", "two")]
    assert _fit(coloured, folder, "student", "--teachers", *names, *more) == 0
    assert _fit(coloured, folder, "student", "--teachers", names[1], *more) == 2


def test_cached_views_are_seen_by_student_and_teachers_alike(
    folder: Path, coloured: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    names = [str(folder / name) for name in ("one", "two")]
    more = [
        "--start-from",
        names[0],
        "--encoder-rate",
        "0.1",
        "--train-from",
        "block8_",
        "--views",
        "2",
        "--epochs",
        "1",
    ]
    assert _fit(coloured, folder, "cached", "--teachers", *names, *more) == 0
    assert capfd.readouterr().err.count("pictures are looked at once (taught-2-") == 1
    # Another run with the same teachers finds what they have seen.
    assert _fit(coloured, folder, "cached-again", "--teachers", *names, *more, "--seed", "3") == 0
    assert "(taught-" not in capfd.readouterr().err


def test_what_is_cached_is_what_is_seen(folder: Path, teachers: list[Teacher], coloured: Path) -> None:
    together = Teachers(teachers, len(teachers[0].vocabulary))
    images = next(path for path in sorted(coloured.rglob("*")) if path.suffix in (".jpg", ".png")).parent
    names = sorted(path.name for path in images.iterdir() if path.suffix in (".jpg", ".png"))[:3]
    arguments = (64, images, names, np.array([True, False, True]), 2, folder / "seen", lambda _: None)
    first, second = cache_seen_views(together, *arguments)
    assert [grid.shape for grid in (first, second)] == [(2, 3, width) for width in together.widths]
    shown = np.stack([load_input(images / name, 64, 64) for name in names])
    shown[[0, 2]] = shown[[0, 2], :, ::-1]
    wanted = together.seen(augment(tf.constant(shown), tf.constant([0, 16])))
    np.testing.assert_allclose(first[1], wanted[0], rtol=2e-2, atol=2e-3)
    np.testing.assert_allclose(second[1], wanted[1], rtol=2e-2, atol=2e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--teachers: goes with an --encoder-rate above 0, without --objective"),
        (["--encoder-rate", "0.1", "--cut", "0"], "--cut 0.0: must be above 0 and at most 1"),
        (["--cut", "0.5"], "--cut: goes with an --encoder-rate above 0, without --train-from"),
        (["--encoder-rate", "0.1", "--teacher-share", "1.5"], "--teacher-share 1.5: must be above 0 and at most 1"),
    ],
)
def test_wrong_options(
    folder: Path, coloured: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert _fit(coloured, folder, "wrong", "--teachers", str(folder / "one"), *options) == 2
    assert message in capsys.readouterr().err.splitlines()[-1]


def test_a_teacher_of_other_words(folder: Path, coloured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [str(folder / "one"), str(DEFAULT_BUNDLE)]
    assert _fit(coloured, folder, "wrong", "--teachers", *names, "--encoder-rate", "0.1") == 2
    assert "its words do not begin with the student's" in capsys.readouterr().err.splitlines()[-1]
