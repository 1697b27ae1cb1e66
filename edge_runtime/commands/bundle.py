"""`edge-caption bundle`: what a bundle holds, and whether it is intact."""

import argparse
import json
from pathlib import Path

from edge_runtime.bundle import Bundle


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("bundle", help="look at a bundle", allow_abbrev=False)
    actions = parser.add_subparsers(dest="bundle_command", required=True, metavar="info|verify")
    info = actions.add_parser("info", help="what it holds", allow_abbrev=False)
    info.add_argument("--json", action="store_true", help="the whole manifest as JSON")
    info.set_defaults(action=_info)
    verify = actions.add_parser("verify", help="hold every file against its digest", allow_abbrev=False)
    verify.set_defaults(action=_verify)
    for action in (info, verify):
        action.add_argument(
            "path", nargs="?", type=Path, metavar="PATH", help="folder or zip (default: the one that ships)"
        )


def _info(arguments: argparse.Namespace) -> int:
    bundle = Bundle(arguments.path)
    manifest = bundle.manifest
    if arguments.json:
        print(manifest.to_json(), end="")
        return 0
    spec, sizes = manifest.input, manifest.sizes
    rows = [
        ("bundle", str(bundle.path)),
        ("name", manifest.name),
        ("encoder", f"{manifest.encoder}, {spec.height} x {spec.width} {spec.channel_order} {spec.dtype}"),
        (
            "decoder",
            f"{sizes.vocabulary} words, width {sizes.width}, {sizes.regions} places, {manifest.max_length} words at most",
        ),
        ("search", f"beam {manifest.decode.beam_width}, length penalty {manifest.decode.length_penalty}"),
        ("license", manifest.license),
    ]
    for name, variant in sorted(manifest.variants.items()):
        default = " (default)" if name == manifest.default_variant else ""
        rows.append((name + default, f"{variant.backend}, {variant.precision}, {variant.bytes / 1e6:.2f} MB"))
    for group, figures in (("quality", manifest.quality), ("parity", manifest.parity), ("made", manifest.provenance)):
        rows += [(f"{group}: {name}", _short(value)) for name, value in sorted(figures.items())]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")
    return 0


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_short(figure)}" for name, figure in value.items())
    return f"{value:.4g}" if isinstance(value, float) else json.dumps(value) if isinstance(value, list) else str(value)


def _verify(arguments: argparse.Namespace) -> int:
    bundle = Bundle(arguments.path)
    bundle.verify()
    print(f"{bundle.path}: intact, {len(bundle.files())} files")
    return 0
