import argparse
import re
from pathlib import Path

import pytest

from edge_runtime.console.options import Options
from edge_runtime.console.options.command_line import add_options
from edge_runtime.console.options.declaration import options_of
from edge_runtime.errors import ConfigurationError, OptionError
from edge_runtime.frames.geometry import PictureOptions
from edge_runtime.frames.options import SourceOptions
from edge_runtime.live.gate import GateOptions
from edge_runtime.live.logs import LogOptions
from edge_runtime.live.model import ModelOptions
from edge_runtime.live.options import LiveOptions, kinds, read_configuration, resolve
from edge_runtime.live.rate_limiter import RateOptions
from edge_runtime.live.scene_options import SceneOptions
from edge_runtime.sinks.journal import JournalKind
from edge_runtime.sinks.jsonl import JsonLinesKind
from edge_runtime.sinks.rules import RulesKind
from edge_runtime.sinks.speech import SpeechKind
from edge_runtime.sinks.subtitles import SubtitleKind
from edge_runtime.sinks.targets import FileOptions
from edge_runtime.sinks.text import TextKind
from edge_runtime.sinks.video import VideoKind
from edge_runtime.sinks.web import WebKind
from edge_runtime.sinks.window import WindowKind


def _parsed(*words: str) -> dict[str, object]:
    parser = argparse.ArgumentParser()
    add_options(parser, kinds())
    return vars(parser.parse_args(words))


def _written(folder: Path, text: str) -> Path:
    (folder / "live.toml").write_text(text, encoding="utf-8")
    return folder / "live.toml"


def test_defaults() -> None:
    options = resolve(_parsed(), None)
    assert options == LiveOptions()
    assert options[SourceOptions].address == ("0",)
    assert options[GateOptions] == GateOptions(True, "normal", 30.0)
    assert (options[ModelOptions].beam, options[TextKind].enabled) == (1, True)


def test_every_option_is_on_the_command_line() -> None:
    given = _parsed(
        *(
            "--source",
            "a.mp4",
            "--source",
            "1",
            "--realtime",
            "--loop",
            "--width",
            "640",
            "--height",
            "480",
            "--fps",
            "15",
        ),
        *(
            "--rotate",
            "90",
            "--mirror",
            "--region",
            "0,0,.5,1",
            "--mask",
            "0,0 1,0 1,1",
            "--zone",
            "a=0,0,1,1",
            "--bundle",
            "b",
            "--variant",
            "onnx-int8",
        ),
        *("--expect-digest", "0" * 64, "--min-confidence", ".5", "--wording", "neutral", "--language", "de"),
        *("--threads", "2", "--beam", "3", "--sensitivity", "high", "--no-gate", "--max-age", "5", "--max-fps", "4"),
        *("--cpu-budget", "30", "--retries", "7", "--no-text", "--jsonl", "-", "--window", "--record", "o.mp4"),
        *("--frozen-after", "7", "--srt", "o.srt", "--vtt", "o.vtt", "--overwrite", "--log-level", "debug"),
        *("--journal", "o.db", "--journal-keep-days", "7", "--journal-max-mb", "64"),
        *("--speak", "--speak-voice", "en-us", "--speak-within", "5"),
        *("--synonym", "dog: wolf"),
        *("--web", "127.0.0.1:8080", "--web-token", "a-token-of-30-letters-and-more", "--web-token-file", "token"),
        *("--web-host", "camera.example", "--web-clients", "5", "--web-viewers", "2"),
    )
    assert set(given) == {one.destination for kind in kinds() for one in options_of(kind) if one.group is None}
    assert resolve(given, None) == LiveOptions(
        SourceOptions(("a.mp4", "1"), True, 640, 480, 15.0, 7, True),
        PictureOptions(90, True, "0,0,.5,1", ("0,0 1,0 1,1",), ("a=0,0,1,1",)),
        ModelOptions("b", "onnx-int8", 2, 3, "0" * 64, 0.5, "neutral", ("de",)),
        GateOptions(False, "high", 5.0),
        SceneOptions(7.0),
        RateOptions(4.0, 30.0),
        TextKind(False),
        JsonLinesKind("-"),
        JournalKind("o.db", 7.0, 64.0),
        SubtitleKind("o.srt", "o.vtt"),
        VideoKind("o.mp4"),
        WindowKind(True),
        SpeechKind("espeak-ng", "en-us", 5.0),
        RulesKind(("dog: wolf",)),
        WebKind("127.0.0.1:8080", "a-token-of-30-letters-and-more", "token", ("camera.example",), 5, 2),
        FileOptions(True),
        LogOptions("debug"),
    )


