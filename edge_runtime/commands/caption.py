"""`edge-caption caption`: pictures in, sentences out."""

import argparse
import json
import os
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_runtime.commands.variant_option import add_plural
from edge_runtime.console.direction import isolated
from edge_runtime.console.exits import EXIT_FAILED, EXIT_PARTLY, emit
from edge_runtime.console.terminal import plain
from edge_runtime.errors import OptionError, PictureError, PictureWarning
from edge_runtime.pictures.listing import walk_pictures

if TYPE_CHECKING:
    from edge_runtime.captioner import Caption

_STDIN = "-"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("caption", help="caption pictures", allow_abbrev=False)
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="picture, folder of pictures, or - for a picture on stdin"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line instead of PATH<TAB>SENTENCE")
    parser.add_argument("--timings", action="store_true", help="add a column with the milliseconds taken")
    parser.add_argument("--recursive", action="store_true", help="look into folders within folders too")
    parser.add_argument("--beam", type=int, metavar="K", help="hypotheses kept, 1 is greedy (default: the bundle's)")
    parser.add_argument("--threads", type=int, metavar="N", help="processor threads (default: all, 4 at the most)")
    parser.add_argument(
        "--variant",
        metavar="V",
        help="form of the model, see 'bundle info' (default: what 'bundle tune' found, or the bundle's)",
    )
    parser.add_argument(
        "--min-confidence",
        type=float,
        default=0.0,
        metavar="P",
        help="say nothing where the chance that a sentence is right lies below, 0 to 1 (default: 0)",
    )
    parser.add_argument(
        "--wording",
        default="sure",
        metavar="sure|neutral",
        help="say man or woman where the model is sure, else person (default); or never",
    )
    parser.add_argument(
        "--language",
        action="append",
        metavar="TAG",
        help="of the sentences, as BCP 47 writes it: en, pt-BR (default: what LANG asks for, where the bundle speaks it)",
    )
    add_plural(parser)
    parser.add_argument("--expect-digest", metavar="SHA256", help="refuse every bundle but the one of this digest")
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="B",
        help="bundle folder or zip, or small or large where they are installed (default: the one that ships)",
    )
    parser.set_defaults(action=run)


def run(arguments: argparse.Namespace) -> int:
    """Caption every picture; returns the exit status."""
    from edge_runtime.bundle.spoken import AUTO
    from edge_runtime.captioner import Captioner

    language, *further = arguments.language or [AUTO]
    if further:
        raise OptionError(f"--language {further[0]}: caption speaks one language, here {language}; live speaks several")
    captioner = Captioner.load(
        arguments.bundle,
        arguments.variant,
        arguments.threads,
        arguments.expect_digest,
        arguments.min_confidence,
        arguments.wording,
        language=language,
    )
    if captioner.language_news:
        emit("edge-caption", captioner.language_news)
    done = failed = 0
    for source in _sources(arguments.paths, arguments.recursive):
        try:
            if isinstance(source, PictureError):
                raise source
            with warnings.catch_warnings(record=True) as said_beside:
                warnings.simplefilter("always", PictureWarning)
                caption = captioner.caption(_read_stdin() if source == _STDIN else source, arguments.beam)
        except PictureError as error:
            said = str(error).replace("picture bytes:", "- (stdin):", 1) if source == _STDIN else error
            emit("edge-caption", said)
            failed += 1
            continue
        done += 1
        for warning in said_beside:
            if issubclass(warning.category, PictureWarning):
                emit("edge-caption", warning.message)
        print(_line(source, caption, arguments), flush=True)
    if not failed:
        return 0
    return EXIT_PARTLY if done else EXIT_FAILED


def _read_stdin() -> bytes:
    from edge_runtime.pictures.content import content_of_stream

    content = content_of_stream(sys.stdin.buffer, "- (stdin)") if sys.stdin is not None else b""
    if not content:
        raise PictureError("-: nothing came on stdin; pipe a picture into the command")
    return content


def _sources(paths: list[str], recursive: bool) -> Iterator[str | PictureError]:
    """Yield every picture that the arguments name, or what is wrong with one of them, in their order."""
    for path in paths:
        if path == _STDIN or not os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises on names that are too long
            yield path
            continue
        found = list(walk_pictures(Path(path), recursive))
        if not found:
            more = "" if recursive else ", or pass --recursive to look into its folders"
            yield PictureError(f"{path}: a folder without pictures; name one that holds some{more}")
        yield from found


def _line(source: str, caption: "Caption", arguments: argparse.Namespace) -> str:
    if arguments.json:
        found: dict[str, Any] = {
            "source": source,
            "caption": caption.text,
            "log_prob": round(caption.log_prob, 4) if caption.token_log_probs else None,
            "tokens": caption.tokens,
            "token_log_probs": [round(value, 4) for value in caption.token_log_probs],
            "timings_ms": caption.timings.to_dict(),
            "variant": caption.variant,
            "confidence": None if caption.confidence is None else round(caption.confidence, 4),
            "abstained": caption.abstained,
            "hedged": caption.hedged,
            "language": caption.language,
        }
        return json.dumps(found, allow_nan=False)
    terminal = sys.stdout.isatty()
    columns = [plain(source, keep_bytes=not terminal), plain(caption.shown)]
    if terminal:
        columns = list(map(isolated, columns))
    if arguments.timings:
        columns.append(f"{caption.timings.total:.1f} ms")
    return "\t".join(columns)
