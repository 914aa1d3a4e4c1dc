"""Makes test/fixtures/exports: tiny random models in the hub's ONNX layout, and what PyTorch computes with them in float32.

    python test/oracles/exports.py [name…]

Every file is checked against PyTorch as it is written. Needs torch, transformers, tokenizers, onnx and onnxruntime.
"""

import json
import logging
import math
import shutil
import sys
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
import transformers
from exports import onnx_files, scores
from exports.recipes import RECIPES, build
from exports.tokens import Parts

ROOT = Path(__file__).resolve().parent.parent / "fixtures" / "exports"
MOST = 1_000_000
"""bytes of a folder"""


def draw(model, scale, seed):
    """Weights large enough that the log-probabilities of tokens differ clearly; biases and norms that are not trivial."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=generator)
            wanted = next((s for part, s in scale.items() if part in name), None)
            norm = p.dim() == 1 and name.endswith("weight")
            usual = 0.15 if p.dim() == 1 else 0.4 if "emb" in name or "wte" in name or "shared" in name else 0.3
            p.copy_(noise * (usual if wanted is None else wanted) + (1.0 if norm else 0.0))


def variant(source, kind):
    """The file in another precision: float16 throughout (logits too), or 8-bit weights with dynamic activations."""
    target = source.with_name(f"{source.stem}_{kind}.onnx")
    if kind == "fp16":
        from onnxruntime.transformers.float16 import convert_float_to_float16

        onnx.save(convert_float_to_float16(onnx.load(source), keep_io_types=False), target)
    else:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(source, target, weight_type=QuantType.QInt8, extra_options={"EnableSubgraph": True})
    onnx_files.session(target)


def case_of(recipe, model, parts):
    """What scores one text and its answers: how the family reads a blank."""
    token = recipe.tokenizer_config.get
    if recipe.family == "masked":
        case = scores.masked_case(model, parts, recipe.inputs, parts.id(token("mask_token")))
    elif recipe.family == "t5":
        case = scores.t5_case(model, parts, [sentinel(parts, k) for k in range(2)])
    elif recipe.family == "bart":
        case = scores.bart_case(model, parts, parts.id(token("mask_token")))
    else:
        case = scores.causal_case(model, parts, parts.id(token("bos_token") or token("eos_token")))
    return lambda: scores.cases(case, parts, markup=recipe.markup, segments=recipe.family == "masked")


def drawn(name, model, cases_of, seed):
    """Draws weights until no two answers tie and some answer is the model's own choice; gives the cases."""
    for k in range(50):
        draw(model, RECIPES[name].scale, seed + k)
        with torch.no_grad():
            cases = cases_of()
        if tells(cases):
            return cases
    raise AssertionError(f"{name}: no weights tell the answers apart")


def write_files(recipe, model, folder, rng):
    folder.mkdir()
    if recipe.family == "masked":
        files = {"model": onnx_files.masked_model(model, recipe.inputs, recipe.opset, rng)}
    elif recipe.family == "causal":
        files = {"model": onnx_files.causal_model(model, recipe.inputs, recipe.opset, rng)}
    else:
        encoder, merged, plain = onnx_files.seq2seq_models(model, recipe.opset, rng)
        files = {"encoder_model": encoder, "decoder_model_merged": merged}
    for stem, graph in files.items():
        path = folder / f"{stem}.onnx"
        location = {"save_as_external_data": True, "location": f"{stem}.onnx_data", "size_threshold": 256} if recipe.external else {}
        onnx.save(graph, path, **location)
        onnx_files.session(path)
        for kind in recipe.variants:
            variant(path, kind)


def write(name):
    recipe, folder, seed = RECIPES[name], ROOT / name, zlib.crc32(name.encode())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer = recipe.tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(recipe.tokenizer_config, indent=2, ensure_ascii=False) + "\n")
    torch.manual_seed(seed)
    model = build(name, tokenizer.get_vocab_size(), tokenizer.token_to_id)
    model.config.to_json_file(folder / "config.json")
    case = case_of(recipe, model, Parts(folder))
    cases = drawn(name, model, case, seed)
    write_files(recipe, model, folder / "onnx", np.random.default_rng(seed))
    text = json.dumps({"family": "seq2seq" if recipe.family in ("t5", "bart") else recipe.family, "cases": cases}, ensure_ascii=False)
    (folder / "cases.json").write_text(text.replace(', {"text"', ',\n{"text"').replace('"cases": [', '"cases": [\n').replace(', {"ids"', ',\n  {"ids"') + "\n")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert size <= MOST, (name, size)
    print(f"{name}: {len(cases)} questions, {sum(p.numel() for p in model.parameters())} parameters, {size // 1000} kB")


def sentinel(parts, k):
    """T5 spells its sentinels as special tokens; mT5 has them among its pieces, with the space before."""
    whole = parts.whole
    return next(i for i in (whole.token_to_id(f"<extra_id_{k}>"), whole.token_to_id(f"▁<extra_id_{k}>")) if i is not None)


def tells(cases):
    """Whether no two answers of a question tie in any reading, and one answer at least is the model's own choice."""
    chosen = 0
    for case in cases:
        sums: dict[str, list[float]] = {}
        for score in case["scores"]:
            for key, value in [("", score), *score.items()]:
                if isinstance(value, dict) and "log_probs" in value:
                    assert all(math.isfinite(p) and p <= 0 for p in value["log_probs"]), case["text"]
                    if key != "closing":
                        sums.setdefault(key, []).append(sum(value["log_probs"]))
                        chosen += any(value["is_greedy"])
        ordered = [sorted(values) for values in sums.values()]
        if any(b - a < 0.02 for values in ordered for a, b in zip(values, values[1:], strict=False)):
            return False
    lengths = {len(score["ids"]) for case in cases for score in case["scores"]}
    assert min(lengths) == 1 and max(lengths) > 2, lengths
    return chosen > 0


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    logging.getLogger().setLevel(logging.ERROR)
    for each in sys.argv[1:] or RECIPES:
        write(each)
