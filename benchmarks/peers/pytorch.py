"""A published captioner in PyTorch: with its own weights from a folder, or with random ones from its configuration."""

import inspect
import json
from pathlib import Path
from typing import Any

from benchmarks.peers.base import Loaded, PeerMissingError, Pixels, Said
from benchmarks.peers.family import Family
from edge_runtime.errors import OptionError

_MOST_TOKENS = 40
"""Of a sentence, where a trained captioner does not stop by itself."""


class PyTorchPeer:
    """A captioner of a family, greedy, in float32, with key-value caches, on the CPU.

    Args:
        family: What is known of it.
        threads: Of PyTorch.
        weights: Folder as `save_pretrained` writes it; random weights where None.
    """

    extra = "peers"
    needs_mb = 3000

    def __init__(self, family: Family, threads: int, weights: Path | None = None) -> None:
        self.family, self.threads, self.weights = family, threads, weights
        self._model: Any = None
        self._processor: Any = None
        self._tokenizer: Any = None

    @property
    def name(self) -> str:
        """Return the family's."""
        return self.family.name

    @property
    def trained(self) -> bool:
        """Return whether it has its own weights."""
        return self.weights is not None

    def load(self) -> Loaded:
        """Build the network, or read it.

        Raises:
            PeerMissingError: The installed `transformers` does not have it, or the folder does not hold it.
        """
        import torch
        import transformers

        torch.set_num_threads(self.threads)
        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        if self.weights is None:
            self._model = self._random(torch, transformers)
        else:
            self._model = self._stored(transformers, self.weights)
        self._model.eval()
        facts = {
            "weights": "its own" if self.trained else "random",
            "published_parameters_m": self.family.published_m,
            "configuration": str(self.weights) if self.weights else self.family.source,
            "torch": torch.__version__,
            "transformers": transformers.__version__,
        }
        if self.family.note:
            facts["note"] = self.family.note
        count = sum(parameter.numel() for parameter in self._model.parameters())
        return Loaded(round(count / 1e6, 2), facts)

    def caption(self, picture: Pixels, words: int) -> Said:
        """Caption a picture; see `Peer.caption`."""
        if self._model is None:
            raise OptionError(f"{self.name}: not loaded; call load() first")
        import torch

        with torch.inference_mode():
            if self.trained:
                return self._own(torch, picture)
            inputs = {name: torch.from_numpy(value) for name, value in self.family.inputs(picture).items()}
            said = self._generate(inputs, min_new_tokens=words, max_new_tokens=words)
        if len(said) != words:
            raise PeerMissingError(f"{self.name}: said {len(said)} words instead of {words}; it cannot be compared")
        return Said(words)

    def _own(self, torch: Any, picture: Pixels) -> Said:
        from PIL import Image

        inputs = dict(self._prepared(Image.fromarray(picture)))
        said = self._generate(inputs, max_new_tokens=_MOST_TOKENS)
        text = self._tokenizer.decode(torch.as_tensor(said), skip_special_tokens=True).strip()
        return Said(len(text.split()), text)

    def _prepared(self, image: Any) -> Any:
        family = self.family
        if not family.prompt:
            return self._processor(images=image, return_tensors="pt", **family.processing)
        prompt = family.prompt
        if family.chat:
            turn = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": prompt}]}
            prompt = self._processor.apply_chat_template([turn], add_generation_prompt=True)
        return self._processor(text=prompt, images=[image], return_tensors="pt", **family.processing)

    def _generate(self, inputs: dict[str, Any], **length: int) -> list[int]:
        """Return ids of the new words."""
        found: list[int] = self._model.generate(**inputs, **length, do_sample=False, num_beams=1, use_cache=True)[
            0
        ].tolist()
        asked = inputs.get("input_ids")
        decoder_only = not getattr(self._model.config, "is_encoder_decoder", False)
        given = asked.shape[1] if asked is not None and decoder_only else 1
        return found[given:]

    def _random(self, torch: Any, transformers: Any) -> Any:
        kind = self._class(transformers, self.family.classes[0])
        options = dict(self.family.configuration)
        configuration = transformers.AutoConfig.for_model(options.pop("model_type"), **options)
        torch.manual_seed(0)
        return kind(configuration)

    def _stored(self, transformers: Any, folder: Path) -> Any:
        named = (json.loads((folder / "config.json").read_text()).get("architectures") or [self.family.classes[0]])[0]
        if named not in self.family.classes:
            raise PeerMissingError(f"{folder}: holds a {named}, not a {self.family.classes[0]}; check --peer-weights")
        # Nothing is fetched and no code of the folder runs: only its numbers are read.
        safe = {"local_files_only": True, "trust_remote_code": False}
        model = self._class(transformers, named).from_pretrained(folder, use_safetensors=True, **safe)
        if self.family.prompt or (folder / "processor_config.json").is_file():
            self._processor = transformers.AutoProcessor.from_pretrained(folder, **safe)
            self._tokenizer = self._processor.tokenizer
        else:
            self._processor = transformers.AutoImageProcessor.from_pretrained(folder, **safe)
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **safe)
        return model

    def _class(self, transformers: Any, name: str) -> Any:
        found = getattr(transformers, name, None)
        if not inspect.isclass(found):
            raise PeerMissingError(
                f"transformers {transformers.__version__} has no {name}; run: pip install --upgrade 'edge-caption[peers]'"
            )
        return found
