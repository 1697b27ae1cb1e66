import argparse
from pathlib import Path

import pytest

from edge_runtime.errors import ConfigurationError, OptionError
from edge_runtime.live.options import LiveOptions, add_options, read_configuration, resolve


def _parsed(*words: str) -> dict[str, object]:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return vars(parser.parse_args(words))


def test_defaults() -> None:
    options = resolve(_parsed(), None)
    assert options == LiveOptions()
    assert (options.source, options.gate, options.max_age, options.beam) == (("0",), True, 30.0, 1)


def test_every_option_is_on_the_command_line() -> None:
    given = _parsed(
        *("--source", "a.mp4", "--source", "1", "--realtime", "--width", "640", "--height", "480", "--fps", "15"),
        *("--rotate", "90", "--mirror", "--region", "0,0,.5,1", "--bundle", "b", "--variant", "onnx-int8"),
        *("--expect-digest", "0" * 64),
        *("--threads", "2", "--beam", "3", "--sensitivity", "high", "--no-gate", "--max-age", "5", "--max-fps", "4"),
        *("--cpu-budget", "30", "--retries", "7", "--no-text", "--jsonl", "-", "--window", "--record", "o.mp4"),
        *("--srt", "o.srt", "--vtt", "o.vtt", "--overwrite", "--log-level", "debug"),
    )
    assert set(given) == set(vars(LiveOptions()))
    assert resolve(given, None) == LiveOptions(
        *(("a.mp4", "1"), True, 640, 480, 15.0, 90, True, "0,0,.5,1", "b", "onnx-int8", 2, 3, "high", False, 5.0, 4.0),
        *(30.0, 7, False, "-", True, "o.mp4", "o.srt", "o.vtt", True, "debug", "0" * 64),
    )


@pytest.mark.parametrize(
    "options",
    [
        LiveOptions(),
        LiveOptions(source=("rtsp://h/1", "0"), gate=False, max_fps=2.5, threads=2, record='a "b" é.mp4', rotate=270),
    ],
)
def test_what_is_printed_is_read_back(options: LiveOptions, tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text(options.to_toml(), encoding="utf-8")
    assert read_configuration(file) == options


def test_the_command_line_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text('source = "cam.mp4"\nbeam = 3\nmax-age = 10\ngate = false\n')
    options = resolve(_parsed("--beam", "2"), file)
    assert (options.source, options.beam, options.max_age, options.gate) == (("cam.mp4",), 2, 10.0, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("maxage = 3", "unknown key 'maxage'; known are: source, realtime, width"),
        ("[live]\nbeam = 3", "unknown key 'live'"),
        ("beam = '3'", "'beam' must be a whole number, not '3'"),
        ("beam = 3.5", "'beam' must be a whole number, not 3.5"),
        ("beam = true", "'beam' must be a whole number, not True"),
        ("source = [1.5]", "'source' must be a list of texts"),
        ("source = []", "source: name at least one camera, file or stream"),
        ("gate = 'no'", "'gate' must be true or false"),
        ("max-fps = 0", "max-fps 0: must be 0.001 to 1000"),
        ("sensitivity = 'huge'", "sensitivity huge: must be one of low, normal, high"),
        ("beam = ", "not TOML"),
        ("region = '1,2'", "region '1,2': must be X,Y,WIDTH,HEIGHT"),
        ("region = '0,0,0,0'", "region 0,0,0,0: must be"),
        ("width = 640", "a width without a height"),
    ],
)
def test_files_that_say_something_else(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"live\.toml: ") as caught:
        read_configuration(file)
    assert said in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"none\.toml: cannot be read"):
        read_configuration(tmp_path / "none.toml")


def test_values_out_of_range() -> None:
    for wrong, said in (
        ({"beam": 0}, "beam 0: must be 1 to 50"),
        ({"cpu_budget": 101.0}, "cpu-budget 101: must be 1 to 100"),
        ({"source": ("0", "0")}, "named twice"),
        ({"rotate": 45}, "rotate 45: must be one of 0, 90, 180, 270"),
    ):
        with pytest.raises(OptionError) as caught:
            LiveOptions(**wrong)
        assert said in str(caught.value)


def test_a_strange_name_is_written_so_that_it_is_read_back(tmp_path: Path) -> None:
    options = LiveOptions(source=('a"b\\c\td\x7fe\u2028ü',))
    (tmp_path / "live.toml").write_text(options.to_toml(), encoding="utf-8")
    assert read_configuration(tmp_path / "live.toml") == options


def test_a_byte_order_mark_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "live.toml").write_bytes(b"\xef\xbb\xbfbeam = 3\r\n")
    assert read_configuration(tmp_path / "live.toml").beam == 3


def test_home_is_written_with_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    file = tmp_path / "live.toml"
    file.write_text(
        'source = ["~/clip.mp4", "rtsp://h/~ann"]\nbundle = "~/b"\njsonl = "~/c.jsonl"\nrecord = "~/r.mp4"\n'
        'srt = "~nobody-of-this-name/s.srt"\nvtt = "v~.vtt"\n'
    )
    options = read_configuration(file)
    assert options.source == ("/home/ann/clip.mp4", "rtsp://h/~ann")
    assert (options.bundle, options.jsonl, options.record) == (
        "/home/ann/b",
        "/home/ann/c.jsonl",
        "/home/ann/r.mp4",
    )
    assert (options.srt, options.vtt) == ("~nobody-of-this-name/s.srt", "v~.vtt")
    assert resolve(_parsed("--jsonl=~/x", "--source=~/y"), None).jsonl == "/home/ann/x"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("beam = " + "9" * 400, "'beam' must not be a number of about 400 digits"),
        ("max-age = " + "9" * 400, "'max-age' must not be a number of about 400 digits"),
        ("beam = " + "9" * 5000, "not TOML (Exceeds the limit"),
        ("max-age = 1e999", "max-age inf: must be 0 to 1e+09"),
        ("max-age = nan", "max-age nan: must be"),
        ('jsonl = "a\\u0000b"', "jsonl 'a\\x00b': holds a NUL character"),
        ('source = "a\\u0000b"', "source 'a\\x00b': holds a NUL character"),
        ('variant = "' + "v" * 5000 + '"', "longer than 4095 characters"),
        ("beam = '" + "v" * 5000 + "'", "(5002 characters)"),
        (("k" * 5000) + " = 1", "(5000 characters)"),
    ],
)
def test_values_without_measure_are_short_sentences(value: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text(value)
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(file)
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
            LiveOptions(beam=wrong)


def test_a_password_is_not_printed_by_a_mistake_around_it(tmp_path: Path) -> None:
    file = tmp_path / "live.toml"
    file.write_text('source = {door = "rtsp://anna:geheim@cam/live"}\n')
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(file)
    assert str(caught.value) == f"{file}: 'source' must be a list of texts"