@pytest.mark.parametrize(
    "options",
    [
        LiveOptions(),
        LiveOptions(
            SourceOptions(("rtsp://h/1", "0"), width=640, height=480),
            GateOptions(enabled=False),
            RateOptions(2.5),
            ModelOptions(threads=2),
            VideoKind('a "b" é.mp4'),
            PictureOptions(270),
        ),
    ],
)
def test_what_is_printed_is_read_back(options: LiveOptions, tmp_path: Path) -> None:
    said: list[str] = []
    assert read_configuration(_written(tmp_path, options.to_toml()), said.append) == options
    assert said == []


def test_what_is_printed_has_a_table_for_each_group() -> None:
    lines = LiveOptions(RateOptions(max_fps=2)).to_toml().splitlines()
    assert [line for line in lines if line.startswith("[")] == [
        *("[source]", "[picture]", "[model]", "[gate]", "[scene]", "[rate]", "[text]", "[jsonl]", "[journal]"),
        *("[subtitles]", "[video]", "[window]", "[speech]", "[rules]", "[web]", "[files]", "[log]"),
    ]
    place = lines.index("[rate]")
    assert lines[place + 1 : place + 5] == [
        "# frames looked at in a second at the most",
        "max-fps = 2.0",
        "# percent of all processor cores that may be used",
        "# cpu-budget =",
    ]


