"""A record of `arm64` as Markdown."""

from benchmarks.arm64.wheel import CONTROL, failures
from edge_runtime.bench.result import Record, Row
from export.bundling.markdown import narrow

_SEARCH_NAMES = {"captions": "beam", "greedy": "greedy"}


def arm64_markdown(record: Record) -> str:
    """Tables: variants, memory, the sentences that differ, all sentences.

    Args:
        record: Of kind `arm64`.
    """
    machine, options = record.machine, record.options
    compared = [row for row in record.rows if "differences" in row.values]
    limited = [row for row in record.rows if row not in compared]
    wrong = failures(record)
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages_there"].items())
    page = "\n".join(
        [
            "# The wheel on 64-bit ARM, emulated",
            "",
            f"**{'Fails' if wrong else 'Holds'}.** "
            + "; ".join(
                wrong
                or [
                    "Float sentences are the same, and integers give the same sentence "
                    "the same log-probability, within the bounds below"
                ]
            )
            + ".",
            "",
            f"Here: {machine['cpu']} ({machine['architecture']}); there: Debian Bookworm for arm64, QEMU as "
            f"{' and '.join(options['cpus'])}, {packages}; {len(options['pictures'])} pictures of `examples/`; {record.date}.",
            "",
            *(f"- {note}" for note in record.notes),
            "",
            "Made by `make arm64` (root's rights; on Debian `apt-get install qemu-user-static debootstrap`; minutes), which writes "
            "it to `build/arm64/arm64.md`.",
            "",
            "## Sentences",
            "",
            "| variant | processor | sentences | the same | near ties | other | cosine | apart | must hold |",
            "|---|---|---|---|---|---|---|---|---|",
            *map(_compared_line, compared),
            "",
            "- cosine: the lowest of the encoder's outputs here and there.",
            "- apart: the most by which the log-probabilities of one and the same sentence differ, a word.",
            "",
            f"## With {options['memory_mib']} MiB of memory",
            "",
            "| what | most memory, MB | outcome |",
            "|---|---|---|",
            *map(_limited_line, limited),
            "",
            *_differing(compared),
            *_sentences(compared, options["pictures"]),
            "",
        ]
    )
    return narrow(page)


def _compared_line(row: Row) -> str:
    values, facts = row.values, row.facts
    same, beyond = values["sentences"] - values["differences"], values["differences"] - values["near_ties"]
    counts = " | ".join(str(int(value)) for value in (values["sentences"], same, values["near_ties"], beyond))
    held = "yes" if facts["held"] else "no"
    return f"| {facts['variant']} | {facts['cpu']} | {counts} | {values['cosine_lowest']:.6f} | {values['apart_nats']:.4f} | {held} |"


def _limited_line(row: Row) -> str:
    if row.missing:
        return f"| {row.name} | - | {row.missing} |"
    if row.name == CONTROL:
        return f"| {row.name}, the control | {row.values['memory_mb']:.0f} | killed, as it must be |"
    return (
        f"| {row.name} | {row.values['memory_mb']:.0f} | {int(row.values['sentences'])} sentences, as without a limit |"
    )


def _differing(rows: list[Row]) -> list[str]:
    lines = [
        "## Sentences that differ",
        "",
        "In brackets the sentence's natural log-probability on this machine and on the emulated one; the gap is by how much each of them "
        "finds its own sentence better, here and there.",
        "",
    ]
    processors: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        for found in row.facts["differing"]:
            (one_here, other_here), (one_there, other_there) = found["here_log_probs"], found["there_log_probs"]
            said = (
                f"{_SEARCH_NAMES[found['search']]}, {'near tie' if found['near_tie'] else 'another sentence'}, "
                f"gap {found['gap_here']:.3f}, {found['gap_there']:.3f}\n"
                f"  - here: {found['here']} ({one_here:.3f}, {one_there:.3f})\n"
                f"  - there: {found['there']} ({other_here:.3f}, {other_there:.3f})"
            )
            processors.setdefault((f"{found['picture']}, {row.facts['variant']}", said), []).append(row.facts["cpu"])
    items = [f"- {name} on {', '.join(cpus)}, {said}" for (name, said), cpus in processors.items()]
    return [*([*lines, *items] if items else [*lines[:2], "None."]), ""]


def _sentences(rows: list[Row], pictures: list[str]) -> list[str]:
    """Return what this machine says, once a variant."""
    said = {row.facts["variant"]: row.facts["sentences_here"] for row in rows}
    lines = ["## What this machine says", ""]
    for picture in sorted(pictures):
        lines.append(f"- {picture}")
        lines += [f"  - {variant}: {sentences[picture]}" for variant, sentences in said.items()]
    return lines
