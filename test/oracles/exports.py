"""Makes test/fixtures/exports: tiny random models in the hub's ONNX layout, and what PyTorch computes with them in float32.

    python test/oracles/exports.py [name…]

Every file is checked against PyTorch as it is written. Needs torch, transformers, tokenizers, sentencepiece, onnx and onnxruntime.
"""

import json
import logging
import math
import os
import shutil
import sys
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
import transformers
from onnxruntime.quantization import QuantType, quantize_dynamic

from exports import onnx_files, scores, seq2seq_files
from exports.recipe import build, draw
from exports.recipes import RECIPES
from exports.tokens import Parts

ROOT = Path(__file__).resolve().parent.parent / "fixtures" / "exports"
MOST = 1_000_000
"""bytes of a folder"""


def cases_of(recipe, model, parts):
    """What scores all questions: how the family reads a blank."""
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


def drawn(model, recipe, ask, seed):
    """Draws weights until no two answers tie and some answer is the model's own choice; gives the cases."""
    for k in range(50):
        draw(model, recipe, seed + k)
        with torch.no_grad():
            cases = ask()
        if tells(cases):
            return cases
    raise AssertionError("no weights tell the answers apart")


def write_files(recipe, model, folder, rng):
    """The files in float32 and in the precisions asked for: float16 throughout, or 8-bit weights with dynamic activations."""
    folder.mkdir()
    if recipe.family in ("masked", "causal"):
        traced = onnx_files.masked_model if recipe.family == "masked" else onnx_files.causal_model
        graphs = {"model": traced(model, recipe.inputs, recipe.opset, rng)}
    else:
        graphs = seq2seq_files.seq2seq_models(model, recipe.opset, rng)
    save(graphs, "", recipe, folder)
    if "fp16" in recipe.variants:
        save({stem: onnx_files.half(graph) for stem, graph in graphs.items()}, "_fp16", recipe, folder)
    if "quantized" in recipe.variants:
        for path in sorted(p for p in folder.glob("*.onnx") if "_fp16" not in p.name):
            target = path.with_name(f"{path.stem}_quantized.onnx")
            quantize_dynamic(path, target, weight_type=QuantType.QInt8, extra_options={"EnableSubgraph": True})
            onnx_files.session(target)


def save(graphs, suffix, recipe, folder):
    graphs = dict(graphs)
    past = graphs.pop("decoder_with_past_model", None)
    if past is not None and recipe.merged:
        graphs["decoder_model_merged"] = seq2seq_files.merge(graphs.pop("decoder_model"), past)
    for stem, graph in graphs.items():
        path = folder / f"{stem}{suffix}.onnx"
        location = (
            {"save_as_external_data": True, "location": f"{path.name}_data", "size_threshold": 256} if recipe.external else {}
        )
        onnx.save(graph, path, **location)
        onnx_files.session(path)


def write(name):
    recipe, folder, seed = RECIPES[name], ROOT / name, zlib.crc32(name.encode())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer = recipe.tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps(recipe.tokenizer_config, indent=2, ensure_ascii=False) + "\n")
    torch.manual_seed(seed)
    model = build(recipe, tokenizer.get_vocab_size(), tokenizer.token_to_id)
    model.config.to_json_file(folder / "config.json")
    cases = drawn(model, recipe, cases_of(recipe, model, Parts(folder)), seed)
    write_files(recipe, model, folder / "onnx", np.random.default_rng(seed))
    family = "seq2seq" if recipe.family in ("t5", "bart") else recipe.family
    text = json.dumps({"family": family, "cases": cases}, ensure_ascii=False)
    for mark, lines in ((', {"text"', ',\n{"text"'), ('"cases": [', '"cases": [\n'), (', {"ids"', ',\n  {"ids"')):
        text = text.replace(mark, lines)
    (folder / "cases.json").write_text(text + "\n")
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
    if os.environ.get("PYTHONHASHSEED") != "0":
        # ModernBERT walks over a set of names: the order in which it makes its buffers is that of their hashes
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    transformers.logging.set_verbosity_error()
    logging.getLogger().setLevel(logging.ERROR)
    for each in sys.argv[1:] or RECIPES:
        write(each)
