"""Figures and names as people read them."""

import ast
from pathlib import Path

import pytest

import benchmarks
from benchmarks.report.readable import amount, number, percent, title, unit_of


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (14358.861, "14,359"),
        (5.891, "5.89"),
        (110.1, "110"),
        (47.149, "47.1"),
        (0.0744, "0.0744"),
        (0.00001234, "0.0000123"),
        (1e9, "1,000,000,000"),
        (-0.826, "-0.826"),
        (500.0, "500"),
        (0.0, "0"),
        (float("nan"), "-"),
    ],
)
def test_no_scientific_notation(value: float, written: str) -> None:
    assert number(value) == written


def test_all_and_nothing_are_not_rounded_to() -> None:
    assert [percent(share) for share in (1.0, 0.9996, 0.5, 0.0004, 0.0)] == [
        "100 %", "over 99 %", "50 %", "under 1 %", "0 %",
    ]  # fmt: skip
    assert percent(0.98765, 1) == "98.8 %"


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("total_ms_p50", "total, median, ms"),
        ("size_bytes", "size, MB"),
        ("memory_mb", "memory, MB"),
        ("gmacs_per_s", "billion multiply-adds a second"),
        ("encoder_gmacs_per_s", "encoder, billion multiply-adds a second"),
        ("parameters_m", "parameters, million"),
        ("age_ms_max", "age, at the most, ms"),
        ("ms", "ms"),
        ("bleu_4", "BLEU-4"),
        ("over_floor", "over floor"),
    ],
)
def test_names_without_underscores(key: str, written: str) -> None:
    assert title(key) == written


def test_bytes_are_told_in_megabytes() -> None:
    assert (amount("size_bytes", 5160296), unit_of("size_bytes")) == ("5.16", ("MB", 1e-6))


def test_nothing_else_may_write_an_exponent() -> None:
    """The formats `g`, `e` and `n` write 14359 as 1.436e+04: no table, chart or sentence here uses them."""
    root = Path(benchmarks.__file__).parent
    found = [
        f"{path.relative_to(root)}:{node.lineno}: {specification}"
        for path in sorted(root.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None
        for specification in [ast.unparse(node.format_spec)[2:-1]]
        if specification[-1:] in set("gGeEn")
    ]
    assert found == []
