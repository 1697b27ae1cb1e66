import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge_runtime.errors import ConfigurationError
from edge_runtime.live.configuration import MOST_BYTES, read_toml
from tests.fuzz.configurations import ConfigurationCases
from tests.fuzz.harness import outcomes


def _read(content: bytes | str, folder: Path) -> dict[str, object]:
    file = folder / "live.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_toml(file)


def test_texts_and_remarks_may_hold_anything(tmp_path: Path) -> None:
    text = (
        'a = "[[[[[[.........\\""  # [[[[[[ ......\n' + "b = '[[[[[['\nc = '''\n[[[[[['''\n"
        'd = """[[[[[[\n"""\ne = ["0", [1.5, 2.5, 3.5, 4.5, 5.5]]\n'
    )
    assert _read(text, tmp_path) == {
        "a": '[[[[[[........."',
        "b": "[[[[[[",
        "c": "[[[[[[",
        "d": "[[[[[[\n",
        "e": ["0", [1.5, 2.5, 3.5, 4.5, 5.5]],
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a = " + "[" * 5 + "]" * 5, "nested more than 4 deep"),
        ("a = " + "[" * 30000, "nested more than 4 deep"),
        ("a = " + "{a=" * 5 + "1" + "}" * 5, "nested more than 4 deep"),
        ("[" + ".".join("abcdef") + "]", "nested more than 4 deep"),
        ("'a'" + ' . "b"' * 5 + " = 1", "nested more than 4 deep"),
        ("#" * (MOST_BYTES + 1), "more than 64 KB, which no configuration is"),
        (b"a = \xff", "not text in UTF-8; save it in UTF-8"),
        ("a = 1".encode("utf-16"), "not text in UTF-8"),
        ("a = ", "not TOML ("),
        ("a = " + "9" * 5000, "not TOML (Exceeds the limit"),
        ('a = "' + '\\"' * 30000, "not TOML ("),
    ],
)
def test_what_is_no_configuration_is_a_sentence(content: bytes | str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _read(content, tmp_path)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    for path, said in (
        (tmp_path / "pipe.toml", "a pipe or a device, not a file"),
        (Path("/dev/zero"), "a pipe or a device, not a file"),
        (tmp_path, "a folder; name a TOML file in it"),
        (tmp_path / "none.toml", "cannot be read (No such file or directory)"),
        (Path("a\0b"), "no name of a file"),
    ):
        with pytest.raises(ConfigurationError) as caught:
            read_toml(path)
        assert said in str(caught.value)


def test_a_small_file_costs_little(tmp_path: Path) -> None:
    """40 KB of dotted keys took 1.6 GB."""
    file = tmp_path / "live.toml"
    file.write_text("[" + "a." * 20000 + "a]")
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom edge_runtime.live.configuration import read_toml\n"
        "from edge_runtime.errors import ConfigurationError\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    read_toml(Path(sys.argv[1]))\nexcept ConfigurationError:\n"
        "    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, timeout=60)
    assert int(ran.stdout) < 100 << 10


def test_damaged_configurations_are_read_or_refused() -> None:
    found = list(outcomes(ConfigurationCases(3), 0, 210))
    assert [str(outcome) for outcome in found if outcome.bad] == []
    assert len(found) == 210
