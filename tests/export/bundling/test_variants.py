import pytest

from export.bundling.variants import VariantName
from export.errors import ExportError


@pytest.mark.parametrize(
    ("text", "backend", "encoder", "decoder"),
    [
        ("onnx-fp32", "onnx", "fp32", "fp32"),
        ("litert-int8", "litert", "int8", "int8"),
        ("onnx-int8-dynamic", "onnx", "int8-dynamic", "int8-dynamic"),
        ("litert-int8+fp16", "litert", "int8", "fp16"),
        ("onnx-fp16+int8-dynamic", "onnx", "fp16", "int8-dynamic"),
    ],
)
def test_names_are_taken_apart_and_put_together(text: str, backend: str, encoder: str, decoder: str) -> None:
    name = VariantName.parse(text)
    assert (name.backend, name.encoder, name.decoder) == (backend, encoder, decoder)
    assert str(name) == text


@pytest.mark.parametrize("text", ["onnx", "onnx-", "torch-fp32", "onnx-int4", "onnx-int8+", "int8", ""])
def test_other_names_are_refused(text: str) -> None:
    with pytest.raises(ExportError, match=r"must be BACKEND-PRECISION or BACKEND-ENCODER\+DECODER"):
        VariantName.parse(text)
