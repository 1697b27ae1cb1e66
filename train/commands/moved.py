"""Commands that have moved to another house of the workshop; they are passed on for one release."""

import os
import subprocess
import sys
from pathlib import Path

from edge_runtime.console import log

_CHECKOUT = Path(__file__).resolve().parents[2]


def pass_on(house: str, name: str, rest: list[str]) -> int:
    """Run a command of another house, after a line that says so; returns its exit status.

    Args:
        house: Whose command it is.
        name: Of the command.
        rest: What it is given.
    """
    log(f"'python -m {house} {name}' is the name of this command from now on; the old one goes with the next release")
    # Not imported: nothing of a house may import from one that builds on it.
    path = os.pathsep.join(filter(None, (str(_CHECKOUT), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run([sys.executable, "-P", "-m", house, name, *rest], env=environment).returncode
