"""What every variant of a bundle makes of pictures on this machine, as one file: run it on two machines and compare.

Usage: outputs.py BUNDLE|default PICTURES OUT.npz [SENTENCES.json]
(with edge_runtime importable; nothing else of the project is needed. `default` is the bundle that ships with it.)
"""

import importlib.metadata
import json
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

import edge_runtime
from edge_runtime import Captioner
from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle.manifest import Manifest
from edge_runtime.bundle.reader import Bundle
from edge_runtime.pictures.preprocess import load_input

SEARCHES: dict[str, int | None] = {"captions": None, "greedy": 1}
"""Name -> hypotheses kept; None is what the bundle's manifest asks for."""
PACKAGES = ("edge-caption", "numpy", "onnxruntime", "ai-edge-litert", "pillow")


def main(path: str, pictures: str, out: str, sentences: str | None = None) -> None:
    """Write the encoder's outputs and the sentences of every variant.

    `OUT.npz` holds arrays `VARIANT/OUTPUT` [pictures, ...] and JSON in `facts`: for each of `SEARCHES`, variant -> a sentence a
    picture. With `SENTENCES.json`, which has the form of those (search -> variant -> tokens a picture), `asked` is the
    log-probabilities here of each of their words, and of their ends.
    """
    bundle = Bundle(None if path == "default" else path)
    spec = bundle.manifest.input
    names = sorted(file.name for file in Path(pictures).iterdir())
    asked = json.loads(Path(sentences).read_text()) if sentences else {}
    arrays: dict[str, Any] = {}
    said: dict[str, dict[str, list[dict[str, Any]]]] = {search: {} for search in SEARCHES}
    answers: dict[str, dict[str, list[list[float]]]] = {search: {} for search in asked}
    for variant, entry in bundle.manifest.variants.items():
        backend = open_backend(bundle, entry, 1)
        encoded = [backend.encode(load_input(Path(pictures) / n, spec.height, spec.width)[None]) for n in names]
        for place, output in enumerate(bundle.manifest.decoder.names):
            arrays[f"{variant}/{output}"] = np.concatenate([(*e.context, *e.state)[place] for e in encoded])
        captioner = Captioner.load(bundle.path, variant, threads=1)
        for search, beam in SEARCHES.items():
            found = [captioner.caption(Path(pictures) / name, beam) for name in names]
            said[search][variant] = [
                {"text": one.text, "tokens": one.tokens, "token_log_probs": _rounded(one.token_log_probs)}
                for one in found
            ]
        for search, variants in asked.items():
            vocabulary = bundle.vocabulary()
            ids = [vocabulary.encode(tokens) for tokens in variants[variant]]
            pairs = zip(encoded, ids, strict=True)
            answers[search][variant] = [_log_probs(bundle.manifest, one, words) for one, words in pairs]
    facts = {
        "machine": platform.machine(),
        "product": str(Path(edge_runtime.__file__).parent),
        "packages": {name: _version(name) for name in PACKAGES},
        "pictures": names,
        "length_penalty": bundle.manifest.decode.length_penalty,
        **said,
        "asked": answers,
    }
    np.savez(out, facts=np.array(json.dumps(facts)), **arrays)


def _log_probs(manifest: Manifest, encoded: Any, ids: list[int]) -> list[float]:
    """Return natural log-probability of each word of a sentence that is given, and of its end where it has one."""
    special = manifest.special_ids
    found, state, before = [], encoded.state, special.start
    for token in [*ids, special.end] if len(ids) < manifest.max_length else ids:
        log_probs, state = encoded.step(np.array([before], np.int32), state)
        found.append(float(log_probs[0, token]))
        before = token
    return _rounded(found)


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(float(value), 4) for value in values]


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "from a checkout" if package == "edge-caption" else "none"


if __name__ == "__main__":
    main(*sys.argv[1:])
