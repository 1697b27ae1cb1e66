"""`edge-caption live`: from camera to caption, until it is stopped."""

import argparse
from pathlib import Path

from edge_runtime.commands.variant_option import add_plural
from edge_runtime.console.arguments import Parser
from edge_runtime.console.exits import emit
from edge_runtime.console.validation import file_path


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("live", help="caption a camera, live", allow_abbrev=False)
    if isinstance(parser, Parser):
        # Its options stand in the files of every source and sink, which no other command need load.
        parser.fill = lambda: _add_options(parser)
    else:
        _add_options(parser)
    parser.set_defaults(action=run)


def _add_options(parser: argparse.ArgumentParser) -> None:
    from edge_runtime.console.options.command_line import add_options
    from edge_runtime.live.options import kinds

    add_options(parser, kinds())
    add_plural(parser)
    parser.add_argument(
        "--config", type=_file, metavar="FILE.toml", help="options as a file; the command line overrides it"
    )
    parser.add_argument(
        "--rules", type=_file, metavar="FILE.toml", help="rules as a file of their own, beside those of --config"
    )
    parser.add_argument(
        "--print-config", action="store_true", help="print the options in force as such a file, and end"
    )


def _file(text: str) -> Path:
    return Path(file_path(text))


def run(arguments: argparse.Namespace) -> int:
    """Caption until the sources end or a signal comes; returns the exit status."""
    from edge_runtime.live.options import resolve

    options = resolve(vars(arguments), arguments.config, lambda sentence: emit("edge-caption", sentence))
    if arguments.print_config:
        print(options.to_toml(), end="")
        return 0

    from edge_runtime.live.supervisor import Supervisor

    return Supervisor(options, vars(arguments), arguments.config).run()
