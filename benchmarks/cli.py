"""The command `python -m benchmarks latency|live|encoders`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from edge_runtime.exits import run_safely


def build_parser() -> argparse.ArgumentParser:
    """All commands and options."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measure a captioner.", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="latency|live|encoders")
    latency = commands.add_parser("latency", help="milliseconds a picture, variants side by side", allow_abbrev=False)
    latency.add_argument(
        "--bundle",
        type=Path,
        nargs="+",
        metavar="BUNDLE",
        help="bundle folder or zip, or several to compare (default: the one that ships)",
    )
    latency.add_argument("--variants", nargs="+", metavar="V", help="default: all of the bundle's")
    latency.add_argument(
        "--pictures", type=Path, default=Path("examples"), help="folder of pictures (default: examples)"
    )
    latency.add_argument("--threads", type=int, default=2, help="default: 2")
    latency.add_argument("--beam", type=int, default=1, help="default: 1, greedy")
    latency.add_argument("--rounds", type=int, default=200, help="pictures captioned by each variant (default: 200)")
    latency.add_argument("--json", action="store_true", help="figures as JSON")
    latency.set_defaults(action=_latency)
    live = commands.add_parser("live", help="age of captions, cost of a still scene, scenes missed", allow_abbrev=False)
    live.add_argument(
        "--bundle", type=Path, metavar="BUNDLE", help="bundle folder or zip (default: the one that ships)"
    )
    live.add_argument("--variant", metavar="V", help="default: as for 'edge-caption live'")
    live.add_argument("--pictures", type=Path, default=Path("examples"), help="folder of scenes (default: examples)")
    live.add_argument(
        "--scenes", type=int, default=300, help="scenes shown, again from the first where there are fewer"
    )
    live.add_argument("--clip", type=Path, metavar="VIDEO", help="video whose captions' age is measured too")
    live.add_argument("--threads", type=int, metavar="N", help="processor threads (default: all, 4 at the most)")
    live.set_defaults(action=_live)
    encoders = commands.add_parser(
        "encoders", help="what each encoder costs, on both runtimes, as ratios", allow_abbrev=False
    )
    encoders.add_argument("--encoders", nargs="+", metavar="NAME", help="default: all that are registered")
    encoders.add_argument(
        "--pictures", type=Path, default=Path("examples"), help="folder of pictures (default: examples)"
    )
    encoders.add_argument("--threads", type=int, default=1, help="default: 1")
    encoders.add_argument("--rounds", type=int, default=50, help="pictures encoded by each (default: 50)")
    encoders.add_argument(
        "--out", type=Path, default=Path("encoders"), metavar="DIR", help="for JSON, Markdown, PNG (default: encoders)"
    )
    encoders.set_defaults(action=_encoders)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    arguments = build_parser().parse_args(argv)
    return run_safely(lambda: int(arguments.action(arguments)), f"benchmarks {arguments.command}", "bench")


def _latency(arguments: argparse.Namespace) -> int:
    from benchmarks.latency import Latency, LatencyOptions

    options = LatencyOptions(
        arguments.bundle or [None],
        arguments.variants,
        arguments.pictures,
        arguments.threads,
        arguments.beam,
        arguments.rounds,
    )
    report = Latency(options).run()
    print(report.to_json() if arguments.json else report.to_markdown())
    return 0


def _live(arguments: argparse.Namespace) -> int:
    import json
    from itertools import cycle, islice

    from benchmarks.live import ages, blocked, scenes, still
    from edge_runtime.captioner import Captioner
    from edge_runtime.commands.caption import pictures_in
    from edge_runtime.errors import OptionError, PictureError
    from edge_runtime.frames.opencv import OpenCvSource
    from edge_runtime.frames.options import SourceOptions

    if arguments.scenes < 1:
        raise OptionError(f"--scenes {arguments.scenes}: must be at least 1")
    pictures = pictures_in(arguments.pictures) if arguments.pictures.is_dir() else []
    if not pictures:
        raise PictureError(f"{arguments.pictures}: no folder of pictures; check --pictures")
    captioner = Captioner.load(arguments.bundle, arguments.variant, arguments.threads)
    found = {
        "variant": captioner.variant,
        "threads": captioner.threads,
        "still, 20 s at 25 fps": still(captioner, pictures[0], 20, 25),
        "a sink that hangs for 10 s": blocked(captioner, pictures[0], 10, 25),
    }
    if arguments.clip is not None:
        clip = OpenCvSource(str(arguments.clip), "file", SourceOptions(realtime=True))
        found["age, at the clip's own speed"] = ages(captioner, clip, 25)
    shown = list(islice(cycle(pictures), arguments.scenes))
    found["scenes, 2 s each at 15 fps"] = scenes(captioner, shown, 2, 15)
    print(json.dumps(found, indent=2))
    return 0


def _encoders(arguments: argparse.Namespace) -> int:
    from benchmarks.encoders import price_list, write_prices
    from edge_runtime.commands.caption import pictures_in
    from edge_runtime.errors import OptionError, PictureError
    from export.bundle_writer import check_folder
    from train.encoders.registry import ENCODERS, encoder_spec
    from train.evaluate import say

    if arguments.rounds < 10:
        raise OptionError(f"--rounds {arguments.rounds}: at least 10 are needed for a median")
    pictures = pictures_in(arguments.pictures) if arguments.pictures.is_dir() else []
    if not pictures:
        raise PictureError(f"{arguments.pictures}: no folder of pictures; check --pictures")
    names = [encoder_spec(name).name for name in arguments.encoders or ENCODERS]
    check_folder(arguments.out)
    found = price_list(names, pictures, arguments.threads, arguments.rounds, say)
    for path in write_prices(found, arguments.out):
        print(path)
    return 0
