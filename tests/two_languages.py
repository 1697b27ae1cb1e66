"""The tiny bundle with German beside English: one encoder, a decoder each."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.tiny_bundle import WORDS, decoder_step, write_bundle

GERMAN = (*WORDS[:4], "ein", "dunkles", "helles", "Bild")
CHINESE = (*WORDS[:4], "一", "暗", "亮", "图")


def two_languages(folder: Path, tag: str = "de", words: Sequence[str] = GERMAN, **changes: Any) -> Path:
    """Write the tiny bundle with German, or other words, beside English; `changes` replace facts of its table, None takes one away."""
    bundle = write_bundle(folder)

    def add(name: str, content: bytes) -> dict[str, Any]:
        (bundle / name).write_bytes(content)
        return {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

    german = {
        "vocabulary": len(words),
        "max_length": 5,
        "decode": {"beam_width": 1, "length_penalty": 0.7},
        "sentences": {"separator": " ", "capital": True, "stop": ".", "direction": "ltr", "guess": "vielleicht: "},
        "variants": {"onnx-fp32": {"files": {"decoder_step": add("de.onnx", decoder_step())}}},
        "files": {"vocabulary": add("de.txt", ("\n".join(words) + "\n").encode())},
        "quality": {"cider": 0.5},
        "provenance": {},
    }
    facts = {name: fact for name, fact in {**german, **changes}.items() if fact is not None}
    manifest = json.loads((bundle / "manifest.json").read_text())
    (bundle / "manifest.json").write_text(json.dumps({**manifest, "languages": {tag: facts}}))
    return bundle
