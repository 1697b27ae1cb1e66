"""What a calibration found, as a record, a page and a chart."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from edge_runtime.bench.environment import machine_facts, today
from edge_runtime.bench.result import Record, Row
from export.trust.calibrate import Calibration
from export.trust.figures import Figures
from export.trust.further import LanguageCalibration
from export.trust.options import CalibrateOptions
from export.trust.rightness import PEOPLE_RIGHT, Rater
from export.trust.sentences import SentenceTrust
from export.trust.variant import VariantTrust

_CURVE_SHARES = 20
TOGETHER = "all together"
"""What the sentences of all data sets are called."""
_UNSEEN = "Figures of confidence are of sentences that the fit, choice of terms included, had not seen (five folds)."
_BINS = "Calibration error: in ten bins of equally many sentences, and of equal width."


def confidence_record(calibration: Calibration, digest: str, options: CalibrateOptions) -> Record:
    """Return a record of kind `confidence`: a row a variant, and a row a variant and data set.

    Args:
        calibration: What was found.
        digest: Of the bundle that was written.
        options: What was asked for.
    """
    rows = []
    for name, trust in calibration.variants.items():
        rows += [_row_of_variant(name, trust), *_rows_of_sets(name, trust, calibration.pictures)]
    return Record(
        "confidence",
        today(),
        {**machine_facts(), "bundles": {calibration.manifest.name: digest}},
        {
            "bundle": calibration.manifest.name,
            "default": calibration.manifest.default_variant,
            "pictures": dict(calibration.pictures),
            "photographs": calibration.photographs,
            "nonpictures": options.nonpictures,
            "refused": options.refused,
            "wrong_sex": options.wrong_sex,
            "seed": options.seed,
            "right": _told(calibration.raters),
        },
        rows,
        notes=[
            "A sentence is right when it names no object that no reference names, and is as like them as "
            f"{PEOPLE_RIGHT:.0%} of people's left-out captions are.",
            _UNSEEN,
            "Shares refused, and words for a sex, are of the pictures that chose the threshold and the margin.",
            "Non-pictures that are counted were drawn by another seed from development photographs, which no weight was fitted to.",
            _BINS,
        ],
    )


def language_record(calibration: LanguageCalibration, digest: str, options: CalibrateOptions) -> Record:
    """Return a record of kind `confidence-TAG`, of a further language: a row a variant, and a row a variant and data set.

    Args:
        calibration: What was found.
        digest: Of the bundle that was written.
        options: What was asked for.
    """
    rows = []
    for name, trust in calibration.variants.items():
        values = {"least_clear": trust.spec.least_clear, "hedge_below": trust.spec.hedge_below}
        facts = {"variant": name, "terms": _rounded(trust.spec.weights)}
        rows += [Row(name, _rounded(values), facts=facts), *_rows_of_sets(name, trust, calibration.pictures)]
    return Record(
        f"confidence-{calibration.language}",
        today(),
        {**machine_facts(), "bundles": {calibration.manifest.name: digest}},
        {
            "bundle": calibration.manifest.name,
            "language": calibration.language,
            "default": calibration.manifest.default_variant,
            "pictures": dict(calibration.pictures),
            "seed": options.seed,
            "right": _told(calibration.raters),
        },
        rows,
        notes=[
            f"A sentence is right when it is as like the references as {PEOPLE_RIGHT:.0%} of people's left-out captions are; which "
            "objects it names is not looked at.",
            _UNSEEN,
            "Which pictures get no sentence is the bundle's own: nothing of that was fitted here.",
            _BINS,
        ],
    )


def _told(raters: Mapping[str, Rater]) -> dict[str, dict[str, float]]:
    return {
        name: {"likeness": round(rater.bar, 4), "people_right": round(rater.people, 4)}
        for name, rater in raters.items()
    }


def _rows_of_sets(name: str, trust: SentenceTrust, pictures: Mapping[str, int]) -> list[Row]:
    """Return a row a data set, and one of all together where they are several."""
    rows = [_row_of_set(name, each, trust.figures[each], trust.refused[each]) for each in trust.figures]
    if len(rows) > 1:
        refused = sum(share * pictures[each] for each, share in trust.refused.items()) / sum(pictures.values())
        rows.append(_row_of_set(name, TOGETHER, trust.together, refused))
    return rows


def _row_of_variant(name: str, trust: VariantTrust) -> Row:
    sexes = trust.sexes
    shares = list(trust.found.values())
    values = {
        "least_clear": trust.spec.least_clear,
        "nonpictures_refused": sum(shares) / len(shares),
        "kind_named": trust.named,
        "hedge_below": trust.spec.hedge_below,
        "sex_margin": sexes.margin,
        "sex_words": float(sexes.words),
        "sex_wrong_before": sexes.wrong_before,
        "sex_wrong_after": sexes.wrong_after,
        "sex_still_said": sexes.still_said,
    }
    facts = {"variant": name, "refused_by_kind": _rounded(trust.found), "terms": _rounded(trust.spec.weights)}
    return Row(name, _rounded(values), facts=facts)


def _row_of_set(variant: str, name: str, found: Figures, refused: float) -> Row:
    values = {
        "right": found.right,
        "calibration_error": found.calibration_error,
        "calibration_error_even": found.calibration_error_even,
        "risk_area": found.risk_area,
        "refused": refused,
    }
    if found.roc_area is not None:
        values["roc_area"] = found.roc_area
    curve = [round(risk, 4) for risk in found.curve]
    facts = {"variant": variant, "data": name, "sentences": found.sentences, "risk_by_coverage": curve}
    return Row(f"{variant}, {name}", _rounded(values), facts=facts)


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def confidence_markdown(record: Record) -> str:
    """Return the tables of a record for people.

    Args:
        record: Of kind `confidence`.
    """
    whole = [row for row in record.rows if "data" not in row.facts]
    lines = [
        *_lines_of_sets(record),
        "",
        "| variant | terms | hedged below | least log-odds of a clear picture | non-pictures found | of the right kind |",
        "|---|---|---|---|---|---|",
        *(_line_of_variant(row) for row in whole),
        "",
        "| non-pictures found | " + " | ".join(row.name for row in whole) + " |",
        "|---" * (len(whole) + 1) + "|",
        *(
            f"| {kind} | " + " | ".join(f"{row.facts['refused_by_kind'][kind]:.1%}" for row in whole) + " |"
            for kind in whole[0].facts["refused_by_kind"]
        ),
        "",
        "| variant | margin | words for a sex | wrong before | wrong after | still said |",
        "|---|---|---|---|---|---|",
        *(_line_of_sexes(row) for row in whole),
    ]
    return "\n".join(lines) + "\n"


def language_markdown(record: Record) -> str:
    """Return the tables of a record for people.

    Args:
        record: Of kind `confidence-TAG`.
    """
    lines = [
        *_lines_of_sets(record),
        "",
        "| variant | terms | hedged below |",
        "|---|---|---|",
        *(
            f"| {row.name} | {', '.join(row.facts['terms']) or 'none helps'} | {row.values['hedge_below']:.2f} |"
            for row in record.rows
            if "data" not in row.facts
        ),
    ]
    return "\n".join(lines) + "\n"


def _lines_of_sets(record: Record) -> list[str]:
    """Return the title, what was asked of sentences, the notes, and the figures of each data set."""
    spoken = f" in {record.options['language']}" if "language" in record.options else ""
    return [
        f"# Confidence of {record.options['bundle']}{spoken}",
        "",
        *(
            f"- {name}: {record.options['pictures'][name]} development pictures; a likeness of {bar['likeness']:.3f} is asked "
            f"for, people's captions are right in {bar['people_right']:.1%}."
            for name, bar in record.options["right"].items()
        ),
        *(f"- {note}" for note in record.notes),
        "",
        "| variant, data | sentences | right | area under ROC | calibration error, even bins | area of risk | no sentence |",
        "|---|---|---|---|---|---|---|",
        *(_line_of_set(row) for row in record.rows if "data" in row.facts),
    ]


def _line_of_set(row: Row) -> str:
    v = row.values
    area = f"{v['roc_area']:.3f}" if "roc_area" in v else "-"
    errors = f"{v['calibration_error']:.3f}, {v['calibration_error_even']:.3f}"
    return (
        f"| {row.name} | {row.facts['sentences']} | {v['right']:.1%} | {area} | {errors} "
        f"| {v['risk_area']:.3f} | {v['refused']:.2%} |"
    )


def _line_of_variant(row: Row) -> str:
    v, terms = row.values, ", ".join(row.facts["terms"]) or "none helps"
    return (
        f"| {row.name} | {terms} | {v['hedge_below']:.2f} | {v['least_clear']:.2f} | {v['nonpictures_refused']:.1%} "
        f"| {v['kind_named']:.1%} |"
    )


def _line_of_sexes(row: Row) -> str:
    v = row.values
    if not v["sex_words"]:
        return f"| {row.name} | - | 0 | - | - | - |"
    return (
        f"| {row.name} | {v['sex_margin']:.2f} | {v['sex_words']:.0f} | {v['sex_wrong_before']:.1%} "
        f"| {v['sex_wrong_after']:.1%} | {v['sex_still_said']:.1%} |"
    )


def risk_chart(record: Record) -> bytes:
    """Return the curves of risk against coverage of the default variant, as PNG.

    Args:
        record: Of kind `confidence` or `confidence-TAG`.
    """
    content = io.BytesIO()
    figure, _ = draw_risk(record)
    figure.savefig(content, format="png", metadata={"Software": None})
    return content.getvalue()


def draw_risk(record: Record) -> tuple[Any, Any]:
    """Return the chart of `risk_chart` as matplotlib's figure and axes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    figure = Figure(figsize=(7, 4.2), layout="constrained", dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for row in record.rows:
        if row.facts.get("variant") == record.options["default"] and "data" in row.facts:
            risks: Sequence[float] = row.facts["risk_by_coverage"]
            shares = [(at + 1) / _CURVE_SHARES for at in range(len(risks))]
            (line,) = axes.plot(shares, risks, label=f"{row.facts['data']}, area {row.values['risk_area']:.3f}")
            axes.axhline(risks[-1], color=line.get_color(), lw=0.8, ls=":")
    axes.set_xlabel("sentences said, the surest first")
    axes.set_ylabel("wrong ones among them")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1))
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(f"{record.options['bundle']}, {record.options['default']}: risk against coverage", fontsize=10)
    axes.legend(fontsize=8)
    return figure, axes
