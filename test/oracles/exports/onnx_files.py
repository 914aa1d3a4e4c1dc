"""ONNX files as the hub has them: names and dynamic axes of optimum, tied weights once; each checked against PyTorch."""

import copy
import io
import warnings
from unittest import mock

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper
from onnxruntime.transformers.float16 import convert_float_to_float16
from transformers.cache_utils import DynamicCache, DynamicLayer

TOLERANCE = 1e-4
PAST, TOTAL = "past_sequence_length", "past_sequence_length + sequence_length"


def cache_of(tensors):
    """A cache that holds key and value of each layer. Made layer by layer: `update` would put an empty Concat into the trace."""
    layers = []
    for key, value in zip(tensors[0::2], tensors[1::2], strict=True):
        layer = DynamicLayer()
        layer.keys, layer.values, layer.dtype, layer.device, layer.is_initialized = key, value, key.dtype, key.device, True
        layers.append(layer)
    cache = DynamicCache()
    cache.layers, cache.layer_class_to_replicate = layers, None
    return cache


def flat(cache):
    return [tensor for layer in cache.layers for tensor in (layer.keys, layer.values)]


class Masked(torch.nn.Module):
    def __init__(self, model, names):
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *inputs):
        return self.model(**dict(zip(self.names, inputs, strict=True))).logits


class Causal(torch.nn.Module):
    def __init__(self, model, names):
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *inputs):
        n = len(self.names)
        out = self.model(**dict(zip(self.names, inputs[:n], strict=True)), past_key_values=cache_of(inputs[n:]), use_cache=True)
        return (out.logits, *flat(out.past_key_values))


def interleaved(tensor, times, dim):
    """repeat_interleave along the last axis in operators that the exporter can write for dynamic shapes (GLM's rotary embedding)."""
    assert dim == -1
    return torch.stack([tensor] * times, -1).flatten(-2)


