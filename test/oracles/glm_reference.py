"""GLM restated in plain PyTorch float32: what a checkpoint says of the answers of a cloze, one row an answer.

Written from the published architecture, input layout, patterns and scoring rules of GLM alone, not from src/: a second
opinion on the whole way from a text to its log-probabilities. It first reproduces every case of test/fixtures/golden,
then writes test/fixtures/reference/: the bundled model on the bundled SuperGLUE sample, and two small random models
(byte-level BPE; SentencePiece) with texts of their own.

    python test/oracles/glm_reference.py      # from the repository's root; needs torch, tokenizers, sentencepiece, safetensors
"""

import json
import math
import shutil
from pathlib import Path

import safetensors.torch
import sentencepiece
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

import glm_reference_questions as questions

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "test/fixtures/golden"
TOKENIZERS = ROOT / "test/fixtures/tokenizers"
OUT = ROOT / "test/fixtures/reference"
SOP, EOP = "<|startofpiece|>", "<|endofpiece|>"


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def read_weights(folder):
    """Every tensor of a checkpoint as float32, without the `glm.` that head classes put before the names."""
    if (file := folder / "model.safetensors").exists():
        weights = safetensors.torch.load_file(file)
    elif (file := folder / "mp_rank_00_model_states.pt").exists():
        weights = torch.load(file, map_location="cpu", weights_only=False)["module"]  # our own golden file
    else:
        weights = {}
        for shard in sorted(folder.glob("pytorch_model*.bin")):
            weights |= torch.load(shard, map_location="cpu", weights_only=True)
    return {name.removeprefix("glm."): tensor.float() for name, tensor in weights.items()}


def random_weights(config, seed):
    """Large enough everywhere for a wrong position, mask or bias to move the log-probabilities by far more than rounding."""
    rng = torch.Generator().manual_seed(seed)
    h, rows = config["hidden_size"], config["max_sequence_length"] + 1

    def normal(*shape, std, mean=0.0):
        return torch.randn(*shape, generator=rng) * std + mean

    def linear(name, out, into):
        return {f"{name}.weight": normal(out, into, std=1.2 / math.sqrt(into)), f"{name}.bias": normal(out, std=0.2)}

    def norm(name):
        return {f"{name}.weight": normal(h, std=0.2, mean=1.0), f"{name}.bias": normal(h, std=0.1)}

    weights = {
        "word_embeddings.weight": normal(config["vocab_size"], h, std=0.4),
        "transformer.position_embeddings.weight": normal(rows, h, std=0.3),
        "transformer.block_position_embeddings.weight": normal(rows, h, std=0.3),
    }
    for i in range(config["num_layers"]):
        at = f"transformer.layers.{i}"
        weights |= norm(f"{at}.input_layernorm") | linear(f"{at}.attention.query_key_value", 3 * h, h)
        weights |= linear(f"{at}.attention.dense", h, h) | norm(f"{at}.post_attention_layernorm")
        weights |= linear(f"{at}.mlp.dense_h_to_4h", 4 * h, h) | linear(f"{at}.mlp.dense_4h_to_h", h, 4 * h)
    return weights | norm("transformer.final_layernorm")


