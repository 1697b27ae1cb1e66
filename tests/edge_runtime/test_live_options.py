import argparse
from pathlib import Path

import pytest

from edge_runtime.errors import ConfigurationError, OptionError
from edge_runtime.live_options import LiveOptions, add_options, read_configuration, resolve


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
        *("--srt", "o.srt", "--vtt", "o.vtt", "--log-level", "debug"),
    )
    assert set(given) == set(vars(LiveOptions()))
    assert resolve(given, None) == LiveOptions(
        *(("a.mp4", "1"), True, 640, 480, 15.0, 90, True, "0,0,.5,1", "b", "onnx-int8", 2, 3, "high", False, 5.0, 4.0),
        *(30.0, 7, False, "-", True, "o.mp4", "o.srt", "o.vtt", "debug", "0" * 64),
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
