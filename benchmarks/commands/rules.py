"""`python -m benchmarks rules`: whether rules understand sentences as a person does who labelled them."""

import argparse
import json
from pathlib import Path

from edge_runtime.console.terminal import plain


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "rules",
        help="how often rules understand a sentence as a person does",
        description="Lines of LABELS.tsv are group, rule, yes or no, and sentence, with tabs between. They stay where they are.",
        allow_abbrev=False,
    )
    parser.add_argument("labels", type=Path, metavar="LABELS.tsv", help="pairs that a person labelled")
    parser.add_argument("--wrong", action="store_true", help="print the pairs that rules get wrong, too")
    parser.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(action=_rules)


def _rules(arguments: argparse.Namespace) -> int:
    from benchmarks.rules.labels import read_labels, score

    pairs = read_labels(arguments.labels)
    counts = score(pairs)
    if arguments.json:
        print(json.dumps({group: {"right": right, "pairs": number} for group, (right, number) in counts.items()}))
        return 0
    for pair in pairs if arguments.wrong else ():
        if pair.found is not pair.holds:
            print(plain(f"{'missed' if pair.holds else 'false'}  {pair.rule}  {pair.sentence}"))
    for group, (right, number) in counts.items():
        print(plain(f"{group}: {right} of {number} right, {100 * right / number:.1f} %"))
    return 0
