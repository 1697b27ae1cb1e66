"""Two measurements of the same kind: what changed by more than chance, and for the worse."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from benchmarks.report.readable import amount, title
from edge_runtime.bench.result import Record, Row
from edge_runtime.errors import RecordError

Verdict = Literal["no change", "better", "worse"]

SMALLEST_CHANGE = 0.05
"""Of a repeated time, as a share: medians of two quiet runs minutes apart lie closer than this."""
_LOWER = (
    *("_ms", "_us", "_s", "_mb", "_bytes", "over_floor", "perplexity", "loss"),
    *("_unseen", "_invented", "_wrong", "calibration_error", "risk_area"),
)
_HIGHER = (
    *("fps", "cider", "bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l", "cosine", "_per_s", "of_peak"),
    "roc_area",
)
_EXACT = {"_bytes": 0.001, "_mb": 0.10, "cider": 0.01, "bleu_4": 0.01, "meteor": 0.01, "rouge_l": 0.01}
"""Smallest change that counts of what is no time: sizes do not vary, memory does, scores move with a few captions."""
_TAILS = ("_p90", "_p99")
"""Percentiles that one hiccup moves: shown, never judged."""


@dataclass(frozen=True)
class Change:
    """A figure in both measurements.

    Attributes:
        row: Name of its row.
        figure: Its own name.
        before: In the first, relative to the reference row where machines differ.
        after: In the second, likewise.
        share: `after / before - 1`; None of a figure that was 0, of which no change is a share.
        allowed: The share up to which it is chance; nothing is of a figure that was 0.
        verdict: What to make of it.
    """

    row: str
    figure: str
    before: float
    after: float
    share: float | None
    allowed: float
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    """Everything compared.

    Attributes:
        changes: Figures that both have and that have a better and a worse side.
        only_before: Rows that the second has no figures of.
        only_after: Rows that the first has no figures of.
        reference: The row that figures are relative to; empty where both were made on one machine.
        warnings: What a reader must know, a sentence each.
    """

    changes: Sequence[Change]
    only_before: Sequence[str]
    only_after: Sequence[str]
    reference: str
    warnings: Sequence[str]

    @property
    def regressions(self) -> list[Change]:
        """Return what became worse."""
        return [change for change in self.changes if change.verdict == "worse"]

    @property
    def verdict(self) -> str:
        """`no change`, or how many figures changed which way."""
        counts = {kind: sum(change.verdict == kind for change in self.changes) for kind in ("worse", "better")}
        told = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        return told or "no change"

    def _told(self, change: Change) -> str:
        """Return the figure's name; a ratio of times has no unit."""
        name = title(change.figure)
        return name.removesuffix(", ms") if self.reference else name

    def to_markdown(self) -> str:
        """Changed figures as a table, the verdict below."""
        lines = [*(f"**{warning}**\n" for warning in self.warnings)]
        changed = [change for change in self.changes if change.verdict != "no change"]
        if changed:
            unit = f" (relative to {self.reference})" if self.reference else ""
            lines += [f"| row | figure{unit} | before | after | change | chance | |", "|---|---|---|---|---|---|---|"]
            lines += [
                f"| {c.row} | {self._told(c)} | {amount(c.figure, c.before, 4)} | {amount(c.figure, c.after, 4)} | "
                f"{'from 0' if c.share is None else f'{c.share * 100:+.1f} %'} | {c.allowed * 100:.1f} % | {c.verdict} |"
                for c in changed
            ]
            lines.append("")
        if self.only_before:
            lines.append(f"Only in the first: {', '.join(self.only_before)}.")
        if self.only_after:
            lines.append(f"Only in the second: {', '.join(self.only_after)}.")
        lines.append(f"{len(self.changes)} figures compared: {self.verdict}")
        return "\n".join(lines) + "\n"


def compare(before: Record, after: Record) -> Comparison:
    """Hold a measurement against an earlier one.

    Times of two machines do not compare: there, each row's times are taken relative to the first row that both have.

    Args:
        before: The earlier one.
        after: The later one.

    Raises:
        RecordError: They are of different kinds, or have no row in common.
    """
    if before.kind != after.kind:
        raise RecordError(f"one measurement is of {before.kind}, the other of {after.kind}: only one kind compares")
    rows = {row.name: row for row in before.rows if not row.missing}
    others = {row.name: row for row in after.rows if not row.missing}
    shared = [name for name in rows if name in others]
    if not shared:
        raise RecordError("the two measurements have no row in common; measure the same variants, threads and beams")
    same = before.machine.get("cpu") == after.machine.get("cpu") and before.machine.get("board") == after.machine.get(
        "board"
    )
    reference = "" if same else shared[0]
    bases = (rows[reference], others[reference]) if reference else None
    changes = [change for name in shared if name != reference for change in _changes(rows[name], others[name], bases)]
    return Comparison(
        changes,
        [name for name in rows if name not in others],
        [name for name in others if name not in rows],
        reference,
        list(_warnings(before, after, reference)),
    )


def _changes(before: Row, after: Row, bases: tuple[Row, Row] | None) -> Iterator[Change]:
    for figure, value in before.values.items():
        name = figure.removesuffix("_p50")
        side = _side(name)
        if not side or figure.endswith(_TAILS) or figure not in after.values:
            continue
        first, second = float(value), float(after.values[figure])
        allowed = _allowed(name, figure, before, after)
        if bases and name.endswith(("_ms", "_us", "_s", "fps", "_per_s")):
            # A base of 0 is one that was not measured; nothing is relative to it.
            if not bases[0].values.get(figure) or not bases[1].values.get(figure):
                continue
            first, second = first / bases[0].values[figure], second / bases[1].values[figure]
            allowed += max(base.noise.get(figure, 0.0) for base in bases)
        share = second / first - 1 if first else None
        changed = second != first if share is None else abs(share) > allowed
        worse = second > first if side == "lower" else second < first
        verdict: Verdict = "no change" if not changed else "worse" if worse else "better"
        yield Change(before.name, figure, first, second, share, allowed, verdict)


def _side(name: str) -> str:
    """Return which side of a figure is the better one: `lower`, `higher`, or neither."""
    if name.endswith(_HIGHER):
        return "higher"
    return "lower" if name.endswith(_LOWER) else ""


def _allowed(name: str, figure: str, before: Row, after: Row) -> float:
    """Return the share that chance may move a figure by: what is known of its kind, and the spread within both runs."""
    known = next((share for ending, share in _EXACT.items() if name.endswith(ending)), SMALLEST_CHANGE)
    return max(known, before.noise.get(figure, 0.0) + after.noise.get(figure, 0.0))


def _warnings(before: Record, after: Record, reference: str) -> Iterator[str]:
    for which, record in (("first", before), ("second", after)):
        if record.warnings:
            yield f"The {which} measurement is not valid: {'; '.join(record.warnings)}."
    if reference:
        yield (
            f"Two machines ({before.machine.get('cpu')}; {after.machine.get('cpu')}): times are relative to {reference}."
        )
    if before.machine.get("bundles") != after.machine.get("bundles"):
        yield "The bundles are not the same."
    different = _different_packages(before, after)
    if different:
        yield f"Other versions: {different}."


def _different_packages(before: Record, after: Record) -> str:
    first, second = (record.machine.get("packages") or {} for record in (before, after))
    return ", ".join(
        f"{name} {first.get(name, 'none')} / {second.get(name, 'none')}"
        for name in {**first, **second}
        if first.get(name) != second.get(name)
    )
