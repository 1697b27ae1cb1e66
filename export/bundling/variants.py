"""Names of a bundle's variants: what runs the graphs, and the precision of encoder and decoder."""

from dataclasses import dataclass

from export.errors import ExportError

BACKENDS = ("onnx", "litert")
PRECISIONS = ("fp32", "fp16", "int8-dynamic", "int8")
"""`fp16`: weights in 16 bits, arithmetic in 32. `int8-dynamic`: weights in 8 bits, activations quantised as they come.
`int8`: weights and activations in 8 bits, ranges measured beforehand."""

DEFAULT_VARIANTS = ("onnx-fp32", "onnx-int8", "litert-int8")


@dataclass(frozen=True)
class VariantName:
    """A variant's name, taken apart: `onnx-int8`, or `litert-int8+fp16` where the decoder's precision is another.

    Attributes:
        backend: One of `BACKENDS`.
        encoder: One of `PRECISIONS`.
        decoder: One of `PRECISIONS`.
    """

    backend: str
    encoder: str
    decoder: str

    @classmethod
    def parse(cls, text: str) -> "VariantName":
        """Take a name apart.

        Raises:
            ExportError: It is not one.
        """
        backend, _, precisions = text.partition("-")
        encoder, plus, decoder = precisions.partition("+")
        decoder = decoder if plus else encoder
        if backend not in BACKENDS or encoder not in PRECISIONS or decoder not in PRECISIONS:
            raise ExportError(
                f"--variant {text}: must be BACKEND-PRECISION or BACKEND-ENCODER+DECODER, with a backend of "
                f"{', '.join(BACKENDS)} and precisions of {', '.join(PRECISIONS)}"
            )
        return cls(backend, encoder, decoder)

    def __str__(self) -> str:
        return f"{self.backend}-{self.precision}"

    @property
    def precision(self) -> str:
        """Return both precisions, once where they are the same."""
        return self.encoder if self.encoder == self.decoder else f"{self.encoder}+{self.decoder}"
