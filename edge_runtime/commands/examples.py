"""Examples that `--help` ends with, by the name of the command."""

import argparse

_EXAMPLES = {
    "edge-caption": (
        "edge-caption caption photo.jpg",
        "edge-caption live --source 0",
        "edge-caption doctor",
    ),
    "edge-caption caption": (
        "edge-caption caption photo.jpg",
        "edge-caption caption --recursive --json pictures > captions.jsonl",
        "curl -s http://camera.local/still.jpg | edge-caption caption -",
    ),
    "edge-caption demo": ("edge-caption demo", "edge-caption demo --journal demo.db --web 127.0.0.1:9000"),
    "edge-caption live": (
        "edge-caption live --source 0",
        "edge-caption live --source rtsp://camera.local/stream --jsonl captions.jsonl",
        "edge-caption live --config live.toml",
    ),
    "edge-caption journal": (
        "edge-caption live --source 0 --journal captions.db",
        'edge-caption journal search "dog AND ball" --since 2h',
        "edge-caption journal day yesterday",
    ),
    "edge-caption journal search": (
        'edge-caption journal search "dog AND (ball OR frisbee)" --since 2h',
        "edge-caption journal --journal garden.db search 'NOT person' --source /dev/video0",
        "edge-caption journal search --limit 1000 --json > scenes.jsonl",
    ),
    "edge-caption journal near": ("edge-caption journal near photo.jpg --limit 5",),
    "edge-caption journal show": ("edge-caption journal show 019abcdef012-0a1b2c --picture scene.jpg",),
    "edge-caption journal day": ("edge-caption journal day 2026-11-26",),
    "edge-caption journal export": ("edge-caption journal export csv --since 7d > week.csv",),
    "edge-caption bench": (
        "edge-caption bench",
        "edge-caption bench --variant all --json > bench.json",
    ),
    "edge-caption bundle": (
        "edge-caption bundle info",
        "edge-caption bundle verify my-bundle.zip",
        "edge-caption bundle tune",
    ),
    "edge-caption bundle info": ("edge-caption bundle info", "edge-caption bundle info --json my-bundle.zip"),
    "edge-caption bundle verify": ("edge-caption bundle verify my-bundle.zip",),
    "edge-caption bundle tune": ("edge-caption bundle tune", "edge-caption bundle tune --threads 2 my-bundle.zip"),
    "edge-caption rules": (
        "edge-caption rules check rules.toml",
        "edge-caption rules test rules.toml --journal captions.db --since 7d",
        "edge-caption rules explain 'animal and not person' --sentence 'no people, but a dog'",
    ),
    "edge-caption doctor": ("edge-caption doctor", "edge-caption doctor --json > machine.json"),
}


def add_examples(parser: argparse.ArgumentParser) -> None:
    """Let the help of a command, and of those within it, end with its examples."""
    lines = _EXAMPLES.get(parser.prog)
    if lines is not None:
        parser.epilog = "\n  ".join(("examples:", *lines))
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for within in action.choices.values():
                add_examples(within)
