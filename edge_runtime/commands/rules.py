"""`edge-caption rules`: what rules would do, and whether they can."""

import argparse
import datetime
import json
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_runtime.console.columns import padded, width
from edge_runtime.console.exits import emit
from edge_runtime.console.terminal import json_text, plain
from edge_runtime.console.validation import file_or_folder

if TYPE_CHECKING:
    from edge_runtime.events import AlertEvent, SceneEvent
    from edge_runtime.rules.expression import Expression
    from edge_runtime.sinks.rules import RulesKind

_USUAL_SECONDS = 30 * 86400.0
"""How far back a journal is read."""
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("rules", help="try rules: over what was, on words, on a sentence", allow_abbrev=False)
    actions = parser.add_subparsers(dest="rules_command", required=True, metavar="check|test|explain")
    check = actions.add_parser(
        "check", help="whether rules can be read, and the model knows their words", allow_abbrev=False
    )
    check.set_defaults(action=_check)
    test = actions.add_parser("test", help="what rules would have told", allow_abbrev=False)
    past = test.add_mutually_exclusive_group(required=True)
    past.add_argument("--journal", type=file_or_folder, metavar="FILE", help="over the scenes of a journal")
    past.add_argument("--jsonl", type=file_or_folder, metavar="FILE", help="over the scenes that live --jsonl wrote")
    test.add_argument(
        "--since",
        type=_since,
        metavar="AGO",
        help="how far back: 90m, 12h, 7d (default: 30d of a journal, all of a file)",
    )
    test.set_defaults(action=_test)
    explain = actions.add_parser("explain", help="which words count for a rule", allow_abbrev=False)
    explain.add_argument("expression", metavar="WHEN", help="as in a rule: 'dog and not person'")
    explain.add_argument("--sentence", metavar="TEXT", help="whether the rule holds of it, and why")
    explain.add_argument("--rules", type=file_or_folder, metavar="RULES.toml", help="whose synonyms count, too")
    explain.set_defaults(action=_explain)
    for action in (check, test):
        action.add_argument(
            "rules", type=file_or_folder, metavar="RULES.toml", help="rules, or a configuration of live with some"
        )
    for action in (check, test, explain):
        action.add_argument(
            "--bundle",
            metavar="B",
            help="bundle folder or zip, or small or large where they are installed (default: the one that ships)",
        )
        action.add_argument(
            "--language",
            default="auto",
            metavar="TAG",
            help="of the captions: en, pt-BR (default: what LANG asks for, or en)",
        )
        action.add_argument("--json", action="store_true", help="as JSON")


def _since(text: str) -> float:
    found = re.fullmatch(r"(\d{1,6})([mhdw])", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"must be like 90m, 12h, 7d or 4w, not {text[:40]!r}")
    return float(int(found[1]) * _UNITS[found[2]])


def _read(arguments: argparse.Namespace) -> "tuple[RulesKind, str, Sequence[str]]":
    """Return rules, the language of captions and all words that the model can say in it.

    Raises:
        RuleError: There is no rule, or one names a word that the model never says.
    """
    from edge_runtime.errors import RuleError
    from edge_runtime.live.options import read_rules
    from edge_runtime.rules.engine import Engine
    from edge_runtime.rules.synonyms import synonyms_for

    asked = read_rules(arguments.rules)
    if not asked.rule:
        raise RuleError(f"{plain(str(arguments.rules))}: no rule in it; begin one with [[rule]]")
    language, words = _words(arguments)
    Engine(asked.rule, time.time, {language: words}, synonyms_for(language, asked.synonyms))
    return asked, language, words


def _words(arguments: argparse.Namespace) -> tuple[str, Sequence[str]]:
    from edge_runtime.bundle.reader import Bundle
    from edge_runtime.bundle.spoken import spoken_language
    from edge_runtime.bundle.vocabulary import SPECIALS

    bundle = Bundle(arguments.bundle)
    language, _ = spoken_language(bundle.own, arguments.language)
    return language, bundle.in_language(language).vocabulary().words[len(SPECIALS) :]


