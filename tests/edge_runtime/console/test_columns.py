import pytest

from edge_runtime.console.columns import padded, pieces, width, wrapped


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("a dog", 5),
        ("", 0),
        ("狗", 2),
        ("ＡＢ", 4),
        ("ｶ", 1),
        ("e\u0301", 1),
        ("رُجل", 3),
        ("\u200b\u2068", 0),
        ("\u00ad", 1),
        ("한", 2),
        ("\u1112\u1161\u11ab", 2),
        ("😀", 2),
        ("❤", 1),
        ("❤\ufe0f", 2),
        ("😀\ufe0f", 2),
    ],
)
def test_columns_of_a_text(text: str, columns: int) -> None:
    assert width(text) == columns


def test_padding_counts_columns() -> None:
    assert [padded(text, 4) for text in ("a", "狗", "一只狗")] == ["a   ", "狗  ", "一只狗"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a dog runs", ["a ", "dog ", "runs"]),
        ("well-known", ["well-known"]),
        ("", [""]),
        ("a ", ["a ", ""]),
        ("一只狗，很快。", ["一", "只", "狗，", "很", "快。"]),
        ("说：“你好。”", ["说：", "“你", "好。”"]),
        ("（红色）的", ["（红", "色）", "的"]),
        ("了……", ["了……"]),
        ("两只 dog", ["两", "只 ", "dog"]),
        ("iPhone手机12", ["iPhone", "手", "机", "12"]),
        ("キャット", ["キャッ", "ト"]),
        ("狗\u0301猫", ["狗\u0301", "猫"]),
        ("👨\u200d👩👍🏽", ["👨\u200d👩", "👍🏽"]),
        ("狗\u00a0猫", ["狗\u00a0猫"]),
        ("رجل يمشي.", ["رجل ", "يمشي."]),
    ],
)
def test_lines_end_between_pieces(text: str, found: list[str]) -> None:
    assert pieces(text) == found


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("a dog", 5, ["a dog"]),
        ("a dog", 4, ["a", "  do", "  g"]),
        ("日本語", 6, ["日本語"]),
        ("日本語", 5, ["日本", "  語"]),
        ("e\u0301te\u0301", 4, ["e\u0301te\u0301"]),
        ("a dog", 0, ["a", "  do", "  g"]),
        ("a  b", 9, ["a  b"]),
        ("", 9, [""]),
        ("a: 一只狗", 7, ["a: 一只", "  狗"]),
        ("一只狗，跑", 6, ["一只", "  狗，", "  跑"]),
        ("aaa 狗", 5, ["aaa", "  狗"]),
    ],
)
def test_rows_are_counted_in_columns(text: str, columns: int, rows: list[str]) -> None:
    assert wrapped(text, columns, "  ") == rows