class Glm:
    def __init__(self, config, weights, gelu):
        self.layers, self.hidden = config["num_layers"], config["hidden_size"]
        self.heads, self.scale = config["num_attention_heads"], config.get("attention_scale", 1.0)
        self.weights, self.gelu = weights, {"erf": "none", "tanh": "tanh"}[gelu]

    def linear(self, name, x):
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, name, x):
        weight, bias = self.weights[f"{name}.weight"], self.weights[f"{name}.bias"]
        return torch.nn.functional.layer_norm(x, (self.hidden,), weight, bias, eps=1e-5)

    def attention(self, name, x, mask):
        batch, length, _ = x.shape
        size, scale = self.hidden // self.heads, self.scale
        blocks = self.linear(f"{name}.query_key_value", x).split(self.hidden, dim=-1)
        q, k, v = (block.view(batch, length, self.heads, size).transpose(1, 2) for block in blocks)
        if scale > 1:
            scores = (q / math.sqrt(scale)) @ (k / math.sqrt(size * scale)).transpose(-1, -2)
        else:
            scores = q @ (k / math.sqrt(size)).transpose(-1, -2)
        scores = scores * mask
        if scale > 1:
            scores = (scores - scores.max(dim=-1, keepdim=True).values) * scale
        probabilities = torch.softmax(scores - 65504.0 * (1.0 - mask), dim=-1)
        merged = (probabilities @ v).transpose(1, 2).reshape(batch, length, self.hidden)
        return self.linear(f"{name}.dense", merged)

    @torch.no_grad()
    def log_probs(self, ids, positions, blocks, mask):
        """[B, S] ids and their two positions, [B, 1, S, S] mask (1 = visible) to [B, S, V] log-probabilities."""
        w = self.weights
        x = w["word_embeddings.weight"][ids] + w["transformer.position_embeddings.weight"][positions]
        x = x + w["transformer.block_position_embeddings.weight"][blocks]
        for i in range(self.layers):
            at = f"transformer.layers.{i}"
            x = x + self.attention(f"{at}.attention", self.norm(f"{at}.input_layernorm", x), mask)
            y = self.linear(f"{at}.mlp.dense_h_to_4h", self.norm(f"{at}.post_attention_layernorm", x))
            x = x + self.linear(f"{at}.mlp.dense_4h_to_h", torch.nn.functional.gelu(y, approximate=self.gelu))
        logits = self.norm("transformer.final_layernorm", x) @ w["word_embeddings.weight"].T
        return torch.log_softmax(logits, dim=-1)

    def layout(self, special, context, answer):
        """One row: `context` ([CLS] text [EOS]), <sop>, `answer`. Its ids, positions, block positions and mask."""
        ids = context + [special["sop"]] + answer
        sep, blank = len(context), context.index(special["mask"])
        tail = len(ids) - sep
        positions = list(range(sep)) + [blank] * tail
        blocks = [0] * sep + list(range(1, tail + 1))
        index = torch.arange(len(ids))
        mask = ((index[None, :] < sep) | (index[None, :] <= index[:, None])).float()[None, None]
        return *(torch.tensor([row]) for row in (ids, positions, blocks)), mask

    def score(self, special, context, answer):
        """Of each token of `answer` and the end-of-piece after it: its log-probability, and whether it is the arg max."""
        log_probs = self.log_probs(*self.layout(special, context, answer))[0, len(context) :]
        targets = torch.tensor(answer + [special["eop"]])
        best = log_probs.topk(2, dim=-1)
        tokens = log_probs.gather(1, targets[:, None])[:, 0].tolist()
        greedy = (best.indices[:, 0] == targets).tolist()
        margin = (best.values[:, 0] - best.values[:, 1]).min().item()
        return {"tokens": tokens[:-1], "eop": tokens[-1], "greedy": greedy[:-1], "eop_greedy": greedy[-1], "margin": margin}


def check_golden():
    for file in sorted(GOLDEN.glob("*/cases.json")):
        golden, config = read_json(file), read_json(file.parent / "config.json")
        glm = Glm(config, read_weights(file.parent), golden["gelu"])
        worst, count = 0.0, 0
        for case in golden["cases"]:
            for k, answer in enumerate(case["answers_ids"]):
                mine = glm.score(golden["special"], case["context_ids"], answer)
                pairs = list(zip(mine["tokens"], case["token_log_probs"][k], strict=True))
                pairs.append((mine["eop"], case["end_of_piece_log_probs"][k]))
                worst = max(worst, *(abs(a - b) for a, b in pairs))
                assert mine["greedy"] == case["is_greedy"][k][: len(answer)], (file, case["text"])
                count += len(pairs)
        print(f"golden {file.parent.name}: {count} log-probabilities, worst difference {worst:.1e}")
        assert worst < 1e-5, file


def wordpiece(folder):
    vocab = {piece: id for id, piece in enumerate((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())}
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return lambda text: tokenizer.encode(text).ids, vocab, tokenizer.decode


def byte_level(folder):
    tokenizer = Tokenizer(models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt")))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return lambda text: tokenizer.encode(text).ids, read_json(folder / "vocab.json"), tokenizer.decode


def sentence_piece(folder):
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "cog-pretrain.model"))
    return model.encode, {}, model.decode


def open_tokenizer(read, folder):
    """How it encodes and decodes, and its special tokens. RoBERTa's trained mask is `<mask>`, not the `[MASK]` of its files."""
    encode, vocab, decode = read(folder)
    vocab = vocab | read_json(folder / "added_tokens.json")
    config = read_json(folder / "tokenizer_config.json")
    mask = vocab["<mask>"] if "<mask>" in vocab else vocab["[MASK]"]
    special = {"cls": vocab[config["cls_token"]], "eos": vocab[config["eos_token"]], "mask": mask}
    return encode, decode, special | {"sop": vocab[SOP], "eop": vocab[EOP]}


