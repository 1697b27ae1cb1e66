import pytest

from edge_runtime.sinks.cues import cue, said

ENGLISH = "a man and a woman are standing next to each other in front of a large building with a clock"
ARABIC = "رجل يركب دراجة."


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (ENGLISH, [ENGLISH]),  # players divide it
        ("一只棕色的狗在雪地里奔跑。", ["一只棕色的狗在雪地里奔跑。"]),
        ("一只棕色的狗在雪地里奔跑追着一个红色的球", ["一只棕色的狗在雪地里", "奔跑追着一个红色的球"]),
        ("一只棕色的狗在雪地里奔跑，追着一个红球", ["一只棕色的狗在雪地里", "奔跑，追着一个红球"]),
        ("a dog\n" + "狗" * 17, ["a dog", "狗" * 9, "狗" * 8]),
        ("狗" * 40, ["狗" * 14, "狗" * 14, "狗" * 12]),
    ],
)
def test_lines_without_spaces_are_divided_evenly(text: str, rows: list[str]) -> None:
    assert cue(".srt", 1, text, 0, 1000).split("\n")[2:] == [*rows, "", ""]


def test_both_formats() -> None:
    assert cue(".srt", 7, "a < b", 1, 3_600_000) == "7\n00:00:00,001 --> 01:00:00,000\na < b\n\n"
    assert cue(".vtt", 7, "a < b", 1, 3_600_000) == "00:00:00.001 --> 01:00:00.000\na &lt; b\n\n"


def test_each_part_of_a_line_runs_its_own_way() -> None:
    assert said("a dog") == "a dog"
    assert said("a dog", "door") == "door: a dog"
    assert said(ARABIC, "door") == f"door: \u202b{ARABIC}\u202c"
    assert said(f"a dog\n{ARABIC}", "door") == f"door: a dog\n\u202b{ARABIC}\u202c"
