"""The command `python -m train features`: the encoder's features of every picture."""

import argparse

from edge_runtime.console import log
from edge_runtime.terminal import plain
from train.commands.run_options import add_encoder_options, add_mirror_option, run_config
from train.datasets.options import add_data_options, data_source
from train.encoders.registry import encoder_spec, find_weights


def add_features(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `features` to the commands of `python -m train`."""
    features = commands.add_parser(
        "features", help="compute the encoder's features of every picture", allow_abbrev=False
    )
    add_data_options(features)
    add_encoder_options(features)
    add_mirror_option(features)
    features.set_defaults(action=_features)


def _features(arguments: argparse.Namespace) -> int:
    config, source = run_config(arguments), data_source(arguments)
    from train.fitting.views import cached_views

    dataset = source.load()
    log(dataset.report())
    weights = find_weights(encoder_spec(config.encoder), arguments.encoder_weights, config.seed)
    for cache in cached_views(config, dataset, weights, arguments.features):
        pictures, positions, channels = cache.grid.shape
        print(f"{plain(str(cache.folder))}\t{pictures} pictures x {positions} places x {channels} channels")
    return 0
