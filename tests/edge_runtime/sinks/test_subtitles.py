import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from edge_runtime.errors import SinkError
from edge_runtime.events import StatusEvent, WordsEvent
from edge_runtime.sinks.subtitles import SubtitleSink
from tests.edge_runtime.sinks.made_events import caption


def _opened(path: Path, several_sources: bool = False) -> SubtitleSink:
    sink = SubtitleSink(str(path), several_sources)
    sink.open()
    return sink


def test_srt_cues_last_until_the_next_sentence(tmp_path: Path) -> None:
    path = tmp_path / "out.srt"
    sink = _opened(path)
    sink.event(caption("a dog", 0.5))
    sink.event(WordsEvent("0", 1, "two"))
    sink.event(caption("a dog", 1.0, changed=False))
    assert path.read_text() == ""
    sink.event(caption("two cafés", 3.25))
    assert path.read_text() == "1\n00:00:00,500 --> 00:00:03,250\na dog\n\n"  # before it is closed
    sink.event(caption("two cafés", 3661.0, changed=False))
    sink.close()
    assert path.read_text(encoding="utf-8") == (
        "1\n00:00:00,500 --> 00:00:03,250\na dog\n\n2\n00:00:03,250 --> 01:01:03,000\ntwo cafés\n\n"
    )


def test_vtt_has_a_header_and_escapes(tmp_path: Path) -> None:
    path = tmp_path / "out.vtt"
    sink = _opened(path)
    assert path.read_text() == "WEBVTT\n\n"
    sink.event(caption("a <b> & c --> d", 1))
    sink.close()
    assert path.read_text() == "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\na &lt;b&gt; &amp; c --&gt; d\n\n"


def test_several_sources_are_lines_of_one_cue(tmp_path: Path) -> None:
    path = tmp_path / "out.srt"
    sink = _opened(path, several_sources=True)
    sink.event(caption("a dog", 1, source="door"))
    sink.event(caption("a cat", 2, source="yard"))
    sink.event(caption("a man", 4, source="door"))
    sink.close()
    assert path.read_text() == (
        "1\n00:00:01,000 --> 00:00:02,000\ndoor: a dog\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\ndoor: a dog\nyard: a cat\n\n"
        "3\n00:00:04,000 --> 00:00:06,000\ndoor: a man\nyard: a cat\n\n"
    )


def _cues(path: Path) -> list[str]:
    lines = path.read_text().splitlines()
    return [f"{line} {lines[number + 1]}" for number, line in enumerate(lines) if "-->" in line]


def test_cues_last_long_enough_to_be_read_and_never_overlap(tmp_path: Path) -> None:
    """A second, or a third of one a word; of what is said meanwhile the last is shown."""
    path = tmp_path / "out.srt"
    sink = _opened(path)
    six = "a man in a red shirt"
    for text, position in ((six, 1), ("b", 1.12), ("c", 1.24), ("d", 3.5), ("e", 3.6), ("d", 3.7), ("f", 5)):
        sink.event(caption(text, position))
    sink.close()
    assert _cues(path) == [
        f"00:00:01,000 --> 00:00:03,000 {six}",
        "00:00:03,000 --> 00:00:04,000 c",
        "00:00:04,000 --> 00:00:05,000 d",
        "00:00:05,000 --> 00:00:07,000 f",
    ]


def test_characters_that_are_words_take_their_time(tmp_path: Path) -> None:
    path = tmp_path / "out.srt"
    sink = _opened(path)
    sink.event(caption("一只棕色的狗在雪地里奔跑追着一个红色的球", 0))
    sink.event(caption("两个人", 0.5))
    sink.close()
    assert _cues(path)[0] == "00:00:00,000 --> 00:00:02,556 一只棕色的狗在雪地里"
    assert path.read_text(encoding="utf-8").splitlines()[2:4] == ["一只棕色的狗在雪地里", "奔跑追着一个红色的球"]


