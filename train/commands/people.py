"""The command `python -m train people`: how people score against each other, for a model's score to stand beside."""

import argparse
import json
from dataclasses import asdict

from edge_runtime.bundle.languages import canonical_tag
from edge_runtime.console.exits import log
from edge_runtime.console.validation import whole_number
from train.datasets.base import SPLITS
from train.datasets.options import add_data_options, check_counts, data_source


def add_people(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `people` to the commands of `python -m train`."""
    people = commands.add_parser(
        "people", help="score each caption of people against the others of its picture", allow_abbrev=False
    )
    add_data_options(people)
    people.add_argument(
        "--language", default="en", metavar="TAG", help="of the captions, a BCP 47 tag: pt-BR, zh-Hans (default: en)"
    )
    people.add_argument("--split", choices=SPLITS, default="dev", help="default: dev")
    people.add_argument("--limit", type=whole_number, metavar="N", help="first N pictures only")
    people.add_argument(
        "--seed", type=whole_number, default=0, help="of the order of a picture's captions (default: 0)"
    )
    people.set_defaults(action=_people)


def _people(arguments: argparse.Namespace) -> int:
    from train.datasets.lettering import check_lettering
    from train.scoring.evaluate import split_references
    from train.scoring.leave_one_out import people_scores
    from train.scoring.metrics import protocol, require_java

    check_counts(arguments, "limit")
    language = canonical_tag(arguments.language)
    require_java(language)
    dataset = data_source(arguments).load()
    log(dataset.report())
    references = split_references(dataset.references([arguments.split], log), arguments.split, arguments.limit)
    check_lettering((text for texts in references.values() for text in texts), language, dataset.source)
    found = people_scores(references, language, meteor=True, seed=arguments.seed)
    told = {
        "split": arguments.split,
        "language": language,
        "pictures": found.pictures,
        "captions": found.captions,
        "alike": round(found.alike, 4),
        **{name: None if value is None else round(value, 4) for name, value in asdict(found.scores).items()},
        "protocol": f"{protocol(language)}, each caption against the others of its picture",
    }
    print(json.dumps(told, indent=2))
    return 0