def export(module, inputs, axes, outputs, opset):
    """The traced graph of `module`. `inputs` by name; `axes`: the dynamic axes by name of input or output."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad(), mock.patch.object(torch.Tensor, "repeat_interleave", interleaved):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module.eval(),
            tuple(inputs.values()),
            buffer,
            input_names=list(inputs),
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=opset,
            do_constant_folding=True,
            dynamo=False,
        )
    return tie(onnx.load_from_string(buffer.getvalue()))


def tie(model):
    """Keeps one copy of a weight that the exporter wrote twice, the second time transposed for the vocabulary product (as optimum does)."""
    graph = model.graph
    arrays = {i.name: numpy_helper.to_array(i) for i in graph.initializer if len(i.dims) == 2 and i.dims[0] * i.dims[1] >= 4096}
    for name, array in arrays.items():
        twin = next(
            (
                other
                for other, a in arrays.items()
                if other != name and a.shape == array.shape[::-1] and np.array_equal(a, array.T)
            ),
            None,
        )
        gathered = {node.input[0] for node in graph.node if node.op_type == "Gather"}
        if twin not in gathered or name in gathered:
            continue
        graph.initializer.remove(next(i for i in graph.initializer if i.name == name))
        graph.node.insert(0, helper.make_node("Transpose", [twin], [name], name=f"Transpose_{name}", perm=[1, 0]))
    return model


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    source = model.SerializeToString() if isinstance(model, onnx.ModelProto) else str(model)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def same(found, expected, what):
    for k, (a, b) in enumerate(zip(found, expected, strict=True)):
        b = b.detach().numpy()
        assert a.shape == b.shape, (what, k, a.shape, b.shape)
        worst = float(np.abs(a - b).max()) if a.size else 0.0
        assert worst < TOLERANCE, (what, k, worst)


def run(opened, inputs):
    return opened.run(None, {name: t.numpy() for name, t in inputs.items()})


def half(model):
    """The graph in float16, logits and past too; integers stay as they are."""
    return convert_float_to_float16(copy.deepcopy(model), keep_io_types=False)


# --- masked -----------------------------------------------------------------------------------------------------------------------


def masked_inputs(names, vocab, lengths, rng):
    width = max(lengths)
    mask = torch.tensor([[int(k < n) for k in range(width)] for n in lengths])
    made = {
        "input_ids": torch.from_numpy(rng.integers(5, vocab, mask.shape)),
        "attention_mask": mask,
        "token_type_ids": torch.tensor([[int(k > width // 2) for k in range(width)] for _ in lengths]),
    }
    return {name: made[name] for name in names}


def masked_model(model, names, opset, rng):
    module = Masked(model, names)
    axes = {name: {0: "batch_size", 1: "sequence_length"} for name in [*names, "logits"]}
    vocab = model.config.vocab_size
    graph = export(module, masked_inputs(names, vocab, [9, 6], rng), axes, ["logits"], opset)
    opened = session(graph)
    for lengths in ([1], [70], [5, 21, 13]):
        inputs = masked_inputs(names, vocab, lengths, rng)
        same(run(opened, inputs), [module(*inputs.values())], ("masked", lengths))
    return graph


# --- causal -----------------------------------------------------------------------------------------------------------------------


def causal_inputs(names, vocab, lengths, past, past_mask, rng):
    """Rows of `lengths` new tokens, padded on the right, after `past` (with gaps where `past_mask` is 0)."""
    new = torch.tensor([[int(k < n) for k in range(max(lengths))] for n in lengths])
    mask = torch.cat([past_mask, new], 1)
    made = {
        "input_ids": torch.from_numpy(rng.integers(5, vocab, new.shape)),
        "attention_mask": mask,
        "position_ids": (mask.cumsum(1) - 1).clamp(min=0)[:, past_mask.shape[1] :],
    }
    return {**{name: made[name] for name in names}, **past}


def causal_model(model, names, opset, rng):
    config = model.config
    module, vocab = Causal(model, names), config.vocab_size
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    layers = config.num_hidden_layers
    kinds = [f"{i}.{kind}" for i in range(layers) for kind in ("key", "value")]

    def past_of(tensors):
        return {f"past_key_values.{kind}": t for kind, t in zip(kinds, tensors, strict=True)}

    def empty(rows):
        return past_of([torch.zeros(rows, heads, 0, size)] * (2 * layers)), torch.zeros(rows, 0, dtype=torch.int64)

    axes = {
        **{name: {0: "batch_size", 1: TOTAL if name == "attention_mask" else "sequence_length"} for name in names},
        **{f"past_key_values.{kind}": {0: "batch_size", 2: PAST} for kind in kinds},
        **{f"present.{kind}": {0: "batch_size", 2: TOTAL} for kind in kinds},
        "logits": {0: "batch_size", 1: "sequence_length"},
    }
    example = past_of([torch.from_numpy(rng.normal(size=(2, heads, 5, size)).astype(np.float32)) for _ in kinds])
    inputs = causal_inputs(names, vocab, [4, 3], example, torch.ones(2, 5, dtype=torch.int64), rng)
    graph = export(module, inputs, axes, ["logits", *(f"present.{kind}" for kind in kinds)], opset)
    opened = session(graph)
    for first, second in (([1], [1]), ([7, 3, 5], [2, 6, 1]), ([60], [4])):
        start = causal_inputs(names, vocab, first, *empty(len(first)), rng)
        before = module(*start.values())
        same(run(opened, start), before, ("start", first))
        after = causal_inputs(names, vocab, second, past_of(before[1:]), start["attention_mask"], rng)
        on = module(*after.values())
        same(run(opened, after), on, ("continued", first, second))
        # what stands after a gap is what stands there without one
        for row, (a, b) in enumerate(zip(first, second, strict=True)):
            ids = torch.cat([start["input_ids"][row, :a], after["input_ids"][row, :b]])[None]
            whole = model(input_ids=ids, use_cache=False).logits[0, a:]
            same([on[0][row, :b].detach().numpy()], [whole], ("gap", first, second, row))
    return graph