@pytest.mark.parametrize("suffix", ["srt", "vtt"])
def test_sentences_from_right_to_left_are_embedded(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out.{suffix}"
    sink = _opened(path)
    sink.event(caption("رجل يركب دراجة.", 0))
    sink.close()
    assert path.read_text(encoding="utf-8").endswith("\n\u202bرجل يركب دراجة.\u202c\n\n")


@pytest.mark.parametrize(
    ("words", "cues"),
    [
        (6, ["00:00:00,000 --> 00:00:02,000 a a a a a a", "00:00:02,000 --> 00:00:03,000 ten"]),
        # It would begin when all is over.
        (9, ["00:00:00,000 --> 00:00:03,000 a a a a a a a a a"]),
    ],
)
def test_the_last_sentence_is_shown_if_there_is_time_for_it(words: int, cues: list[str], tmp_path: Path) -> None:
    path = tmp_path / "out.srt"
    sink = _opened(path)
    sink.event(caption(" ".join("a" * words), 0))
    sink.event(caption("ten", 0.4))
    sink.event(StatusEvent("ended", "the end", "0", position=0.5))
    sink.close()
    assert _cues(path) == cues


def test_subtitles_that_are_there_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "out.vtt"
    path.write_text("of an earlier run")
    sink = _opened(path)
    sink.event(caption("a dog", 1))
    sink.close()
    (beside,) = (entry for entry in tmp_path.iterdir() if entry != path)
    assert re.fullmatch(r"out\.\d{8}-\d{6}\.vtt", beside.name)
    assert _cues(beside) == ["00:00:01.000 --> 00:00:03.000 a dog"]
    assert path.read_text() == "of an earlier run"
    asked = SubtitleSink(str(path), overwrite=True)
    asked.open()
    asked.close()
    assert path.read_text() == "WEBVTT\n\n"


def test_a_source_that_begins_anew_goes_on_behind(tmp_path: Path) -> None:
    path = tmp_path / "out.srt"
    sink = _opened(path)
    sink.event(caption("a dog", 10))
    sink.event(StatusEvent("stopped", "stopped", "0", position=20.0))
    # The clock of `made_events` begins at 100: captured a second later.
    sink.event(replace(caption("a cat", 0), captured=121.0))
    sink.event(replace(caption("two cats", 5), captured=126.0))
    sink.close()
    assert _cues(path) == [
        "00:00:10,000 --> 00:00:20,000 a dog",
        "00:00:21,000 --> 00:00:26,000 a cat",
        "00:00:26,000 --> 00:00:28,000 two cats",
    ]


def test_a_lost_source_shows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.srt"
    sink = _opened(path)
    sink.event(caption("a dog", 1))
    sink.event(StatusEvent("lost", "lost", "0"))
    sink.event(StatusEvent("recovered", "back", "0"))
    sink.event(caption("a dog", 100, changed=False))
    sink.event(StatusEvent("ended", "the end", "0"))
    sink.close()
    assert path.read_text() == (
        "1\n00:00:01,000 --> 00:00:03,000\na dog\n\n2\n00:01:40,000 --> 00:01:42,000\na dog\n\n"
    )


def test_an_empty_sentence_is_no_cue_and_lines_are_joined(tmp_path: Path) -> None:
    path = tmp_path / "out.srt"
    sink = _opened(path)
    sink.event(caption("", 0))
    sink.event(caption("a\n\n dog", 1))
    sink.event(caption(" ", 2))
    sink.close()
    assert path.read_text() == "1\n00:00:01,000 --> 00:00:02,000\na dog\n\n"


def test_without_captions_the_file_is_empty_but_valid(tmp_path: Path) -> None:
    sink = _opened(tmp_path / "out.vtt")
    sink.close()
    assert (tmp_path / "out.vtt").read_text() == "WEBVTT\n\n"


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed (Debian: ffmpeg)")
@pytest.mark.parametrize("suffix", ["srt", "vtt"])
def test_ffmpeg_reads_the_same_cues(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out.{suffix}"
    sink = _opened(path)
    for position, text in ((0, "a dog"), (1.5, "un café & 日本"), (3723.004, "two cats")):
        sink.event(caption(text, position))
    sink.close()
    command = ["ffprobe", "-v", "error", "-show_packets", "-show_data", "-of", "json", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    packets = json.loads(ran.stdout)["packets"]
    spans = [(float(packet["pts_time"]), float(packet["duration_time"])) for packet in packets]
    assert spans == [(0.0, 1.5), (1.5, 3721.504), (3723.004, 2.0)]
    assert ran.stderr == ""
    converted = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-f", "srt", "-"], capture_output=True, text=True, timeout=60
    )
    assert [line for line in converted.stdout.splitlines() if line and "-->" not in line and not line.isdigit()] == [
        "a dog",
        "un café & 日本",
        "two cats",
    ]


def test_other_names_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match=r"out\.txt: not a name of subtitles; it must end in \.srt or \.vtt$"):
        _opened(tmp_path / "out.txt")
    with pytest.raises(SinkError, match=r"^--vtt .*none/out\.vtt: its folder does not exist; make it first$"):
        _opened(tmp_path / "none" / "out.vtt")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "out.srt"
    path.symlink_to("/dev/full")
    sink = _opened(path)
    sink.event(caption("a dog", 0))
    with pytest.raises(SinkError, match=r"^--srt .*out\.srt: the disk is full"):
        sink.event(caption("a cat", 1))


def test_the_last_sentence_stays_until_the_last_frame(tmp_path: Path) -> None:
    path = tmp_path / "out.srt"
    sink = _opened(path)
    sink.event(caption("a dog", 1))
    sink.event(StatusEvent("ended", "the end", "0", position=12.04))
    sink.close()
    assert path.read_text() == "1\n00:00:01,000 --> 00:00:12,040\na dog\n\n"
