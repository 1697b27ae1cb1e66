"""One ONNX graph that holds the whole greedy search: a step a word costs a call from Python each.

The graph loops over the step graph as it is, so every precision has one, with the same arithmetic.
"""

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from edge_runtime.bundle.decoder_spec import NEXT
from edge_runtime.decoding import Search
from export.onnx.convert import GREEDY_OUTPUTS
from export.step_tensors import passed_on

_NEVER = -1e6


def looped(step: onnx.ModelProto, search: Search) -> onnx.ModelProto:
    """Wrap a step graph in a loop.

    Args:
        step: What `export.onnx.convert.step_graph` returned, or a quantised form of it.
        search: Start, end and length of a sentence.

    Returns:
        The step's context and a state [1, ...] -> `tokens` int32 [T] and their natural `token_log_probs` float32 [T], the end's included
        where it was reached.
    """
    inputs = {value.name: value for value in step.graph.input}
    outputs = {value.name: value for value in step.graph.output}
    context, states = passed_on(inputs, outputs)
    carried = ("token", *states)
    node = helper.make_node
    once = search.repeatable is not None
    allowed = "allowed" if once else "log_probs"
    chosen = [
        *([node("Add", ["log_probs", "loop/said"], ["allowed"])] if once else []),
        node("ArgMax", [allowed], ["best/long"], axis=1, keepdims=0),
        node("Cast", ["best/long"], ["best"], to=TensorProto.INT32),
        node("ReduceMax", [allowed], ["best/log_probs"], axes=[1], keepdims=0),
        node("Squeeze", ["best", "first"], ["best/token"]),
        node("Squeeze", ["best/log_probs", "first"], ["best/log_prob"]),
        node("Equal", ["best/token", "end"], ["best/ends"]),
        node("Not", ["best/ends"], ["goes_on"]),
    ]
    vocabulary = outputs["log_probs"].type.tensor_type.shape.dim[1].dim_value
    constants, before, said = [], [], []
    if once:
        chosen += [
            node("Equal", ["words", "best"], ["best/place"]),
            node("Cast", ["best/place"], ["best/one"], to=TensorProto.FLOAT),
            node("Mul", ["best/one", "never_again"], ["best/never"]),
            node("Add", ["loop/said", "best/never"], ["next_said"]),
        ]
        constants = [numpy_helper.from_array(never_again(search, vocabulary), "never_again")]
        # Made, not stored: 8 KB each.
        before = [
            node("Range", ["zero", "vocabulary", "one"], ["words"]),
            node("ConstantOfShape", ["said/shape"], ["none_said"]),
        ]
        said = [
            *(numpy_helper.from_array(np.array(n, np.int32), name) for n, name in ((0, "zero"), (1, "one"))),
            numpy_helper.from_array(np.array(vocabulary, np.int32), "vocabulary"),
            numpy_helper.from_array(np.array([1, vocabulary], np.int64), "said/shape"),
        ]

    def value(name: str, kind: int, shape: list[int | str]) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    body = helper.make_graph(
        [*step.graph.node, *chosen],
        "step",
        [
            value("step/number", TensorProto.INT64, []),
            value("step/wanted", TensorProto.BOOL, []),
            *(_one_hypothesis(inputs[name], f"loop/{name}") for name in carried),
            *([value("loop/said", TensorProto.FLOAT, [1, vocabulary])] if once else []),
        ],
        [
            value("goes_on", TensorProto.BOOL, []),
            value("best", TensorProto.INT32, [1]),
            *(_one_hypothesis(outputs[NEXT + name], NEXT + name) for name in states),
            *([value("next_said", TensorProto.FLOAT, [1, vocabulary])] if once else []),
            value("best/token", TensorProto.INT32, []),
            value("best/log_prob", TensorProto.FLOAT, []),
        ],
        [
            *step.graph.initializer,
            numpy_helper.from_array(np.array(search.end_id, np.int32), "end"),
            numpy_helper.from_array(np.array([0], np.int64), "first"),
            *constants,
        ],
    )
    for inside in body.node:
        inside.input[:] = [f"loop/{name}" if name in carried else name for name in inside.input]
    loop = node(
        "Loop",
        ["most", "yes", "start", *states, *(["none_said"] if once else [])],
        ["last", *(f"last_{name}" for name in states), *(["last_said"] if once else []), *GREEDY_OUTPUTS],
        body=body,
    )
    graph = helper.make_graph(
        [*before, loop],
        "graph",
        [*(inputs[name] for name in context), *(_one_hypothesis(inputs[name], name) for name in states)],
        [value("tokens", TensorProto.INT32, ["length"]), value("token_log_probs", TensorProto.FLOAT, ["length"])],
        [
            numpy_helper.from_array(np.array(search.max_length, np.int64), "most"),
            numpy_helper.from_array(np.array(True), "yes"),
            numpy_helper.from_array(np.array([search.start_id], np.int32), "start"),
            *said,
        ],
    )
    model = helper.make_model(graph, opset_imports=step.opset_import, ir_version=step.ir_version)
    model.producer_name = "edge-caption"
    onnx.checker.check_model(model)
    return model


def never_again(search: Search, vocabulary: int) -> npt.NDArray[np.float32]:
    """What a loop adds to the log-probability of each word that has been said.

    Args:
        search: Which words may be said again.
        vocabulary: Words in all.

    Returns:
        float32 [1, V]: 0 for those that may, too little to be chosen for the others.
    """
    again = sorted(search.repeatable if search.repeatable is not None else range(vocabulary))
    found = np.full((1, vocabulary), _NEVER, np.float32)
    found[0, again] = 0.0
    return found


def _one_hypothesis(tensor: onnx.ValueInfoProto, name: str) -> onnx.ValueInfoProto:
    """A tensor's description for one hypothesis, under a name."""
    found = onnx.ValueInfoProto()
    found.CopyFrom(tensor)
    found.name = name
    found.type.tensor_type.shape.dim[0].dim_value = 1
    return found
