"""ONNX files as the hub has them: names and dynamic axes of optimum, tied weights once, decoders merged; each checked against PyTorch."""

import copy
import io
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.transformers.float16 import convert_float_to_float16
from transformers.cache_utils import DynamicCache, DynamicLayer, EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput

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


class Encoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.encoder = model.get_encoder()

    def forward(self, input_ids, attention_mask):
        return self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state


class Decoder(torch.nn.Module):
    """The decoder over an encoder's states. With `past`, 4 tensors a layer: decoder.key, decoder.value, encoder.key, encoder.value."""

    def __init__(self, model, past):
        super().__init__()
        self.model, self.past = model, past

    def forward(self, encoder_attention_mask, input_ids, encoder_hidden_states, *past):
        own = [t for k, t in enumerate(past) if k % 4 < 2]
        cross = [t for k, t in enumerate(past) if k % 4 >= 2]
        cache = EncoderDecoderCache(cache_of(own), cache_of(cross)) if self.past else None
        out = self.model(
            encoder_outputs=BaseModelOutput(encoder_hidden_states),
            attention_mask=encoder_attention_mask,
            decoder_input_ids=input_ids,
            past_key_values=cache,
            use_cache=True,
        )
        own, cross = flat(out.past_key_values.self_attention_cache), flat(out.past_key_values.cross_attention_cache)
        if self.past:
            return (out.logits, *own)
        layers = range(len(own) // 2)
        return (out.logits, *(t for i in layers for t in (*own[2 * i : 2 * i + 2], *cross[2 * i : 2 * i + 2])))


def export(module, inputs, axes, outputs, opset):
    """The traced graph of `module`. `inputs` by name; `axes`: the dynamic axes by name of input or output."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
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
        twin = next((other for other, a in arrays.items() if other != name and a.shape == array.shape[::-1] and np.array_equal(a, array.T)), None)
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


# --- sequence to sequence ---------------------------------------------------------------------------------------------------------


def seq2seq_models(model, opset, rng):
    """The encoder and the two decoders that `merge` makes one of."""
    config = model.config
    vocab = config.vocab_size
    layers = getattr(config, "num_decoder_layers", None) or getattr(config, "decoder_layers", None)
    kinds = [f"{i}.{side}.{kind}" for i in range(layers) for side in ("decoder", "encoder") for kind in ("key", "value")]
    own = [kind for kind in kinds if ".decoder." in kind]
    encoder, plain, continued = Encoder(model), Decoder(model, False), Decoder(model, True)

    def source(lengths):
        made = masked_inputs(["input_ids", "attention_mask"], vocab, lengths, rng)
        return made, encoder(*made.values())

    def target(made, states, width):
        ids = torch.from_numpy(rng.integers(5, vocab, (len(states), width)))
        return {"encoder_attention_mask": made["attention_mask"], "input_ids": ids, "encoder_hidden_states": states}

    two = {0: "batch_size", 1: "encoder_sequence_length"}
    made, states = source([9, 6])
    encoder_graph = export(encoder, made, {"input_ids": two, "attention_mask": two, "last_hidden_state": two}, ["last_hidden_state"], opset)

    inputs = target(made, states, 5)
    base = {
        "encoder_attention_mask": two,
        "encoder_hidden_states": two,
        "input_ids": {0: "batch_size", 1: "decoder_sequence_length"},
        "logits": {0: "batch_size", 1: "decoder_sequence_length"},
    }
    lengths = {kind: "past_decoder_sequence_length" if ".decoder." in kind else "encoder_sequence_length_out" for kind in kinds}
    pasts = {f"past_key_values.{kind}": {0: "batch_size", 2: lengths[kind]} for kind in kinds}
    first_axes = {
        f"present.{kind}": {0: "batch_size", 2: "decoder_sequence_length" if ".decoder." in kind else "encoder_sequence_length"} for kind in kinds
    }
    plain_graph = export(plain, inputs, {**base, **first_axes}, ["logits", *(f"present.{kind}" for kind in kinds)], opset)
    caches = plain(*inputs.values())[1:]
    more = {**target(made, states, 3), **{f"past_key_values.{kind}": t for kind, t in zip(kinds, caches, strict=True)}}
    later_axes = {f"present.{kind}": {0: "batch_size", 2: "past_decoder_sequence_length + 1"} for kind in own}
    past_graph = export(continued, more, {**base, **pasts, **later_axes}, ["logits", *(f"present.{kind}" for kind in own)], opset)
    merged = merge(plain_graph, past_graph)

    opened_encoder, opened_plain, opened_merged = session(encoder_graph), session(plain_graph), session(merged)
    for lengths, width in (([1], 1), ([61], 9), ([5, 21, 13], 4)):
        made, states = source(lengths)
        same(run(opened_encoder, made), [states], ("encoder", lengths))
        inputs = target(made, states, width)
        expected = plain(*inputs.values())
        same(run(opened_plain, inputs), expected, ("decoder", lengths))
        shapes = {f"past_key_values.{kind}": expected[1].shape for kind in kinds}
        nothing = {name: torch.zeros(s[0], s[1], 0, s[3]) for name, s in shapes.items()}
        same(run(opened_merged, {**inputs, **nothing, "use_cache_branch": torch.tensor([False])}), expected, ("merged, no past", lengths))
        past = {f"past_key_values.{kind}": t for kind, t in zip(kinds, expected[1:], strict=True)}
        more = {**target(made, states, 1), **past}
        found = dict(zip([o.name for o in opened_merged.get_outputs()], run(opened_merged, {**more, "use_cache_branch": torch.tensor([True])}), strict=True))
        expected = continued(*more.values())
        same([found["logits"], *(found[f"present.{kind}"] for kind in own)], expected, ("merged, past", lengths))
    return {"encoder_model": encoder_graph, "decoder_model": plain_graph, "decoder_with_past_model": past_graph}


def half(model):
    """The graph in float16, logits and past too; integers stay as they are."""
    return convert_float_to_float16(copy.deepcopy(model), keep_io_types=False)


def merge(plain, past):
    """One decoder of two, as optimum's merge_decoders: `If` on use_cache_branch, weights shared in the outer graph."""
    plain, past = copy.deepcopy(plain), copy.deepcopy(past)
    kept, shared, by_bytes = {}, [], {}
    for name, model in (("no_past", plain), ("with_past", past)):
        graph, renamed, own = model.graph, {}, []
        for tensor in graph.initializer:
            # small integers stay in the branches: they are shapes and axes
            if len(tensor.dims) == 0 or (len(tensor.dims) == 1 and tensor.data_type in (TensorProto.INT32, TensorProto.INT64)):
                own.append(tensor)
                continue
            key = (tensor.data_type, tuple(tensor.dims), tensor.raw_data)
            if key not in by_bytes:
                by_bytes[key] = f"{tensor.name}_merged_{len(shared)}"
                shared.append(copy.deepcopy(tensor))
                shared[-1].name = by_bytes[key]
            renamed[tensor.name] = by_bytes[key]
        for node in graph.node:
            for k, read in enumerate(node.input):
                node.input[k] = renamed.get(read, read)
        kept[name] = own
    made = {o.name for o in past.graph.output}
    extra = [o for o in plain.graph.output if o.name not in made]
    empty = []
    for output in extra:  # a with-past decoder does not make the encoder's keys again
        dims = [d.dim_value if d.HasField("dim_value") else None for d in output.type.tensor_type.shape.dim]
        shape = [0, dims[1] if dims[1] is not None else 1, 1, dims[3] if dims[3] is not None else 1]
        empty.append(helper.make_node("Constant", [], [output.name], value=helper.make_tensor(output.name, output.type.tensor_type.elem_type, shape, [])))
    by_name = {o.name: o for o in past.graph.output} | {o.name: o for o in extra}
    branches = {
        "else_branch": helper.make_graph(plain.graph.node, "no_past", [], plain.graph.output, kept["no_past"]),
        "then_branch": helper.make_graph([*past.graph.node, *empty], "with_past", [], [by_name[o.name] for o in plain.graph.output], kept["with_past"]),
    }
    node = helper.make_node("If", ["use_cache_branch"], [o.name for o in plain.graph.output], name="optimum::if", **branches)
    inputs = {i.name: i for i in [*plain.graph.input, *past.graph.input]}
    switch = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
    graph = helper.make_graph([node], "merged", [*inputs.values(), switch], list(plain.graph.output), shared)
    model = helper.make_model(graph, opset_imports=plain.opset_import, producer_name="exports.py", ir_version=plain.ir_version)
    onnx.checker.check_model(model)
    return model
