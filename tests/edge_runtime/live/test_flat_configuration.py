from pathlib import Path

import pytest

from edge_runtime.console.options.declaration import options_of
from edge_runtime.errors import ConfigurationError
from edge_runtime.live.flat_configuration import PLACES
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions, kinds, read_configuration
from edge_runtime.sinks.jsonl import JsonLinesKind

FORMER = """\
source = ["0", "rtsp://anna:geheim@h/1"]
realtime = true
width = 640
height = 480
fps = 15
rotate = 90
mirror = true
region = "0,0,.5,1"
bundle = "b"
variant = "onnx-int8"
threads = 2
beam = 3
sensitivity = "high"
gate = false
max-age = 5
max-fps = 4
cpu-budget = 30
retries = 7
text = false
jsonl = "c.jsonl"
window = true
record = "o.mp4"
srt = "o.srt"
vtt = "o.vtt"
overwrite = true
log-level = "debug"
expect-digest = "00"
"""
"""All that a file of the former form could hold, none of it as by default."""


def _read(folder: Path, text: str) -> tuple[LiveOptions, list[str]]:
    (folder / "live.toml").write_text(text)
    said: list[str] = []
    return read_configuration(folder / "live.toml", said.append), said


def test_every_former_key_has_its_place() -> None:
    known = {(kind.table, one.key) for kind in kinds() for one in options_of(kind)}
    assert set(PLACES.values()) <= known
    assert len(set(PLACES.values())) == len(PLACES) == len(FORMER.splitlines())


def test_a_former_file_is_read_and_one_line_names_the_new_form(tmp_path: Path) -> None:
    options, said = _read(tmp_path, FORMER)
    defaults = LiveOptions()
    for group in options.groups:
        for one in options_of(type(group)):
            if (type(group).table, one.key) not in PLACES.values():
                continue  # it came later, and stands in a table alone
            assert getattr(group, one.field) != getattr(defaults[type(group)], one.field), one.flag
    assert said == [
        f"{tmp_path}/live.toml: options without tables are read in this release only: source is now [source] address, "
        "realtime is now [source] realtime, width is now [source] width, and 24 more; --print-config writes the new form"
    ]
    again, quiet = _read(tmp_path, options.to_toml())
    assert (again, quiet) == (options, [])


def test_both_forms_in_one_file(tmp_path: Path) -> None:
    options, said = _read(tmp_path, 'gate = false\njsonl = "a"\n[model]\nbeam = 2\n')
    assert options == LiveOptions(GateOptions(enabled=False), JsonLinesKind("a"), ModelOptions(beam=2))
    assert said[0].endswith(
        ": gate is now [gate] enabled, jsonl is now [jsonl] file; --print-config writes the new form"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "beam = 2\n[model]\nbeam = 3\n",
            "'beam' is the former name of 'beam' in [model], which is there too; leave it out",
        ),
        ("beam = 2\n[[model]]\nbeam = 3\n", "[model] is one table; write it in single brackets"),
        ("beam = 'many'\n", "[model] beam must be a whole number, not 'many'"),
        ("web = true\n", "'web' stands in no table; known are: "),
    ],
)
def test_what_cannot_be_read(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        _read(tmp_path, text)
    assert str(caught.value).startswith(f"{tmp_path}/live.toml: {message}")
