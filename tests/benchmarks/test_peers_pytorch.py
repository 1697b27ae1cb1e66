"""Peers in PyTorch: the published sizes, made to say so many words, and run in full from a folder of weights."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers.blip import BLIP
from benchmarks.peers.family import Family
from benchmarks.peers.pytorch import PyTorchPeer
from benchmarks.peers.registry import FAMILIES
from benchmarks.peers.run import PeersOptions, measure_peers
from benchmarks.peers.table import to_markdown

torch = pytest.importorskip("torch", reason="the extra 'peers' is not installed")
transformers = pytest.importorskip("transformers", reason="the extra 'peers' is not installed")

EXAMPLES = Path(__file__).parents[2] / "examples"
COUNTED = {
    "vit-gpt2": 239_195_904,
    "blip-base": 223_971_644,
    "git-base": 176_619_066,
    "florence-2-base": 231_414_784,
    "smolvlm-256m": 256_484_928,
}
"""Parameters, as published where an exact count is."""
_HALF = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[DEC]", "[ENC]", "a", "dark", "bright", "square"]
TINY = {
    "model_type": "blip",
    "text_config": {
        **_HALF,
        "vocab_size": len(WORDS),
        "encoder_hidden_size": 16,
        "max_position_embeddings": 64,
        "bos_token_id": 4,
        "eos_token_id": 3,
        "sep_token_id": 3,
        "pad_token_id": 0,
    },
    "vision_config": {**_HALF, "image_size": 384, "patch_size": 128},
}


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_published_number_of_parameters(family: Family) -> None:
    options = dict(family.configuration)
    configuration = transformers.AutoConfig.for_model(options.pop("model_type"), **options)
    with torch.device("meta"):
        network = getattr(transformers, family.classes[0])(configuration)
    count = sum(parameter.numel() for parameter in network.parameters())
    assert count == COUNTED[family.folder]
    shared = 30524 * 768 if family.folder == "blip-base" else 0
    assert (count + shared) / 1e6 == pytest.approx(family.published_m, rel=0.01)


def test_random_weights_say_so_many_words() -> None:
    peer = PyTorchPeer(replace(BLIP, configuration=TINY), 1)
    loaded = peer.load()
    assert loaded.facts["weights"] == "random"
    for words in (1, 7, 12):
        said = peer.caption(np.zeros((48, 64, 3), np.uint8), words)
        assert (said.words, said.text) == (words, "")


def _save(folder: Path) -> None:
    """A tiny BLIP with its processor, as `save_pretrained` writes them."""
    options = dict(TINY)
    torch.manual_seed(3)
    configuration = transformers.AutoConfig.for_model(str(options.pop("model_type")), **options)
    transformers.BlipForConditionalGeneration(configuration).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    tokenizer = transformers.BertTokenizerFast(str(folder / "vocab.txt"))
    processor = getattr(transformers, "BlipImageProcessorPil", transformers.BlipImageProcessor)
    transformers.BlipProcessor(processor(), tokenizer).save_pretrained(folder)


@pytest.mark.skipif(shutil.which("java") is None, reason="no java, which scoring needs")
def test_own_weights_run_in_full_and_are_scored(tiny_bundle: Path, coloured: Path, tmp_path: Path) -> None:
    _save(tmp_path / "blip-base")
    options = PeersOptions(
        tiny_bundle, ["blip-base"], EXAMPLES, shown=1, rounds=1, threads=1, weights=tmp_path, data=coloured, limit=3
    )
    record = measure_peers(options, lambda _: None)
    ours, blip = record.rows
    assert (blip.name, blip.missing) == ("blip-base", "")
    assert blip.facts["weights"] == "its own"
    for row in (ours, blip):
        assert row.facts["scored"] == 3
        assert {"bleu_4", "cider", "meteor", "rouge_l"} <= set(row.values)
    markdown = to_markdown(record)
    assert "3 test pictures, greedy" in markdown
    assert "architecture only" not in markdown


def test_weights_of_another_network_are_named(tmp_path: Path) -> None:
    from benchmarks.peers.base import PeerMissingError

    _save(tmp_path)
    git = next(family for family in FAMILIES if family.name == "git-base")
    with pytest.raises(PeerMissingError, match="holds a BlipForConditionalGeneration, not a GitForCausalLM"):
        PyTorchPeer(git, 1, tmp_path).load()