def test_the_command_line_overrides_the_file(tmp_path: Path) -> None:
    file = _written(
        tmp_path, 'source.address = "cam.mp4"\n[model]\nbeam = 3\nthreads = 2\n[gate]\nmax-age = 10\nenabled = false\n'
    )
    options = resolve(_parsed("--beam", "2"), file)
    assert options[SourceOptions].address == ("cam.mp4",)
    assert options[ModelOptions] == ModelOptions(beam=2, threads=2)
    assert options[GateOptions] == GateOptions(False, max_age=10)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "maxage = 3",
            "'maxage' stands in no table; known are: [source], [picture], [model], [gate], [scene], [rate], [text]",
        ),
        ("address = '0'", "'address' stands in no table; it belongs to [source]"),
        ("[live]\nbeam = 3", "unknown table [live]; known are: [source], "),
        ("[rate]\nfps-max = 3", "unknown key 'fps-max' in [rate]; known are: max-fps, cpu-budget"),
        ("[gate]\nmax-fps = 3", "unknown key 'max-fps' in [gate]; it belongs to [rate]"),
        ("[text]\nfile = 'a'", "unknown key 'file' in [text]; it belongs to [jsonl] or [journal] or [video]"),
        ("[[rate]]\nmax-fps = 3", "[rate] is one table, not a list of them"),
        ("[model]\nbeam = '3'", "[model] beam must be a whole number, not '3'"),
        ("[model]\nbeam = 3.5", "[model] beam must be a whole number, not 3.5"),
        ("[model]\nbeam = true", "[model] beam must be a whole number, not True"),
        ("[model]\nbundle = []", "[model] bundle must be a text, not []"),
        ("[source]\naddress = [1.5]", "[source] address must be a list of texts"),
        ("[source]\naddress = []", "[source] no source; name at least one camera, file or stream"),
        ("[gate]\nenabled = 'no'", "[gate] enabled must be true or false, not 'no'"),
        ("[rate]\nmax-fps = 0", "[rate] max-fps 0: must be 0.001 to 1000"),
        ("[rate]\nmax-fps = '5'", "[rate] max-fps must be a number, not '5'"),
        ("[gate]\nsensitivity = 'huge'", "[gate] sensitivity huge: must be one of low, normal, high"),
        ("[model]\nbeam = ", "not TOML"),
        ("[picture]\nregion = '1,2'", "[picture] region '1,2': must be X,Y,WIDTH,HEIGHT"),
        ("[picture]\nregion = '0,0,0,0'", "[picture] region 0,0,0,0: must be"),
        ("[picture]\nmask = '0,0 1,1'", "[picture] mask '0,0 1,1': 2 points; a polygon has 3 to 200"),
        ("[picture]\nmask = [['0,0']]", "[picture] mask must be a list of texts"),
        ("[picture]\nzone = ['a=0,0,1,1', 'a=0,0,1,1']", "[picture] zone a: named twice"),
        ('["li\\nve"]\nbeam = 3', r"unknown table [li\nve]; known are: "),
        ('"be\\nam" = 3', r"'be\nam' stands in no table; known are: "),
        ('[model]\n"be\\nam" = 3', r"unknown key 'be\nam' in [model]; known are: "),
        ('[gate]\nsensitivity = "a\\nb"', r"[gate] sensitivity a\nb: must be one of low, normal, high"),
        ("[source]\nwidth = 640", "[source] a width without a height"),
    ],
)
def test_files_that_say_something_else(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"live\.toml: ") as caught:
        read_configuration(_written(tmp_path, text))
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.toml: cannot be read"):
        read_configuration(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("kind", "wrong", "said"),
    [
        (ModelOptions, {"beam": 0}, "--beam 0: must be 1 to 50"),
        (ModelOptions, {"beam": "3"}, "--beam must be a whole number, not '3'"),
        (ModelOptions, {"beam": None}, "--beam must be a whole number, not None"),
        (RateOptions, {"cpu_budget": 101.0}, "--cpu-budget 101: must be 1 to 100"),
        (RateOptions, {"max_fps": float("nan")}, "--max-fps nan: must be 0.001 to 1000"),
        (SourceOptions, {"address": ("0", "0")}, "the same source is named twice; name each once"),
        (PictureOptions, {"rotate": 45}, "--rotate 45: must be one of 0, 90, 180, 270"),
        (LogOptions, {"level": "all"}, "--log-level all: must be one of debug, info, warning, error"),
        (
            JsonLinesKind,
            {"file": "a\0b"},
            "--jsonl 'a\\x00b': holds a NUL character, which no path or name does; leave it out",
        ),
    ],
)
def test_values_out_of_range(kind: type[Options], wrong: dict[str, object], said: str) -> None:
    with pytest.raises(OptionError) as caught:
        kind(**wrong)
    assert str(caught.value) == said


def test_a_strange_name_is_written_so_that_it_is_read_back(tmp_path: Path) -> None:
    options = LiveOptions(SourceOptions(('a"b\\c\td\x7fe\u2028ü',)))
    assert read_configuration(_written(tmp_path, options.to_toml())) == options


def test_a_byte_order_mark_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "live.toml").write_bytes(b"\xef\xbb\xbf[model]\r\nbeam = 3\r\n")
    assert read_configuration(tmp_path / "live.toml")[ModelOptions].beam == 3


