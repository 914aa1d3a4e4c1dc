"""The other side of `npm run bench -- families`: a random model in PyTorch, scored the way lm-evaluation-harness scores.

    python bench/pytorch/lm_eval_style.py FAMILY FOLDER THREADS

Makes the model of FAMILY (masked: BERT-base; causal: GPT-2; seq2seq: T5-small), writes it to FOLDER in the hub's ONNX layout and
prints {"versions": …}. Then reads one line of JSON after the other,
{"questions": […], "batch_tokens": n, "logits_cache": bool, "mask": id, "decoding": "parallel" or "default"}, and answers each with
{"wall": seconds, "cpu": seconds of all threads, "scores": log p of each token of each answer of each question}.

Every answer is a request of its own: the context and the answer in one row. Rows are sorted by length, padded, computed in batches,
and of each batch the softmax of all logits is taken (lm_eval/models/huggingface.py, _loglikelihood_tokens). `logits_cache` is the name
there for computing requests that differ in nothing but their last token once. Needs torch, transformers, onnx and onnxruntime.
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
import torch
import transformers
from common import batches, serve

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "test" / "oracles"))
from exports import onnx_files, seq2seq_files

OPSET = 14
PAD = 0


def make(family):
    """A random model, of the shape that transformers has for a default."""
    torch.manual_seed(1)
    if family == "masked":
        model = transformers.BertForMaskedLM(transformers.BertConfig(architectures=["BertForMaskedLM"]))
    elif family == "causal":
        model = transformers.GPT2LMHeadModel(transformers.GPT2Config(architectures=["GPT2LMHeadModel"]))
    else:
        config = transformers.T5Config(architectures=["T5ForConditionalGeneration"], decoder_start_token_id=0)
        model = transformers.T5ForConditionalGeneration(config)
    return model.float().eval().requires_grad_(False)


def write(model, family, folder):
    """The files as the tests' fixtures have them, checked against PyTorch as they are made."""
    rng = np.random.default_rng(1)
    model.config.to_json_file(folder / "config.json")
    usual = model.config._attn_implementation
    model.set_attn_implementation("eager")
    if family == "masked":
        graphs = {"model": onnx_files.masked_model(model, ["input_ids", "attention_mask", "token_type_ids"], OPSET, rng)}
    elif family == "causal":
        graphs = {"model": onnx_files.causal_model(model, ["input_ids", "attention_mask", "position_ids"], OPSET, rng)}
    else:
        made = seq2seq_files.seq2seq_models(model, OPSET, rng)
        merged = seq2seq_files.merge(made["decoder_model"], made["decoder_with_past_model"])
        graphs = {"encoder_model": made["encoder_model"], "decoder_model_merged": merged}
    model.set_attn_implementation(usual)
    (folder / "onnx").mkdir()
    for name, graph in graphs.items():
        onnx.save(graph, folder / "onnx" / f"{name}.onnx")


@dataclass
class Request:
    """Tokens asked of the model: what it reads, and the column of the row that predicts the first of them."""

    row: list
    first: int
    ids: list
    encoder: list = field(default_factory=list)
    log_probs: list = field(default_factory=list)

    @property
    def size(self):
        return max(len(self.row), len(self.encoder))


def padded(rows):
    width = max(map(len, rows))
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


def present(rows):
    width = max(map(len, rows))
    return torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])


def logits_of(model, family, batch):
    rows = [r.row for r in batch]
    if family == "causal":
        return model(input_ids=padded(rows)).logits
    if family == "masked":
        return model(input_ids=padded(rows), attention_mask=present(rows)).logits
    texts = [r.encoder for r in batch]
    return model(input_ids=padded(texts), attention_mask=present(texts), decoder_input_ids=padded(rows)).logits


def answer(model, family, requests, asked):
    """Gives every request its log-probabilities."""
    groups = {}
    for k, request in enumerate(requests):
        groups.setdefault(tuple(request.row) if asked["logits_cache"] else k, []).append(request)
    first = {id(group[0]): group for group in groups.values()}
    for batch in batches([group[0] for group in groups.values()], asked["batch_tokens"]):
        log_probs = torch.log_softmax(logits_of(model, family, batch), dim=-1)
        for k, one in enumerate(batch):
            for request in first[id(one)]:
                rows = log_probs[k, request.first : request.first + len(request.ids)]
                request.log_probs = rows.gather(-1, torch.tensor(request.ids)[:, None])[:, 0].tolist()


def masked(model, asked):
    """All masks of an answer at once ("parallel"), or the likeliest token first, which is then written in ("default", as in PET)."""
    scores, steps = [], []
    for q in asked["questions"]:
        left, right = q["text"]["left"]["ids"], q["text"]["right"]["ids"]
        scores.append([[None] * len(ids) for ids in q["answers"]])
        for ids, found in zip(q["answers"], scores[-1], strict=True):
            steps.append((left, [asked["mask"]] * len(ids), right, ids, found))
    while steps:
        requests = []
        for left, blank, right, ids, _ in steps:
            requests.append(Request([*left, *blank, *right], len(left), ids))
        answer(model, "masked", requests, asked)
        for (_, blank, _, ids, found), request in zip(steps, requests, strict=True):
            if asked["decoding"] == "parallel":
                found[:] = request.log_probs
                continue
            at = max((k for k, p in enumerate(found) if p is None), key=lambda k: request.log_probs[k])
            found[at], blank[at] = request.log_probs[at], ids[at]
        steps = [step for step in steps if None in step[-1]]
    return scores


def autoregressive(model, family, asked):
    def request(q, ids):
        if family == "causal":
            return Request([*q["context"], *ids[:-1]], len(q["context"]) - 1, ids)
        told = [*ids, *q["closing"]]
        return Request([*q["before"], *told[:-1]], len(q["before"]) - 1, told, q["encoder"])

    requests = [[request(q, ids) for ids in q["answers"]] for q in asked["questions"]]
    answer(model, family, [r for each in requests for r in each], asked)
    return [[r.log_probs for r in each] for each in requests]


def main(family, folder, threads):
    torch.set_num_threads(threads)
    transformers.logging.set_verbosity_error()
    model = make(family)
    write(model, family, folder)
    versions = f"PyTorch {torch.__version__}, transformers {transformers.__version__}"
    with torch.no_grad():
        serve(versions, lambda asked: masked(model, asked) if family == "masked" else autoregressive(model, family, asked))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
