"""Encoder and decoder of a sequence-to-sequence model as ONNX files, and the two decoders merged into one."""

import copy

import onnx
import torch
from onnx import TensorProto, helper
from transformers.cache_utils import EncoderDecoderCache
from transformers.modeling_outputs import BaseModelOutput

from .onnx_files import cache_of, export, flat, masked_inputs, run, same, session


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
    encoder_graph = export(
        encoder, made, {"input_ids": two, "attention_mask": two, "last_hidden_state": two}, ["last_hidden_state"], opset
    )

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
        f"present.{kind}": {0: "batch_size", 2: "decoder_sequence_length" if ".decoder." in kind else "encoder_sequence_length"}
        for kind in kinds
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
        same(
            run(opened_merged, {**inputs, **nothing, "use_cache_branch": torch.tensor([False])}),
            expected,
            ("merged, no past", lengths),
        )
        past = {f"past_key_values.{kind}": t for kind, t in zip(kinds, expected[1:], strict=True)}
        more = {**target(made, states, 1), **past}
        found = dict(
            zip(
                [o.name for o in opened_merged.get_outputs()],
                run(opened_merged, {**more, "use_cache_branch": torch.tensor([True])}),
                strict=True,
            )
        )
        expected = continued(*more.values())
        same([found["logits"], *(found[f"present.{kind}"] for kind in own)], expected, ("merged, past", lengths))
    return {"encoder_model": encoder_graph, "decoder_model": plain_graph, "decoder_with_past_model": past_graph}


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
        empty.append(
            helper.make_node(
                "Constant", [], [output.name], value=helper.make_tensor(output.name, output.type.tensor_type.elem_type, shape, [])
            )
        )
    by_name = {o.name: o for o in past.graph.output} | {o.name: o for o in extra}
    branches = {
        "else_branch": helper.make_graph(plain.graph.node, "no_past", [], plain.graph.output, kept["no_past"]),
        "then_branch": helper.make_graph(
            [*past.graph.node, *empty], "with_past", [], [by_name[o.name] for o in plain.graph.output], kept["with_past"]
        ),
    }
    node = helper.make_node("If", ["use_cache_branch"], [o.name for o in plain.graph.output], name="optimum::if", **branches)
    inputs = {i.name: i for i in [*plain.graph.input, *past.graph.input]}
    switch = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
    graph = helper.make_graph([node], "merged", [*inputs.values(), switch], list(plain.graph.output), shared)
    model = helper.make_model(graph, opset_imports=plain.opset_import, producer_name="exports.py", ir_version=plain.ir_version)
    onnx.checker.check_model(model)
    return model
