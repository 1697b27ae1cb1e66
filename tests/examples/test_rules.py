from pathlib import Path

import pytest

from edge_runtime.cli import main

_FILE = Path(__file__).parent.parent.parent / "examples" / "rules.toml"


def test_the_example_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "check", str(_FILE), "--language", "en"]) == 0
    assert capsys.readouterr().out == (
        "dog on the couch   dog and (couch or sofa) and not person\nsomebody at night  person\n"
    )