def _check(arguments: argparse.Namespace) -> int:
    asked, language, words = _read(arguments)
    if arguments.json:
        rows = [{"name": rule.called, "when": rule.when, "actions": len(rule.then)} for rule in asked.rule]
        print(json_text({"language": language, "words": len(words), "rules": rows}))
        return 0
    columns = max(width(plain(rule.called)) for rule in asked.rule)
    for rule in asked.rule:
        print(f"{padded(plain(rule.called), columns)}  {plain(rule.when)}")
    emit(
        "edge-caption",
        f"{_number(len(asked.rule), 'rule')}; the model ({language}, {len(words):,} words) knows every word",
    )
    return 0


def _test(arguments: argparse.Namespace) -> int:
    from edge_runtime.rules.engine import alerts_over
    from edge_runtime.rules.synonyms import synonyms_for

    asked, language, _ = _read(arguments)
    scenes: set[str] = set()
    counts = dict.fromkeys((rule.called for rule in asked.rule), 0)
    events = _counted(_past(arguments), scenes)
    for alert in alerts_over(asked.rule, events, synonyms_for(language, asked.synonyms), language):
        counts[alert.rule] += 1
        print(json_text(alert.to_dict()) if arguments.json else _line(alert))
    told = "; ".join(f"{plain(name)}: {_number(count, 'alert')}" for name, count in counts.items())
    emit("edge-caption", f"{_number(len(scenes), 'scene')}; {told}")
    return 0


def _past(arguments: argparse.Namespace) -> "Iterator[SceneEvent]":
    from edge_runtime.rules.past import events_of_journal, events_of_jsonl

    ago = arguments.since
    if arguments.jsonl is not None:
        since = 0.0 if ago is None else time.time() - ago
        yield from (event for event in events_of_jsonl(arguments.jsonl) if event.at >= since)
        return
    from edge_runtime.journal.store import Journal

    with Journal.open(Path(arguments.journal), read_only=True) as journal:
        now = time.time()
        yield from events_of_journal(journal, now - (_USUAL_SECONDS if ago is None else ago), now)


def _counted(events: "Iterator[SceneEvent]", scenes: set[str]) -> "Iterator[SceneEvent]":
    for event in events:
        scenes.add(event.id)
        yield event


def _line(alert: "AlertEvent") -> str:
    at = datetime.datetime.fromtimestamp(alert.at).isoformat(" ", "seconds")
    where = f"{alert.scene.source} {alert.scene.zone}".strip()
    return plain(f"{at}  {alert.rule}  {where}: {alert.scene.shown or alert.scene.failure}")


def _explain(arguments: argparse.Namespace) -> int:
    from edge_runtime.live.options import read_rules
    from edge_runtime.rules.expression import parse
    from edge_runtime.rules.known import check_known, words_that_count
    from edge_runtime.rules.synonyms import synonyms_for

    language, words = _words(arguments)
    lines = () if arguments.rules is None else read_rules(arguments.rules).synonyms
    expression = parse(arguments.expression, language, synonyms_for(language, lines))
    check_known(expression, words)
    terms = [(term.text, words_that_count(term, words, expression.english)) for term in expression.terms]
    said = None if arguments.sentence is None else _said(expression, arguments.sentence)
    if arguments.json:
        found: dict[str, Any] = {
            "when": expression.text,
            "language": language,
            "terms": [{"term": one, "words": list(all_)} for one, all_ in terms],
        }
        print(
            json.dumps(found if said is None else {**found, "sentence": arguments.sentence, **said}, ensure_ascii=False)
        )
        return 0
    for one, counted in terms:
        print(plain(f"{one}: {', '.join(counted)}"))
    if not terms:
        print("every scene, also one of which nothing is said")
    if said is not None:
        because = f" ({', '.join(said['found'])})" if said["found"] else ""
        print(plain(f"{'holds' if said['holds'] else 'does not hold'}{because}: {arguments.sentence}"))
    return 0


def _said(expression: "Expression", text: str) -> dict[str, Any]:
    """Return whether an expression holds of a sentence, and the words of it that its terms were found in."""
    from edge_runtime.rules.tokens import tokens

    words = tokens(text)
    sentence = expression.sentence(words)
    found = []
    for term in expression.terms:
        for start, count in term.said(sentence):
            found.append(" ".join(reading.word for reading in sentence.readings[start : start + count]))
    return {"holds": expression.matches(words), "found": list(dict.fromkeys(found))}


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
