"""What every variant of a bundle makes of pictures on this machine, as one file: run it on two machines and compare.

Usage: outputs.py BUNDLE PICTURES OUT.npz    (with edge_runtime importable; nothing else of the project is needed)
"""

import json
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime import Captioner
from edge_runtime.backends.opening import open_backend
from edge_runtime.bundle import Bundle
from edge_runtime.preprocess import load_input


def main(path: str, pictures: str, out: str) -> None:
    """Write, for each variant, the encoder's outputs as `VARIANT/OUTPUT` [pictures, ...] and the sentences as JSON in `captions`."""
    bundle = Bundle(path)
    spec = bundle.manifest.input
    names = sorted(file.name for file in Path(pictures).iterdir())
    arrays: dict[str, Any] = {}
    captions: dict[str, list[dict[str, Any]]] = {}
    for variant, entry in bundle.manifest.variants.items():
        backend = open_backend(bundle, entry, 1)
        encoded = [backend.encode(load_input(Path(pictures) / n, spec.height, spec.width)[None]) for n in names]
        for output, values in (
            ("keys", [e.keys for e in encoded]),
            ("values", [e.values for e in encoded]),
            ("state_h", [e.state[0] for e in encoded]),
            ("state_c", [e.state[1] for e in encoded]),
        ):
            arrays[f"{variant}/{output}"] = np.concatenate(values)
        captioner = Captioner.load(path, variant, threads=1)
        said = [captioner.caption(Path(pictures) / name) for name in names]
        captions[variant] = [{"text": caption.text, "log_prob": round(caption.log_prob, 4)} for caption in said]
    facts = {"machine": platform.machine(), "pictures": names, "captions": captions}
    np.savez(out, facts=np.array(json.dumps(facts)), **arrays)


if __name__ == "__main__":
    main(*sys.argv[1:])
