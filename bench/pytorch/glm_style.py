"""The other side of `npm run bench -- glm`: a GLM in PyTorch, float32, with the weights that the bench wrote.

    python bench/pytorch/glm_style.py FOLDER THREADS

Reads FOLDER/model.safetensors (the names of the bare GLMModel) and FOLDER/config.json ({"num_attention_heads": n}), prints
{"versions": …}, then reads one line of JSON after the other, {"questions": [{"context", "blank", "answers"}, …], "arrangement":
"packed" or "rows", "batch_tokens": n, "sop": id, "eop": id}, and answers each with {"wall": seconds, "cpu": seconds of all threads,
"scores": log p of each token of each answer, and then of its end of piece, of each question}.

`packed` is how GLM's own code arranges choices (build_inputs_for_multiple_choice): one row per question, behind the context each choice with
a start of piece of its own, which sees the context and itself. `rows` is how lm-evaluation-harness would ask: a request an answer. Rows are
sorted by length, padded, computed in batches, and of each batch the log-softmax of all logits is taken, in either. Attention is PyTorch's
fused one, which GLM's own code does not use: it is faster, and gives the same. Needs torch and safetensors.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from common import batches, serve
from safetensors.torch import load_file


class Glm:
    """Pre-LayerNorm, two kinds of positions, GELU by its tanh approximation, the output tied to the embeddings."""

    def __init__(self, weights, heads):
        self.weights, self.heads = weights, heads
        self.layers = sum(name.endswith("attention.dense.weight") for name in weights)

    def norm(self, x, name):
        return F.layer_norm(x, x.shape[-1:], self.weights[f"{name}.weight"], self.weights[f"{name}.bias"], 1e-5)

    def linear(self, x, name):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def attention(self, x, mask, name):
        rows, length, hidden = x.shape
        split = self.linear(x, f"{name}.query_key_value").view(rows, length, 3, self.heads, -1)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.linear(mixed.transpose(1, 2).reshape(rows, length, hidden), f"{name}.dense")

    def logits(self, ids, positions, blocks, mask):
        """ids, positions, blocks: [rows, length]; mask: [rows, 1, length, length], true where seen. [rows, length, vocabulary]."""
        words = self.weights["word_embeddings.weight"]
        x = F.embedding(ids, words)
        x = x + F.embedding(positions, self.weights["transformer.position_embeddings.weight"])
        x = x + F.embedding(blocks, self.weights["transformer.block_position_embeddings.weight"])
        for k in range(self.layers):
            layer = f"transformer.layers.{k}"
            x = x + self.attention(self.norm(x, f"{layer}.input_layernorm"), mask, f"{layer}.attention")
            inner = self.linear(self.norm(x, f"{layer}.post_attention_layernorm"), f"{layer}.mlp.dense_h_to_4h")
            x = x + self.linear(F.gelu(inner, approximate="tanh"), f"{layer}.mlp.dense_4h_to_h")
        return F.linear(self.norm(x, "transformer.final_layernorm"), words)


@dataclass
class Request:
    """A row: a context and the answers behind it, and where their log-probabilities go."""

    context: list
    blank: int
    answers: list
    found: list

    @property
    def size(self):
        return len(self.context) + sum(len(ids) + 1 for ids in self.answers)


def batch_of(requests, sop):
    """The model's inputs, and of each answer of each request its first column."""
    length = max(r.size for r in requests)
    ids, positions, blocks = (torch.zeros(len(requests), length, dtype=torch.long) for _ in range(3))
    mask = torch.zeros(len(requests), 1, length, length, dtype=torch.bool)
    columns = []
    for k, r in enumerate(requests):
        at = len(r.context)
        ids[k, :at], positions[k, :at] = torch.tensor(r.context), torch.arange(at)
        # Padding sees the first token, for a softmax over nothing would be no number.
        mask[k, :, :, 0] = True
        mask[k, :, : r.size, :at] = True
        columns.append([])
        for answer in r.answers:
            columns[-1].append(at)
            size = len(answer) + 1
            part = slice(at, at + size)
            ids[k, part], positions[k, part] = torch.tensor([sop, *answer]), r.blank
            blocks[k, part] = torch.arange(1, size + 1)
            mask[k, :, part, part] = torch.ones(size, size, dtype=torch.bool).tril()
            at += size
    return (ids, positions, blocks, mask), columns


def score(model, asked):
    scores, requests = [], []
    for q in asked["questions"]:
        scores.append([[] for _ in q["answers"]])
        if asked["arrangement"] == "packed":
            requests.append(Request(q["context"], q["blank"], q["answers"], scores[-1]))
        else:
            for answer, found in zip(q["answers"], scores[-1], strict=True):
                requests.append(Request(q["context"], q["blank"], [answer], [found]))
    for batch in batches(requests, asked["batch_tokens"]):
        inputs, columns = batch_of(batch, asked["sop"])
        log_probs = torch.log_softmax(model.logits(*inputs), dim=-1)
        for k, request in enumerate(batch):
            for answer, at, found in zip(request.answers, columns[k], request.found, strict=True):
                targets = torch.tensor([*answer, asked["eop"]])[:, None]
                found[:] = log_probs[k, at : at + len(targets)].gather(-1, targets)[:, 0].tolist()
    return scores


def main(folder, threads):
    torch.set_num_threads(threads)
    heads = json.loads((folder / "config.json").read_text())["num_attention_heads"]
    model = Glm(load_file(folder / "model.safetensors"), heads)
    with torch.no_grad():
        serve(f"PyTorch {torch.__version__}", lambda asked: score(model, asked))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
