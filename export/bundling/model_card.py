"""The model card of a bundle: what it was made of, how well it does, and what it is bad at."""

from collections.abc import Mapping
from typing import Any

from edge_runtime.bundle.manifest import Manifest
from export.bundling.markdown import narrow
from export.bundling.truth_table import TRUTH_NOTES, has_truth, truth_lines
from train.datasets.languages import is_english

_TEMPLATE = """# Model card: {name}

A small captioner: one picture in, one {sentence} out. Encoder {encoder} ({height} x {width} RGB), {decoder}, {words} words.

## Data
{data}

## Training
{training}

## Protocol
{protocol}. Settings were chosen on dev{test}.

## Figures
{figures}
{truth}
## What it is bad at
- It knows {words} words and the scenes of its training pictures. Elsewhere it names the nearest thing that it knows, with confidence.
{outside}- It does not read text, does not count beyond two or three, and mixes up colours and left and right.
- It does not know who a person is; what it says of age or gender is a guess from the training captions, with their biases.
- The whole picture is squeezed to {height} x {width}: small things are not seen, and very wide or tall pictures are distorted.
- A sentence's log-probability says how usual the sentence is, not that it is true. Do not use it where a wrong sentence does harm.
"""


def model_card(manifest: Manifest, quality: Mapping[str, Mapping[str, Any]], parity: Mapping[str, Any]) -> str:
    """Return the card as Markdown, in lines that can be read as text.

    Args:
        manifest: Of the bundle.
        quality: Title -> scores, as the manifest will have them.
        parity: Likewise.
    """
    provenance = manifest.provenance
    training = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in provenance["training"].items())
    card = _TEMPLATE.format(
        name=manifest.name,
        sentence="English sentence" if is_english(manifest.language) else f"sentence in {manifest.language}",
        encoder=manifest.encoder,
        height=manifest.input.height,
        width=manifest.input.width,
        decoder=_decoder(manifest),
        words=manifest.sizes.vocabulary,
        data=provenance["data"],
        training=f"{training}. Encoder: {provenance['encoder']}{_file(provenance['encoder_sha256'])}.",
        test="; test was read for reporting alone" if any(", test," in title for title in quality) else "",
        outside="".join(f"- {line}\n" for line in provenance["outside"]),
        protocol=next(iter(quality.values()), {}).get("protocol", "not scored"),
        figures=_table(manifest, quality, parity),
        truth=_truth(quality),
    )
    return narrow(card)


def _decoder(manifest: Manifest) -> str:
    """Return what kind of decoder it is; one that attends to a single place knows the picture as that vector."""
    kind, regions = manifest.decoder.kind, manifest.sizes.regions
    if kind == "transformer":
        return f"a Transformer decoder with attention over {regions} spatial positions of the picture"
    if kind not in ("attention", "lstm"):
        return f"a decoder of the kind {kind}"
    if regions > 1:
        return f"an LSTM decoder with soft attention over {regions} spatial positions of the picture"
    return "an LSTM decoder that knows the picture as one vector"


def _file(sha256: str) -> str:
    """Return which file the encoder's weights came from; random ones came from none."""
    return f" (file SHA-256 {sha256[:12]})" if len(sha256) == 64 else ""


def _truth(quality: Mapping[str, Mapping[str, Any]]) -> str:
    """Return what captions say that is not so, with its heading; nothing where no scores tell it."""
    rows = [(title, scores) for title, scores in quality.items() if has_truth(scores)]
    if not rows:
        return ""
    notes = [note for note in TRUTH_NOTES if not note.startswith("People: ")]
    return "\n".join(["", "## What is not so", *truth_lines(rows, "scored"), "", *(f"- {note}" for note in notes), ""])


def _table(manifest: Manifest, quality: Mapping[str, Mapping[str, Any]], parity: Mapping[str, Any]) -> str:
    columns = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "meteor", "rouge_l", "cider", "distinct_words", "mean_length")
    lines = ["| scored | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for title, scores in quality.items():
        lines.append(f"| {title} | " + " | ".join(map(_shown, (scores[column] for column in columns))) + " |")
    lines += [
        "",
        f"On {parity['pictures']} dev pictures, beam {parity['beam']}, {parity['reference']} gives the trained network's sentence on "
        f"{parity['reference_same_captions_as_keras']:.1%} of them, CIDEr {parity['cider']}. The others against it:",
        "",
        f"| variant | CIDEr | same sentence | cosine of {', '.join(manifest.decoder.names)} |",
        "|---|---|---|---|",
    ]
    for name, figures in parity["variants"].items():
        cosines = ", ".join(str(value) for value in (figures["cosine"][tensor] for tensor in manifest.decoder.names))
        lines.append(f"| {name} | {figures['cider']} | {figures['same_captions']:.1%} | {cosines} |")
    return "\n".join(lines)


def _shown(score: float | None) -> str:
    """Return a score for the table, a dash where the language has none."""
    return "–" if score is None else str(score)