def score_question(glm, encode, special, limit, question):
    """What the fixture keeps of a question, and its closest call: two answers' scores, or a token and the arg max."""
    answers = [{**answer, "ids": encode(answer["text"])} for answer in question["answers"]]
    closed = not (question["words"] and all(len(answer["ids"]) == 1 for answer in answers))
    contexts, kept, scores, margins = [], [], [], []
    for answer in answers:
        parts = answer.pop("parts")
        room = limit - 2 - (len(answer["ids"]) + 1 if closed else 1)
        inner = questions.context_ids(parts, encode, special["mask"], room)
        context = [special["cls"], *inner, special["eos"]]
        if context not in contexts:
            contexts.append(context)
        scored = glm.score(special, context, answer["ids"])
        total = sum(scored["tokens"]) + (scored["eop"] if closed else 0.0)
        scores.append(total)
        margins.append(scored["margin"])
        kept.append(
            {
                "text": answer["text"],
                "context": contexts.index(context),
                "ids": answer["ids"],
                "logProbs": [round(value, 6) for value in scored["tokens"]],
                "endOfPiece": round(scored["eop"], 6),
                "greedy": [int(flag) for flag in [*scored["greedy"], scored["eop_greedy"]]],
                "score": round(total, 6),
            }
        )
    if question["decision"] == "greedy":
        predicted = str(all(kept[0]["greedy"])).lower()
    else:
        best = answers[scores.index(max(scores))]
        predicted = best.get("label", best["text"].removeprefix(" "))
        ranked = sorted(scores, reverse=True)
        margins.append(ranked[0] - ranked[1])
    fixture = {"id": question["id"], "closed": closed, "contexts": contexts, "answers": kept, "predicted": predicted}
    return fixture, min(margins)


def greedy_answers(glm, encode, decode, special, text, most=3):
    """The answer that the model itself would write, of at most `most` tokens, if a text with that spelling can say it."""
    answer = questions.of_text("", text, [""])["answers"][0]
    context = [special["cls"], *questions.context_ids(answer["parts"], encode, special["mask"], 999), special["eos"]]
    written, found = [], []
    for _ in range(most):
        best = glm.log_probs(*glm.layout(special, context, written))[0, -1].argmax().item()
        if best in special.values():
            break
        written.append(best)
        spelled = decode(written)
        bare = spelled.removeprefix(answer["text"])
        if bare.strip() == bare != "" and encode(answer["text"] + bare) == written:
            found = [bare]
    return found


def write(name, glm, encode, special, limit, asked, extra):
    lines, closest, values = [], math.inf, 0
    for question in asked:
        fixture, margin = score_question(glm, encode, special, limit, question)
        closest = min(closest, margin)
        values += sum(len(answer["greedy"]) for answer in fixture["answers"])
        lines.append(json.dumps(fixture, ensure_ascii=False, separators=(",", ":")))
    assert closest > 2e-4, f"{name}: a call too close to compare: {closest}"
    head = json.dumps({**extra, "special": special}, ensure_ascii=False)[1:-1]
    (OUT / f"{name}.json").write_text("{" + head + ',"questions":[\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")
    print(f"{name}: {len(lines)} questions, {values} log-probabilities, closest call {closest:.1e}")


def write_random(name, read, tokenizer, config, seed, gelu, weights_file, texts):
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(TOKENIZERS / tokenizer, folder)
    config = {"model_type": "glm", "architectures": ["GLMModel"], **config}
    config |= {"block_position_encoding": True, "relative_encoding": False, "output_predict": True, "attention_scale": 1.0}
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    weights = random_weights(config, seed)
    if weights_file.endswith(".safetensors"):
        safetensors.torch.save_file({key: value.half() for key, value in weights.items()}, folder / weights_file)
    else:
        torch.save(weights, folder / weights_file)
    size = sum(file.stat().st_size for file in folder.iterdir())
    assert size <= 600_000, f"{name}: {size} bytes"
    encode, decode, special = open_tokenizer(read, folder)
    glm = Glm(config, read_weights(folder), gelu)
    texts = [(text, answers + greedy_answers(glm, encode, decode, special, text)) for text, answers in texts]
    asked = [questions.of_text(f"{name}/{k}", text, answers) for k, (text, answers) in enumerate(texts)]
    extra = {"gelu": gelu, "texts": [{"text": text, "answers": answers} for text, answers in texts]}
    write(name, glm, encode, special, config["max_sequence_length"], asked, extra)


def main():
    torch.set_num_threads(1)
    check_golden()
    folder = ROOT / "data/models/glm-tiny"
    config = read_json(folder / "config.json")
    encode, _, special = open_tokenizer(wordpiece, folder)
    glm = Glm(config, read_weights(folder), "erf")
    asked = questions.superglue(ROOT / "data/superglue-sample", limit=6)
    write("glm-tiny", glm, encode, special, config["max_sequence_length"], asked, {"gelu": "erf"})

    shape = {"num_layers": 2, "hidden_size": 48, "num_attention_heads": 3, "max_sequence_length": 96}
    bpe, chinese = {**shape, "vocab_size": 1216}, {**shape, "vocab_size": 1472}
    write_random("random-roberta", byte_level, "roberta", bpe, 11, "erf", "pytorch_model.bin", questions.ENGLISH)
    write_random("random-chinese", sentence_piece, "chinese", chinese, 12, "tanh", "model.safetensors", questions.CHINESE)


if __name__ == "__main__":
    main()
