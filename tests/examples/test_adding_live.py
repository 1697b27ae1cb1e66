"""The worked examples of a sink and a source of one's own, run as a user runs them."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.edge_runtime.fake_source import scene
from tests.judged_bundle import judged_bundle

ROOT = Path(__file__).parents[2]
SINK, SOURCE = ROOT / "examples" / "adding" / "sink.py", ROOT / "examples" / "adding" / "source.py"


def _run(example: Path, *words: str) -> tuple[int, str, str]:
    ran = subprocess.run(
        [sys.executable, str(example), "live", *words], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    return ran.returncode, ran.stdout, ran.stderr


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of a dark picture, and then a bright one."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(2):
        Image.fromarray(scene(number)).save(folder / f"{number + 1}.png")
    return folder


def test_the_source_is_captioned(tiny_bundle: Path) -> None:
    words = ("--source", "testcard://64x48", "--testcard-scenes", "3", "--bundle", str(tiny_bundle))
    status, out, err = _run(SOURCE, *words)
    assert (status, out.splitlines()) == (0, ["a dark picture", "a bright picture", "a dark picture"])
    assert err == "edge-caption: testcard://64x48: the end\n"


def test_the_source_has_a_table(tiny_bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text('[source]\naddress = "testcard://64x48"\n[testcard]\nscenes = 1\n')
    status, out, _ = _run(SOURCE, "--config", str(file), "--bundle", str(tiny_bundle))
    assert (status, out) == (0, "a dark picture\n")
    status, out, err = _run(SOURCE, "--config", str(file), "--print-config")
    assert "\n[testcard]\n# scenes of a test card\nscenes = 1\n" in out
    assert (status, err) == (0, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--source", "testcard://64"), "testcard://64: no size of a test card; write testcard://WIDTHxHEIGHT"),
        (("--testcard-scenes", "0"), "--testcard-scenes 0: must be 1 to 1000"),
        (("--source", "ftp://h/x"), "use rtsp://, rtsps://, http://, https://, testcard://, or a file"),
    ],
)
def test_the_source_is_refused_in_a_sentence(words: tuple[str, ...], said: str, tiny_bundle: Path) -> None:
    status, out, err = _run(SOURCE, *words, "--bundle", str(tiny_bundle))
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert said in err


def test_the_sink_holds_the_newest_sentence(pictures: Path, tiny_bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "latest.txt"
    words = ("--source", str(pictures), "--bundle", str(tiny_bundle), "--latest", str(file), "--latest-longest", "10")
    status, out, _ = _run(SINK, *words)
    assert (status, out) == (0, "a dark picture\na bright picture\n")
    assert file.read_text() == "a bright p\n"


@pytest.mark.parametrize(
    ("confidence", "shown"),
    [({"hedge_below": 1.0}, "perhaps a bright picture\n"), ({"least_clear": 1e6}, "no clear picture (white)\n")],
)
def test_the_sink_holds_what_people_are_to_read(
    confidence: dict[str, float], shown: str, pictures: Path, tiny_bundle: Path, tmp_path: Path
) -> None:
    file, bundle = tmp_path / "latest.txt", judged_bundle(tiny_bundle, tmp_path / "b", confidence=confidence)
    (pictures / "1.png").unlink()
    status, out, _ = _run(SINK, "--source", str(pictures), "--bundle", str(bundle), "--latest", str(file))
    assert (status, out, file.read_text()) == (0, shown, shown)


def test_the_sink_is_enough_for_captions_to_go_somewhere(pictures: Path, tiny_bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "latest.txt"
    status, out, _ = _run(
        SINK, "--source", str(pictures), "--bundle", str(tiny_bundle), "--latest", str(file), "--no-text"
    )
    assert (status, out, file.read_text()) == (0, "", "a bright picture\n")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("file = 3", "live.toml: [latest] file must be a text, not 3"),
        ("longest = 5", "live.toml: [latest] longest 5: must be 10 to 1000"),
        ("fil = 'a'", "live.toml: unknown key 'fil' in [latest]; known are: file, longest"),
        ("file = '/nowhere/a'", "--latest /nowhere/a: its folder does not exist; make it first"),
        ("file = '{pictures}/1.png'", "--latest {pictures}/1.png: the same file as --jsonl {pictures}/1.png"),
    ],
)
def test_the_sink_is_refused_in_a_sentence(
    table: str, said: str, pictures: Path, tiny_bundle: Path, tmp_path: Path
) -> None:
    file = tmp_path / "live.toml"
    file.write_text(
        f"[latest]\n{table}\n[source]\naddress = '{{pictures}}'\n".replace("{pictures}", str(pictures)),
        encoding="utf-8",
    )
    words = ["--jsonl", f"{pictures}/1.png"] if "1.png" in table else []
    status, out, err = _run(SINK, "--config", str(file), "--bundle", str(tiny_bundle), *words)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert said.replace("{pictures}", str(pictures)) in err
