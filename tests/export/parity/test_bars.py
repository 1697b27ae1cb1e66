"""The bars of a language that is added to a bundle."""

from export.parity.bars import language_failures


def test_every_variant_keeps_its_share() -> None:
    assert language_failures("de", 0.99, 0.5, {"onnx-int8": 0.4925, "litert-int8": 0.51}) == []
    assert language_failures("de", 0.99, 0.5, {"onnx-int8": 0.492, "litert-int8": 0.51}) == [
        "de, onnx-int8: keeps 98.4% of the CIDEr, at least 98.5% is asked for"
    ]


def test_the_graph_says_what_was_trained() -> None:
    assert language_failures("de", 0.989, 0.5, {}) == [
        "de: fp32 gives Keras' caption on 98.9% of the pictures, at least 99% are asked for"
    ]


def test_nothing_can_be_kept_of_nothing() -> None:
    assert language_failures("de", 1.0, 0.0, {"onnx-int8": 0.0}) == [
        "de: fp32 scores no CIDEr, so nothing tells what the others keep; train it for longer"
    ]
