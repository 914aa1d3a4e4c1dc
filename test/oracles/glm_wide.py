"""What glm_reference.py's GLM says of random GLMs as wide as published ones, whose weights any program can make.

    python test/oracles/glm_wide.py > test/fixtures/reference/wide.json      # needs what glm_reference.py needs

Weights are those of src/models/glm/random-checkpoint.ts: 2^20 numbers of Numerical Recipes' generator between -bound and bound, read
in a circle from another place on for each tensor; those of LayerNorms are 1. Token ids are drawn too.
"""

import json

import numpy as np
import torch
from glm_reference import Glm

CIRCLE, STEP, BOUND = 1 << 20, 7919, 0.06
SPECIAL = {"cls": 1, "eos": 2, "pad": 0, "mask": 3, "sop": 4, "eop": 5}
# 1024 floats are 4096 bytes: in the first the rows of all activations are a multiple of that, in the second the MLP's.
SHAPES = [
    {"num_layers": 2, "hidden_size": 1024, "num_attention_heads": 16, "max_sequence_length": 64, "vocab_size": 100},
    {"num_layers": 2, "hidden_size": 256, "num_attention_heads": 4, "max_sequence_length": 64, "vocab_size": 100},
    {"num_layers": 2, "hidden_size": 80, "num_attention_heads": 5, "max_sequence_length": 64, "vocab_size": 100},
]


def circle():
    values, state = np.empty(CIRCLE, dtype=np.float64), 1
    for k in range(CIRCLE):
        state = (state * 1664525 + 1013904223) % 2**32
        values[k] = (state / 2**31 - 1) * BOUND
    return values.astype(np.float32)


def shapes(config):
    h, rows = config["hidden_size"], config["max_sequence_length"] + 1
    yield "word_embeddings.weight", (config["vocab_size"], h)
    yield "transformer.position_embeddings.weight", (rows, h)
    yield "transformer.block_position_embeddings.weight", (rows, h)

    def with_bias(name, out, *rest):
        yield f"{name}.weight", (out, *rest)
        yield f"{name}.bias", (out,)

    for i in range(config["num_layers"]):
        at = f"transformer.layers.{i}"
        yield from with_bias(f"{at}.input_layernorm", h)
        yield from with_bias(f"{at}.attention.query_key_value", 3 * h, h)
        yield from with_bias(f"{at}.attention.dense", h, h)
        yield from with_bias(f"{at}.post_attention_layernorm", h)
        yield from with_bias(f"{at}.mlp.dense_h_to_4h", 4 * h, h)
        yield from with_bias(f"{at}.mlp.dense_4h_to_h", h, 4 * h)
    yield from with_bias("transformer.final_layernorm", h)


def weights(config, noise):
    made = {}
    for k, (name, shape) in enumerate(shapes(config)):
        if "layernorm.weight" in name:
            made[name] = torch.ones(shape)
        else:
            at = (k * STEP + np.arange(np.prod(shape))) % CIRCLE
            made[name] = torch.from_numpy(noise[at].reshape(shape))
    return made


def main():
    torch.set_num_threads(1)
    noise, rng, models = circle(), np.random.default_rng(5), []
    for config in SHAPES:
        glm, questions = Glm(config, weights(config, noise), "tanh"), []
        for length, answers in [(9, [1, 1]), (30, [3, 1, 5]), (17, [2, 2])]:
            inner = rng.integers(6, config["vocab_size"], length).tolist()
            context = [SPECIAL["cls"], *inner[: length // 2], SPECIAL["mask"], *inner[length // 2 :], SPECIAL["eos"]]
            ids = [rng.integers(6, config["vocab_size"], n).tolist() for n in answers]
            scored = [glm.score(SPECIAL, context, answer) for answer in ids]
            log_probs = [[round(value, 7) for value in [*one["tokens"], one["eop"]]] for one in scored]
            questions.append({"context": context, "answers": ids, "logProbs": log_probs})
        models.append({"config": config, "questions": questions})
    head = json.dumps({"bound": BOUND, "special": SPECIAL})[1:-1]
    lines = ",\n".join(json.dumps(model, separators=(",", ":")) for model in models)
    print("{" + head + ',"models":[\n' + lines + "\n]}")


if __name__ == "__main__":
    main()