def test_home_is_written_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    options = read_configuration(
        _written(
            tmp_path,
            '[source]\naddress = ["~/clip.mp4", "rtsp://h/~ann"]\n[model]\nbundle = "~/b"\n[jsonl]\nfile = "~/c.jsonl"\n'
            '[video]\nfile = "~/r.mp4"\n[subtitles]\nsrt = "~nobody-of-this-name/s.srt"\nvtt = "v~.vtt"\n',
        )
    )
    assert options[SourceOptions].address == ("/home/ann/clip.mp4", "rtsp://h/~ann")
    assert options[ModelOptions].bundle == "/home/ann/b"
    assert (options[JsonLinesKind].file, options[VideoKind].file) == ("/home/ann/c.jsonl", "/home/ann/r.mp4")
    assert options[SubtitleKind] == SubtitleKind("~nobody-of-this-name/s.srt", "v~.vtt")
    assert resolve(_parsed("--jsonl=~/x", "--source=~/y"), None)[JsonLinesKind].file == "/home/ann/x"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("[model]\nbeam = " + "9" * 400, "[model] beam a number of about 400 digits: must be 1 to 50"),
        ("[gate]\nmax-age = " + "9" * 400, "[gate] max-age must not be a number of about 400 digits"),
        ("[model]\nbeam = " + "9" * 5000, "not TOML (Exceeds the limit"),
        ("[gate]\nmax-age = 1e999", "[gate] max-age inf: must be 0 to 1e+09"),
        ("[gate]\nmax-age = nan", "[gate] max-age nan: must be"),
        ('[jsonl]\nfile = "a\\u0000b"', "[jsonl] file 'a\\x00b': holds a NUL character"),
        ('[source]\naddress = "a\\u0000b"', "[source] address 'a\\x00b': holds a NUL character"),
        ('[model]\nvariant = "' + "v" * 5000 + '"', "longer than 4095 characters"),
        ("[model]\nbeam = '" + "v" * 5000 + "'", "(5002 characters)"),
        ("[model]\n" + ("k" * 5000) + " = 1", "(5000 characters)"),
        ("[" + ("k" * 5000) + "]", "(5000 characters)"),
        (("k" * 5000) + " = 1", "(5000 characters)"),
    ],
)
def test_values_without_measure_are_short_sentences(value: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(_written(tmp_path, value))
    assert said in str(caught.value)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("--beam", "9" * 400),
            "must be a whole number, not '9999999999999999999999999999999999999999... (400 characters)'",
        ),
        (("--beam", "9" * 5000), "(5000 characters)"),
        (("--fps", "9" * 400), "must be a number, not '99999"),
        (("--fps", "inf"), "must be a number, not 'inf'"),
        (("--jsonl", "a\0b"), r"'a\x00b': holds a NUL character"),
        (("--source", "a\0b"), r"'a\x00b': holds a NUL character"),
        (("--variant", "v" * 5000), "longer than 4095 characters"),
    ],
)
def test_options_without_measure_are_short_sentences(
    words: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _parsed(*words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_from_python_too_a_number_has_its_range() -> None:
    for wrong in (10**400, 10**5000, -(10**5000)):
        with pytest.raises(OptionError, match=r"beam a number of about \d+ digits: must be 1 to 50"):
            ModelOptions(beam=wrong)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('source = {door = "rtsp://anna:geheim@cam/live"}\n', "unknown key 'door' in [source]; known are: address, "),
        ('[source]\naddress = {door = "rtsp://anna:geheim@cam/live"}\n', "[source] address must be a list of texts"),
        ('[[source]]\naddress = "rtsp://anna:geheim@cam/live"\n', "[source] is one table, not a list of them"),
    ],
)
def test_a_password_is_not_printed_by_a_mistake_around_it(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(_written(tmp_path, text))
    assert said in str(caught.value)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("guide", ["webcam.md", "systemd.md"])
def test_what_the_guides_show_is_read(guide: str, tmp_path: Path) -> None:
    text = (Path(__file__).parents[3] / "docs" / guide).read_text()
    shown = re.findall(r"^```toml\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert shown
    for block in shown:
        said: list[str] = []
        read_configuration(_written(tmp_path, block), said.append)
        assert said == []
