"""`python -m benchmarks peers`: whole captions of ours and of other captioners, in one run."""

import argparse
from pathlib import Path

from benchmarks.report.writing import add_record_options, check_out, hand_over


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    from benchmarks.peers.registry import PEERS

    parser = commands.add_parser(
        "peers",
        help="ours beside other captioners: speed and memory, quality where they have weights",
        description="Caption the same pictures with ours and with others, interleaved, each in a process of its own.",
        allow_abbrev=False,
    )
    parser.add_argument("--bundle", type=Path, metavar="BUNDLE", help="ours (default: the one that ships)")
    parser.add_argument("--peers", nargs="+", default=list(PEERS), metavar="P", help=f"of: {', '.join(PEERS)} (all)")
    parser.add_argument(
        "--pictures", type=Path, default=Path("examples"), help="folder of pictures (default: examples)"
    )
    parser.add_argument("--shown", type=int, default=2, help="pictures of it, captioned once a round (default: 2)")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--threads", type=int, default=2, help="of each captioner (default: 2)")
    parser.add_argument(
        "--peer-weights", type=Path, metavar="DIR", help="folder with DIR/PEER/ as save_pretrained() writes it"
    )
    parser.add_argument("--data", type=Path, metavar="FLICKR8K", help="score those with weights on its test pictures")
    parser.add_argument("--limit", type=int, metavar="N", help="score the first N test pictures alone")
    add_record_options(parser)
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; returns the exit status."""
    from benchmarks.peers.run import PeersOptions, measure_peers
    from benchmarks.peers.table import to_markdown
    from edge_runtime.console import log

    check_out(arguments)
    options = PeersOptions(
        bundle=arguments.bundle,
        peers=arguments.peers,
        pictures=arguments.pictures,
        shown=arguments.shown,
        rounds=arguments.rounds,
        threads=arguments.threads,
        weights=arguments.peer_weights,
        data=arguments.data,
        limit=arguments.limit,
    )
    record = measure_peers(options, log)
    return hand_over(record, to_markdown(record), arguments)
