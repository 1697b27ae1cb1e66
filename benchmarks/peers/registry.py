"""The captioners that can be asked for by name."""

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.base import Peer
from benchmarks.peers.blip import BLIP
from benchmarks.peers.florence2 import FLORENCE2
from benchmarks.peers.git import GIT
from benchmarks.peers.keras_loop import KerasLoop
from benchmarks.peers.pytorch import PyTorchPeer
from benchmarks.peers.smolvlm import SMOLVLM, SMOLVLM_WHOLE
from benchmarks.peers.vit_gpt2 import VIT_GPT2
from edge_runtime.errors import OptionError

FAMILIES = (VIT_GPT2, BLIP, GIT, FLORENCE2, SMOLVLM_WHOLE, SMOLVLM)

KERAS_LOOP = "keras-loop"
PEERS = (KERAS_LOOP, *dict.fromkeys(family.folder for family in FAMILIES))
"""What `--peers` takes; a name may stand for several rows."""


def build_peers(names: Sequence[str], threads: int, weights: Path | None = None) -> list[Peer]:
    """Return the captioners named, not loaded yet.

    Args:
        names: Of `PEERS`.
        threads: Of each.
        weights: Folder with a folder of weights for each captioner that has them.

    Raises:
        OptionError: A name that is not known; weights that cannot be used.
    """
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise OptionError(f"unknown peer '{unknown[0]}'; choose from: {', '.join(PEERS)}")
    folders = _folders(names, weights) if weights else {}
    peers: list[Peer] = [KerasLoop(threads)] if KERAS_LOOP in names else []
    return peers + [PyTorchPeer(f, threads, folders.get(f.folder)) for f in FAMILIES if f.folder in names]


def _folders(names: Sequence[str], weights: Path) -> dict[str, Path]:
    with_weights = [name for name in names if name != KERAS_LOOP]
    found = {name: weights / name for name in with_weights if (weights / name).is_dir()}
    if not found:
        raise OptionError(
            f"--peer-weights {weights}: no folder of weights in it; it must hold one or more of: {', '.join(with_weights)}"
        )
    for folder in found.values():
        _check_folder(folder)
    return found


def _check_folder(folder: Path) -> None:
    try:
        named = json.loads((folder / "config.json").read_text())
    except (OSError, ValueError):
        named = None
    if not isinstance(named, dict):
        raise OptionError(f"{folder}: no config.json that can be read; save the model with save_pretrained()")
    if not any(folder.glob("*.safetensors")):
        raise OptionError(
            f"{folder}: no .safetensors file, and pickled weights are not read; save the model with save_pretrained()"
        )
