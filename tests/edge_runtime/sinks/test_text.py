import fcntl
import io
import os
import struct
import subprocess
import sys
import termios
import tty
from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO, cast

import pytest

from edge_runtime.errors import ReaderLeftError, SinkError
from edge_runtime.events import StatusEvent, WordsEvent
from edge_runtime.sinks import line
from edge_runtime.sinks.line import beside_captions
from edge_runtime.sinks.text import TextSink
from tests.edge_runtime.sinks.made_events import caption

LOST = StatusEvent("lost", "0: the camera is lost", "0")


class _Terminal:
    def __init__(self, columns: int) -> None:
        self._master, slave = os.openpty()
        tty.setraw(slave)  # so that a newline stays one character
        self.stream: TextIO = os.fdopen(slave, "w", encoding="utf-8")
        self.resize(columns)

    def resize(self, columns: int) -> None:
        fcntl.ioctl(self.stream.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self) -> str:
        """What was printed since the last time; the kernel hands it over later, so a mark is sent behind it."""
        os.write(self.stream.fileno(), b"\0")
        content = b""
        while not content.endswith(b"\0"):
            content += os.read(self._master, 65536)
        return content[:-1].decode()

    def close(self) -> None:
        self.stream.close()
        os.close(self._master)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Terminal]:
    monkeypatch.setenv("TERM", "xterm")
    made = _Terminal(40)
    yield made
    line._lines.clear()  # of sinks that a test did not close
    made.close()


def _opened(stream: TextIO, several_sources: bool = False) -> TextSink:
    sink = TextSink(stream, several_sources)
    sink.open()
    return sink


def test_piped_a_line_for_each_new_sentence() -> None:
    stream = io.StringIO()
    sink = _opened(stream)
    sink.event(WordsEvent("0", 0, "a"))
    sink.event(caption("a dog"))
    sink.event(LOST)
    sink.event(caption("a dog", 1, changed=False))
    sink.event(caption("un café, 日本語", 2))
    sink.close()
    assert stream.getvalue() == "a dog\nun café, 日本語\n"


def test_guesses_and_no_clear_picture() -> None:
    stream = io.StringIO()
    sink = _opened(stream)
    sink.event(replace(caption("a dog"), shown="perhaps a dog", hedged=True))
    sink.event(replace(caption("", 1), shown="no clear picture (blurred)", abstained="blurred"))
    sink.event(replace(caption("", 2, changed=False), shown="no clear picture (blurred)", abstained="noise"))
    sink.close()
    assert stream.getvalue() == "perhaps a dog\nno clear picture (blurred)\n"


