"""`edge-caption bundle`: what a bundle holds, whether it is intact, and which of its variants is the fastest here."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.bundle.language_facts import OWN_FILES
from edge_runtime.bundle.manifest import DecodeDefaults, Manifest
from edge_runtime.bundle.reader import Bundle
from edge_runtime.console.columns import padded, width
from edge_runtime.console.exits import EXIT_PARTLY, emit
from edge_runtime.console.terminal import plain
from edge_runtime.console.validation import check_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edge_runtime.bench.autotune import TimedVariant


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("bundle", help="look at a bundle, or fit it to this machine", allow_abbrev=False)
    actions = parser.add_subparsers(dest="bundle_command", required=True, metavar="info|verify|tune")
    info = actions.add_parser("info", help="what it holds", allow_abbrev=False)
    info.add_argument("--long", action="store_true", help="every figure and where the model came from, too")
    info.add_argument("--json", action="store_true", help="the whole manifest as JSON")
    info.set_defaults(action=_info)
    verify = actions.add_parser(
        "verify",
        help="hold every file against its digest, and try every variant in a process apart",
        allow_abbrev=False,
    )
    verify.set_defaults(action=_verify)
    tune = actions.add_parser(
        "tune", help="find the fastest variant on this machine and use it from now on", allow_abbrev=False
    )
    tune.add_argument("--threads", type=int, metavar="N", help="processor threads (default: all, 4 at the most)")
    tune.add_argument("--beam", type=int, metavar="K", help="hypotheses kept, 1 is greedy (default: the bundle's)")
    tune.add_argument("--rounds", type=int, default=40, metavar="N", help="captions timed for each (default: 40)")
    tune.add_argument("--json", action="store_true", help="figures as JSON")
    tune.set_defaults(action=_tune)
    for action in (info, verify, tune):
        action.add_argument(
            "path",
            nargs="?",
            type=Path,
            metavar="PATH",
            help="folder or zip, or small or large where they are installed (default: the one that ships)",
        )
    for action in (info, verify):
        action.add_argument(
            "--expect-digest",
            metavar="SHA256",
            help="refuse every bundle but the one of this digest, as 'info' prints it",
        )


def _info(arguments: argparse.Namespace) -> int:
    bundle = Bundle(arguments.path, arguments.expect_digest)
    manifest = bundle.manifest
    if arguments.json:
        print(manifest.to_json(), end="")
        return 0
    spec, sizes = manifest.input, manifest.sizes
    rows = [
        ("bundle", str(bundle.path)),
        ("digest", bundle.digest),
        ("name", manifest.name),
        ("encoder", f"{manifest.encoder}, {spec.height} x {spec.width} {spec.channel_order} {spec.dtype}"),
        (
            "decoder",
            f"{manifest.decoder.kind}, {sizes.vocabulary} words, width {sizes.width}, {sizes.regions} spatial positions, "
            f"{manifest.max_length} words at most",
        ),
        ("search", _search(manifest.decode)),
        ("license", manifest.license),
    ]
    for name, variant in sorted(manifest.variants.items()):
        default = " (default)" if name == manifest.default_variant else ""
        rows.append((name + default, f"{variant.backend}, {variant.precision}, {variant.bytes / 1e6:.2f} MB"))
    rows += [(f"language {tag}", _language(manifest.in_language(tag))) for tag in manifest.tags]
    groups = (("quality", manifest.quality), ("parity", manifest.parity), ("made", manifest.provenance))
    for group, figures in groups if arguments.long else ():
        rows += [(f"{group}: {name}", _short(value)) for name, value in sorted(figures.items())]
    columns = max(width(name) for name, _ in rows)
    for name, value in rows:
        print(plain(f"{padded(name, columns)}  {value}"))
    if not arguments.long:
        print("--long adds measured quality, parity and where the model came from")
    return 0


def _language(manifest: Manifest) -> str:
    """Return what a language has of its own; bytes of a decoder are those of the default variant."""
    files = manifest.variants[manifest.default_variant].files
    own = [files[name] for name in OWN_FILES if name in files] + [manifest.files["vocabulary"]]
    size = sum(file.bytes for file in own) / 1e6
    return f"{manifest.sizes.vocabulary} words, decoder and vocabulary {size:.2f} MB; {_search(manifest.decode)}"


def _search(decode: DecodeDefaults) -> str:
    again = "" if decode.repeatable is None else f", words said once but for {len(decode.repeatable)}"
    return f"beam {decode.beam_width}, length penalty {decode.length_penalty}{again}"


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_short(figure)}" for name, figure in value.items())
    return (
        f"{value:.4g}"
        if isinstance(value, float)
        else json.dumps(value, allow_nan=False)
        if isinstance(value, list)
        else str(value)
    )


def _tune(arguments: argparse.Namespace) -> int:
    from edge_runtime.bench.autotune import tune
    from edge_runtime.bundle.tuned_variant import cache_file

    check_within("--rounds", [arguments.rounds], 5, 10_000)
    found, unwritten = tune(arguments.path, arguments.threads, arguments.beam, arguments.rounds)
    if arguments.json:
        print(json.dumps([asdict(timed) for timed in found], indent=2, allow_nan=False))
    else:
        _print_times(found)
    if unwritten is not None:
        emit("edge-caption", unwritten)
        return EXIT_PARTLY
    if not arguments.json:
        emit("edge-caption", f"{found[0].variant} from now on, as {cache_file()} says; --variant overrides it")
    return 0


def _print_times(found: "Sequence[TimedVariant]") -> None:
    columns = max(width(timed.variant) for timed in found)
    for timed in found:
        taken = f"{timed.milliseconds:8.2f} ms a caption" if timed.milliseconds is not None else f"  {timed.reason}"
        print(plain(f"{padded(timed.variant, columns)}  {timed.bytes / 1e6:6.2f} MB{taken}"))


def _verify(arguments: argparse.Namespace) -> int:
    from edge_runtime.bundle.trying import smoke_test_variants

    bundle = Bundle(arguments.path, arguments.expect_digest)
    bundle.verify()
    ran = ", ".join(smoke_test_variants(bundle)) or "no variant"
    tags = bundle.manifest.tags
    spoken = f" in {', '.join(tags)}" if len(tags) > 1 else ""
    print(plain(f"{bundle.path}: intact, {len(bundle.files())} files; {ran} captioned a picture{spoken}"))
    return 0
