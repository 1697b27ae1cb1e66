import argparse
from pathlib import Path

import pytest

from edge_runtime.validation import file_or_folder, number, whole_number


def test_what_goes() -> None:
    assert (whole_number("-3"), number("1e-3"), file_or_folder("a/b")) == (-3, 0.001, Path("a/b"))


@pytest.mark.parametrize("text", ["9" * 400, "9" * 5000, str(2**31), "1.5", "x\0", ""])
def test_no_whole_number(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="must be a whole number, not") as caught:
        whole_number(text)
    assert len(str(caught.value)) < 130


@pytest.mark.parametrize("text", ["", "a\0b", "a" * 5000])
def test_no_path(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"is no path|no path or name"):
        file_or_folder(text)
