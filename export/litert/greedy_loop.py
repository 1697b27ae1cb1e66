"""The whole greedy search as a second signature of a LiteRT step graph, with the step's own weights.

A `WHILE` whose body is the step once more, its tensors fixed to one hypothesis: the constants lie in buffers that both share, so every
precision has its search for a few kilobytes. All operators are built in.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from edge_runtime.backends.tensors import GREEDY_SIGNATURE
from edge_runtime.bundle.decoder_spec import NEXT
from edge_runtime.decoding import Search
from export.litert.flatbuffer import Model, packed, unpacked
from export.onnx.convert import GREEDY_OUTPUTS
from export.onnx.greedy_loop import never_again
from export.step_tensors import passed_on

_MAIN, _CONDITION, _BODY = 1, 2, 3
"""Places of the new graphs; the step is the first."""

Variables = Mapping[str, tuple[list[int], Any]]
"""What goes round: name -> shape and type."""


def with_greedy_search(step: bytes, search: Search) -> bytes:
    """Add the signature `greedy`.

    Args:
        step: A step graph in any precision, packed.
        search: Start, end and length of a sentence.

    Returns:
        The graph. The signature takes the step's context and a state [1, ...] and gives `tokens` int32 [L] and their natural
        `token_log_probs` float32 [L], of which `length` int32 [1] are filled, the end's included where it was reached.
    """
    model = unpacked(step)
    signature = model.signatureDefs[0]
    inputs, outputs = ({e.name.decode(): e.tensorIndex for e in part} for part in (signature.inputs, signature.outputs))
    body = _Graph(model, copy.deepcopy(model.subgraphs[0]))
    for tensor in body.graph.tensors:
        if tensor.shapeSignature is not None:
            tensor.shape, tensor.shapeSignature = [1 if n < 0 else n for n in tensor.shapeSignature], None
    context, states = passed_on(inputs, outputs)
    given = (*context, *states)
    variables: dict[str, tuple[list[int], Any]] = {
        "length": ([1], np.int32),
        "token": ([1], np.int32),
        "tokens": ([search.max_length], np.int32),
        "token_log_probs": ([search.max_length], np.float32),
        **{name: (list(body.graph.tensors[inputs[name]].shape), np.float32) for name in given},
    }
    if search.repeatable is not None:
        variables["said"] = list(body.graph.tensors[outputs["log_probs"]].shape), np.float32
    _choose(body, variables, inputs, outputs, search)
    model.subgraphs += [
        _search(model, variables, given, search).graph,
        _condition(model, variables, search).graph,
        body.graph,
    ]
    return packed(model)


def _search(model: Model, variables: Variables, given: Sequence[str], search: Search) -> "_Graph":
    """The loop itself, and its signature."""
    from ai_edge_litert import schema_py_generated as schema

    graph = _Graph(model)
    first = {name: np.zeros(shape, kind) for name, (shape, kind) in variables.items() if name not in given}
    first["token"][:] = search.start_id
    before = {name: graph.tensor(name, *variables[name], first.get(name)) for name in variables}
    after = {name: graph.tensor(f"last_{name}", *variables[name]) for name in variables}
    options = schema.WhileOptionsT()
    options.condSubgraphIndex, options.bodySubgraphIndex = _CONDITION, _BODY
    graph.add("WHILE", list(before.values()), list(after.values()), options)
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = GREEDY_SIGNATURE.encode(), _MAIN
    signature.inputs = [_entry(name, before[name]) for name in given]
    signature.outputs = [_entry(name, after[name]) for name in (*GREEDY_OUTPUTS, "length")]
    model.signatureDefs.append(signature)
    graph.graph.inputs = [entry.tensorIndex for entry in signature.inputs]
    graph.graph.outputs = [entry.tensorIndex for entry in signature.outputs]
    return graph


def _condition(model: Model, variables: Variables, search: Search) -> "_Graph":
    """Whether another word is wanted."""
    graph = _Graph(model)
    found = {name: graph.tensor(name, *variables[name]) for name in variables}
    most = graph.tensor("most", [1], np.int32, np.array([search.max_length], np.int32))
    end = graph.tensor("end", [1], np.int32, np.array([search.end_id], np.int32))
    room, open_, both = (graph.tensor(name, [1], np.bool_) for name in ("room", "open", "both"))
    graph.add("LESS", [found["length"], most], [room])
    graph.add("NOT_EQUAL", [found["token"], end], [open_])
    graph.add("LOGICAL_AND", [room, open_], [both])
    graph.graph.inputs, graph.graph.outputs = list(found.values()), [both]
    return graph


def _choose(
    body: "_Graph", variables: Variables, inputs: Mapping[str, int], outputs: Mapping[str, int], search: Search
) -> None:
    """Let a step choose its word and write it down."""
    from ai_edge_litert import schema_py_generated as schema

    length, tokens, log_probs = (body.tensor(name, *variables[name]) for name in ("length", *GREEDY_OUTPUTS))
    next_length, next_tokens, next_log_probs = (
        body.tensor(f"next_{name}", *variables[name]) for name in ("length", *GREEDY_OUTPUTS)
    )
    axis = body.tensor("axis", [1], np.int32, np.array([1], np.int32))
    one = body.tensor("one", [1], np.int32, np.array([1], np.int32))
    best, best_log_prob = body.tensor("best", [1], np.int32), body.tensor("best_log_prob", [1], np.float32)
    choice = schema.ArgMaxOptionsT()
    choice.outputType = schema.TensorType.INT32
    said, next_said, allowed = {}, {}, outputs["log_probs"]
    if "said" in variables:
        said["said"], allowed = body.tensor("said", *variables["said"]), body.tensor("allowed", *variables["said"])
        body.add("ADD", [outputs["log_probs"], said["said"]], [allowed], schema.AddOptionsT())
    body.add("ARG_MAX", [allowed, axis], [best], choice)
    body.add("REDUCE_MAX", [allowed, axis], [best_log_prob], schema.ReducerOptionsT())
    if said:
        next_said["said"] = _also_said(body, variables["said"][0], said["said"], best, search)
    body.add("DYNAMIC_UPDATE_SLICE", [tokens, best, length], [next_tokens])
    body.add("DYNAMIC_UPDATE_SLICE", [log_probs, best_log_prob, length], [next_log_probs])
    body.add("ADD", [length, one], [next_length], schema.AddOptionsT())
    before = {"length": length, "tokens": tokens, "token_log_probs": log_probs, **said, **inputs}
    after = {
        "length": next_length,
        "token": best,
        "tokens": next_tokens,
        "token_log_probs": next_log_probs,
        **next_said,
    }
    after |= {name: outputs.get(NEXT + name, place) for name, place in inputs.items() if name != "token"}
    body.graph.inputs = [before[name] for name in variables]
    body.graph.outputs = [after[name] for name in variables]


def _also_said(body: "_Graph", shape: list[int], said: int, best: int, search: Search) -> int:
    """What has been said with one more word; gives its place."""
    from ai_edge_litert import schema_py_generated as schema

    words = body.tensor("words", shape, np.int32, np.arange(shape[1], dtype=np.int32)[None])
    never = body.tensor("never_again", shape, np.float32, never_again(search, shape[1]))
    chosen, one = body.tensor("chosen", shape, np.bool_), body.tensor("chosen_one", shape, np.float32)
    more, found = body.tensor("more_said", shape, np.float32), body.tensor("next_said", shape, np.float32)
    body.add("EQUAL", [words, best], [chosen])
    cast = schema.CastOptionsT()
    cast.inDataType, cast.outDataType = schema.TensorType.BOOL, schema.TensorType.FLOAT32
    body.add("CAST", [chosen], [one], cast)
    body.add("MUL", [one, never], [more], schema.MulOptionsT())
    body.add("ADD", [said, more], [found], schema.AddOptionsT())
    return found


class _Graph:
    """A graph of a model, to add to.

    Args:
        model: Where its buffers and the kinds of its operators are listed.
        graph: One to go on with; an empty one unless given.
    """

    def __init__(self, model: Model, graph: Any = None) -> None:
        from ai_edge_litert import schema_py_generated as schema

        self._model = model
        if graph is None:
            graph = schema.SubGraphT()
            graph.tensors, graph.operators = [], []
        self.graph = graph

    def tensor(self, name: str, shape: list[int], kind: Any, content: npt.NDArray[Any] | None = None) -> int:
        """Add a tensor, a constant one where it has a content; gives its place."""
        from ai_edge_litert import schema_py_generated as schema

        tensor, types = schema.TensorT(), schema.TensorType
        tensor.name, tensor.shape, tensor.buffer = name.encode(), shape, 0
        tensor.type = {np.int32: types.INT32, np.float32: types.FLOAT32, np.bool_: types.BOOL}[kind]
        if content is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(content.tobytes(), np.uint8)
            self._model.buffers.append(buffer)
            tensor.buffer = len(self._model.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def add(self, kind: str, inputs: list[int], outputs: list[int], options: Any = None) -> None:
        """Add an operator."""
        from ai_edge_litert import schema_py_generated as schema

        node = schema.OperatorT()
        code = getattr(schema.BuiltinOperator, kind)
        known = [entry.builtinCode for entry in self._model.operatorCodes]
        if code not in known:
            entry = schema.OperatorCodeT()
            entry.builtinCode, entry.version = code, 1
            entry.deprecatedBuiltinCode = min(code, schema.BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES)
            self._model.operatorCodes.append(entry)
        node.opcodeIndex = known.index(code) if code in known else len(known)
        node.inputs, node.outputs = inputs, outputs
        if options is not None:
            node.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
            node.builtinOptions = options
        self.graph.operators.append(node)


def _entry(name: str, place: int) -> Any:
    from ai_edge_litert import schema_py_generated as schema

    entry = schema.TensorMapT()
    entry.name, entry.tensorIndex = name.encode(), place
    return entry