def test_a_guess_stays_while_its_words_are_repeated(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    sink.event(replace(caption("a dog"), shown="perhaps a dog", hedged=True))
    terminal.read()
    sink.event(WordsEvent("0", 1, "a"))
    sink.event(WordsEvent("0", 1, "a dog"))
    assert terminal.read() == ""
    sink.close()


def test_piped_with_several_sources_the_source_is_a_column() -> None:
    stream = io.StringIO()
    sink = _opened(stream, several_sources=True)
    sink.event(caption("a dog", source="cam\t1"))
    sink.event(caption("a\ncat\x1b[2J \x85\u2028\udce9", source="2"))
    assert stream.getvalue() == "cam\\t1\ta dog\n2\ta\\ncat\\x1b[2J \\x85\\u2028\\udce9\n"


def test_what_the_encoding_lacks_is_escaped() -> None:
    content = io.BytesIO()
    sink = _opened(io.TextIOWrapper(content, "ascii"))
    sink.event(caption("café"))
    assert content.getvalue() == b"caf\\xe9\n"


def test_a_terminal_s_line_is_redrawn_as_words_come(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    sink.event(WordsEvent("0", 0, "a"))
    assert terminal.read() == "\ra\x1b[K"
    sink.event(WordsEvent("0", 0, "a dog"))
    assert terminal.read() == "\ra dog\x1b[K"
    sink.event(caption("a dog runs"))
    assert terminal.read() == "\r\x1b[K\ra dog runs\x1b[K"


def test_the_same_sentence_again_moves_nothing(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    sink.event(caption("a dog runs"))
    terminal.read()
    for words in ("a", "a dog", "a dog runs"):
        sink.event(WordsEvent("0", 1, words))
    sink.event(caption("a dog runs", changed=False))
    assert terminal.read() == ""


def test_words_that_came_to_nothing_give_the_line_back(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    sink.event(caption("a dog runs"))
    sink.event(WordsEvent("0", 1, "the puppy"))
    terminal.read()
    sink.event(caption("a dog runs", changed=False))
    assert terminal.read() == "\ra dog runs\x1b[K"


def test_another_sentence_is_another_line_below_the_whole_one(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    sink.event(caption("a dog"))
    sink.event(WordsEvent("0", 1, "two"))
    terminal.read()
    sink.event(caption("two cats"))
    assert terminal.read() == "\ra dog\x1b[K\n\rtwo cats\x1b[K"
    sink.close()
    assert terminal.read() == "\n"


def test_a_status_finds_the_line_ended(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    sink.event(caption("a dog"))
    sink.event(WordsEvent("0", 1, "two"))
    terminal.read()
    sink.event(LOST)
    assert terminal.read() == "\ra dog\x1b[K\n"
    sink.event(LOST)
    assert terminal.read() == ""
    sink.event(WordsEvent("0", 2, "two"))
    sink.event(caption("a dog", changed=False))
    assert terminal.read() == "\rtwo\x1b[K\r\x1b[K"


def test_each_source_on_a_terminal_by_name(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream, several_sources=True)
    sink.event(caption("a dog", source="door"))
    sink.event(caption("a cat", source="yard"))
    assert terminal.read() == "\rdoor: a dog\x1b[K\n\ryard: a cat\x1b[K"
    sink.event(WordsEvent("door", 1, "a"))
    sink.event(caption("a dog", source="door", changed=False))
    assert terminal.read() == ""


def test_a_line_is_wrapped_to_the_terminal_as_it_is_now(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    terminal.resize(10)
    sink.event(caption("a dog on a street"))
    assert terminal.read() == "\ra dog on\x1b[K\n\r  a\x1b[K\n\r  street\x1b[K"
    terminal.resize(12)
    sink.event(caption("日本語の字幕です"))
    assert terminal.read() == "\n\r日本語の字\x1b[K\n\r  幕です\x1b[K"


def test_words_that_come_are_drawn_over_all_their_rows(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    terminal.resize(10)
    sink.event(WordsEvent("0", 0, "a dog on a"))
    assert terminal.read() == "\ra dog on\x1b[K\n\r  a\x1b[K"
    sink.event(WordsEvent("0", 0, "a dog on a bed"))
    assert terminal.read() == "\x1b[1A\ra dog on\x1b[K\n\r  a bed\x1b[K"
    sink.event(caption("a cat"))
    assert terminal.read() == "\x1b[1A\r\x1b[J\ra cat\x1b[K"


def test_several_sources_on_80_columns_lose_no_word(terminal: _Terminal) -> None:
    terminal.resize(80)
    sink = _opened(terminal.stream, several_sources=True)
    said = "a man in a red jacket stands on a snowy mountain next to two dogs that play with a ball"
    for source in ("rtsp://192.0.2.7:554/stream1", "/dev/v4l/by-id/usb-046d_HD_Webcam_C525-video-index0"):
        sink.event(caption(said, source=source))
        printed = terminal.read().replace("\x1b[K", "").replace("\r", "").lstrip("\n")
        assert " ".join(printed.split()) == f"{source}: {said}"
        assert max(map(len, printed.split("\n"))) < 80


def test_a_message_leaves_the_sentence_standing(terminal: _Terminal) -> None:
    """It is printed by another thread, before the sink hears of what it is about."""
    sink = _opened(terminal.stream)
    sink.event(caption("a dog"))
    terminal.read()
    with beside_captions():
        terminal.stream.write("lost\n")
        terminal.stream.flush()
    sink.event(LOST)
    sink.event(caption("two dogs"))
    sink.close()
    assert terminal.read() == "\nlost\n\rtwo dogs\x1b[K\n"
    with beside_captions():
        assert terminal.read() == ""


def test_a_message_takes_words_that_still_come_away(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    sink.event(caption("a dog"))
    sink.event(WordsEvent("0", 1, "two"))
    terminal.read()
    with beside_captions():
        assert terminal.read() == "\ra dog\x1b[K\n"
    sink.close()


def test_a_dumb_terminal_gets_plain_lines(terminal: _Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    sink = _opened(terminal.stream)
    sink.event(WordsEvent("0", 0, "a"))
    sink.event(caption("a dog"))
    assert terminal.read() == "a dog\n"


def test_rows_of_a_long_chinese_sentence_are_counted_in_columns(terminal: _Terminal) -> None:
    terminal.resize(11)
    sink = _opened(terminal.stream)
    sink.event(caption("一只狗在跑，很快。"))
    assert terminal.read() == "\r一只狗在\x1b[K\n\r  跑，很\x1b[K\n\r  快。\x1b[K"
    sink.event(caption("一只狗在跑，很快。", changed=False))
    assert terminal.read() == ""
    sink.event(WordsEvent("0", 1, "两"))
    assert terminal.read() == "\x1b[2A\r两\x1b[J"  # of all three rows


def test_an_arabic_sentence_behind_a_name_is_isolated_on_a_terminal_alone(terminal: _Terminal) -> None:
    sentence = "رجل يركب دراجة."
    sink = _opened(terminal.stream, several_sources=True)
    sink.event(caption(sentence, source="door"))
    assert terminal.read() == f"\rdoor: \u2068{sentence}\u2069\x1b[K"
    piped = io.StringIO()
    sink = _opened(piped, several_sources=True)
    sink.event(caption(sentence, source="door"))
    assert piped.getvalue() == f"door\t{sentence}\n"


def test_an_arabic_sentence_alone_is_left_to_the_terminal(terminal: _Terminal) -> None:
    sink = _opened(terminal.stream)
    sink.event(caption("رجل يركب دراجة."))
    assert terminal.read() == "\rرجل يركب دراجة.\x1b[K"


def test_a_reader_that_has_left_is_an_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    sink = _opened(stream)
    with pytest.raises(ReaderLeftError, match=r"^captions on stdout: the program that read it has ended$"):
        sink.event(caption("a dog"))
    stream.close()  # does not try again what could not be written


def test_python_does_not_complain_at_its_exit() -> None:
    code = (
        "import sys\n"
        "from edge_runtime.errors import SinkError\n"
        "from edge_runtime.sinks.text import TextSink\n"
        "from tests.edge_runtime.sinks.made_events import caption\n"
        "sink = TextSink(sys.stdout, False)\n"
        "sink.open()\n"
        "try:\n    sink.event(caption('a dog'))\nexcept SinkError as error:\n    print(error, file=sys.stderr)\n"
    )
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stdout:
        ran = subprocess.run([sys.executable, "-c", code], stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60)
    assert ran.stderr == "captions on stdout: the program that read it has ended\n"
    assert ran.returncode == 0


def test_a_closed_stream_is_refused() -> None:
    stream = io.StringIO()
    stream.close()
    with pytest.raises(SinkError, match="it is closed"):
        TextSink(stream, False).open()
    with pytest.raises(SinkError, match="it is closed"):
        TextSink(cast(TextIO, None), False).open()  # what sys.stdout is then
