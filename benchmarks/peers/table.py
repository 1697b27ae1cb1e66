"""What was found of the peers, for people."""

from collections.abc import Sequence

from edge_runtime.bench.result import Record, Row

ARCHITECTURE_ONLY = "architecture only: speed and memory, no quality"
"""Said by every table that has a row with random weights."""

BARS = {"keras-loop": 60, "vit-gpt2": 50, "blip-base": 100, "smolvlm-256m": 200, "smolvlm-256m, one square": 200}
"""How many times as long as ours a caption has to take, at least."""
MEMORY_BAR = 8
"""How many times as much memory as ours it has to take, at least."""

_SCORES = {"bleu_1": "BLEU-1", "bleu_4": "BLEU-4", "meteor": "METEOR", "rouge_l": "ROUGE-L", "cider": "CIDEr"}


def to_markdown(record: Record) -> str:
    """A table of speed and memory, and one of quality where there is any."""
    measured = [row for row in record.rows if not row.missing]
    random = [row.name for row in measured if row.facts.get("weights") == "random"]
    machine, options = record.machine, record.options
    lines = [
        "# Peers",
        "",
        f"{machine['cpu']}, {options['threads']} thread(s) each, {record.date}. One interleaved run: {options['rounds']} rounds of "
        f"{options['pictures']} pictures, ours between every two others; the same pictures, each captioner's own preprocessing counted.",
        "",
    ]
    if random:
        lines += [f"Random weights ({', '.join(random)}): {ARCHITECTURE_ONLY}.", ""]
    lines += _speed(measured)
    if absent := [
        f"- {row.name}: not measured: {row.missing.removeprefix(f'{row.name}: ')}" for row in record.rows if row.missing
    ]:
        lines += ["", *absent]
    scored = [row for row in measured if "cider" in row.values]
    if scored:
        lines += ["", "## Quality", "", *_quality(scored)]
    lines += ["", *(f"- {note}" for note in record.notes)]
    lines += [f"- NOT VALID: {warning}" for warning in record.warnings]
    return "\n".join(lines) + "\n"


def bar_of(row: Row) -> str:
    """Whether a row meets its bars, in words; empty where there are none."""
    wanted = BARS.get(row.name)
    if wanted is None:
        return ""
    speed = f"{wanted} x slower: {'met' if row.facts['times_ours'] >= wanted else 'MISSED'}"
    more = row.facts.get("memory_times_ours")
    return speed if more is None else f"{speed}; {MEMORY_BAR} x memory: {'met' if more >= MEMORY_BAR else 'MISSED'}"


def _speed(rows: Sequence[Row]) -> list[str]:
    head = ["system", "weights", "M parameters", "words", "ms a caption", "either way", "x our time", "MB at the most",
            "x our memory", "s to load", "bar"]  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|---|---|" + "---:|" * 8 + "---|"]
    for row in rows:
        values, facts = row.values, row.facts
        cells = [
            row.name,
            str(facts["weights"]),
            _number(values.get("parameters_m"), 1),
            _number(facts["words"], 1),
            _number(values["total_ms_p50"], 1),
            f"{row.noise.get('total_ms_p50', 0) * 100:.0f} %",
            _number(facts["times_ours"], 1),
            _number(values.get("memory_mb"), 0),
            _number(facts.get("memory_times_ours"), 1),
            _number(values["load_s"], 1),
            bar_of(row),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _quality(rows: Sequence[Row]) -> list[str]:
    lines = [
        f"{rows[0].facts['scored']} test pictures, greedy, pycocoevalcap, PTB tokeniser, raw references.",
        "",
        "| system | " + " | ".join(_SCORES.values()) + " |",
        "|---|" + "---:|" * len(_SCORES),
    ]
    return lines + [f"| {row.name} | {' | '.join(_number(row.values.get(s), 3) for s in _SCORES)} |" for row in rows]


def _number(value: float | None, places: int) -> str:
    return "-" if value is None else f"{value:,.{places}f}"
