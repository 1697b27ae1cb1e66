"""`python -m benchmarks arm64`: the wheel's sentences on emulated 64-bit ARM against this machine's; see `make arm64`."""

import argparse
import shutil
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "arm64",
        help="the wheel's sentences on emulated 64-bit ARM and here, and with 512 MB ('make arm64' prepares it)",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--root", type=Path, required=True, metavar="DIR", help="emulated system that deploy/arm64/check.sh made"
    )
    parser.add_argument(
        "--python", required=True, metavar="FILE", help="Python of an environment with the same wheel on this machine"
    )
    parser.add_argument(
        "--pictures", type=Path, default=Path("examples"), help="folder of pictures (default: examples)"
    )
    parser.add_argument(
        "--cpus",
        nargs="+",
        default=["cortex-a72", "cortex-a76"],
        metavar="CPU",
        help="that QEMU plays (default: cortex-a72 cortex-a76, a Raspberry Pi 4 and 5)",
    )
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare; returns the exit status: 1 where sentences differ, or memory was too little."""
    from benchmarks.arm64.table import arm64_markdown
    from benchmarks.arm64.wheel import Arm64Options, arm64, failures
    from benchmarks.pictures import required_pictures
    from edge_runtime.console import EXIT_PARTLY, log
    from edge_runtime.errors import OptionError

    check_out(arguments)
    pictures = {path.name: path for path in required_pictures(arguments.pictures, below=True)}
    found = shutil.which(arguments.python)
    if found is None:
        raise OptionError(
            f"--python {arguments.python}: no such program; name the Python of an environment with the wheel"
        )
    # Programs are run elsewhere; a link is not followed, since an environment's interpreter is one.
    python = str(Path(found).absolute())
    record = arm64(Arm64Options(arguments.root, python, list(pictures.values()), arguments.cpus), log)
    status = hand_over(record, arm64_markdown(record), arguments)
    wrong = failures(record)
    for sentence in wrong:
        log(f"benchmarks arm64: {sentence}")
    return EXIT_PARTLY if wrong else status
