"""The options of a run on the command line, made of what `train.runs.config.RunConfig` declares."""

import argparse
from collections.abc import Collection
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from edge_runtime.bundle.languages import canonical_tag
from edge_runtime.console.validation import file_or_folder, number, whole_number
from train.datasets.coverage import MAX_UNKNOWN
from train.datasets.options import data_source
from train.encoders.registry import encoder_spec
from train.fitting.job import Job
from train.runs.config import DISTILLATION, ENCODER, GROUPS, WHOLE, RunConfig
from train.runs.fields import declared, default_of, option_of

FEATURES = Path("features")


def add_encoder_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that name an encoder and its features."""
    group = _add_group(parser, ENCODER)
    group.add_argument(
        "--encoder-weights",
        type=file_or_folder,
        metavar="FILE|none",
        help="weights file, or none for random weights (default: ImageNet weights, installed or downloaded)",
    )
    group.add_argument(
        "--features", type=file_or_folder, default=FEATURES, help="folder of feature caches (default: features)"
    )


def add_mirror_option(parser: argparse.ArgumentParser) -> None:
    """Add the option that leaves out mirrored pictures."""
    _add(parser, {"mirror"})


def add_fit_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of a training run, but for those of its encoder."""
    parser.add_argument(
        "--run", type=file_or_folder, required=True, help="run folder; an interrupted run goes on from its checkpoint"
    )
    parser.add_argument("--limit", type=whole_number, metavar="N", help="a trial on at most N pictures of each split")
    parser.add_argument(
        "--max-unknown",
        type=number,
        default=MAX_UNKNOWN,
        metavar="SHARE",
        help=f"share of the captions' words that may be unknown, 1 for any (default: {MAX_UNKNOWN})",
    )
    groups = {name: _add_group(parser, name) for name in GROUPS if name != ENCODER}
    groups[WHOLE].add_argument(
        "--start-from", type=file_or_folder, metavar="RUN", help="begin with the weights of this run or bundle"
    )
    groups[DISTILLATION].add_argument(
        "--teachers",
        nargs="+",
        type=file_or_folder,
        default=[],
        metavar="RUN",
        help="runs or bundles whose word scores, together, are taught",
    )


def run_config(arguments: argparse.Namespace) -> RunConfig:
    """Return the configuration that the options ask for; what they leave out has its default.

    Raises:
        UnknownEncoderError: There is no such encoder.
        RunError, OptionError: A value does not go.
    """
    asked = {
        known.name: getattr(arguments, known.name)
        for known in fields(RunConfig)
        if declared(known).group and known.name in arguments
    }
    if "language" in asked:
        asked["language"] = canonical_tag(asked["language"])
    spec = encoder_spec(asked.setdefault("encoder", RunConfig().encoder))
    config = RunConfig(**{"image_size": spec.size} | asked)
    config.check()
    return config


def training_job(arguments: argparse.Namespace) -> Job:
    """Return the training that the options ask for.

    Raises:
        RunError, DatasetError, UnknownEncoderError: They do not go, or do not go together.
    """
    return Job(
        run=arguments.run,
        config=run_config(arguments),
        source=data_source(arguments),
        features=arguments.features,
        encoder_weights=arguments.encoder_weights,
        start_from=arguments.start_from,
        teachers=tuple(arguments.teachers),
        limit=arguments.limit,
        max_unknown=arguments.max_unknown,
    )


def _add_group(parser: argparse.ArgumentParser, group: str) -> "argparse._ArgumentGroup":
    added = parser.add_argument_group(group)
    _add(added, {known.name for known in fields(RunConfig) if declared(known).group == group})
    return added


def _add(parser: "argparse._ActionsContainer", names: Collection[str]) -> None:
    for known in fields(RunConfig):
        if known.name in names:
            parser.add_argument(option_of(known), dest=known.name, default=argparse.SUPPRESS, **_settings(known))


def _settings(known: "Field[Any]") -> dict[str, Any]:
    """Return what argparse is told of a field, beside its name."""
    rules, default = declared(known), default_of(known)
    if isinstance(default, bool):
        return {"action": "store_false" if default else "store_true", "help": rules.help}
    shown = f"{default:g}" if isinstance(default, float) else str(default)
    says_default = default in ("", []) or "(default:" in rules.help
    settings: dict[str, Any] = {"help": rules.help if says_default else f"{rules.help} (default: {shown})"}
    if rules.choices:
        return {"choices": tuple(rules.choices), **settings}
    if rules.metavar:
        settings["metavar"] = rules.metavar
    else:
        # Without one, argparse would show the field's name in the place of the option's.
        settings["metavar"] = option_of(known).lstrip("-").replace("-", "_").upper()
    if isinstance(default, list):
        return {"nargs": "*", **settings}
    return {"type": {int: whole_number, float: number, str: str}[type(default)], **settings}
