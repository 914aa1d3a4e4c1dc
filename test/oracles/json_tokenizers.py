"""Writes test/fixtures/tokenizers/json.json.gz: small tokenizer.json files of the kinds that exported models have, and the
ids that the Rust `tokenizers` gives for the parts of a text.

The vocabularies are those of tokenizer_ids.py. A part that begins a text is encoded by the file as it is, its special tokens
taken out. For any other part the prefix is turned off: in the file where that says the same, else on the pieces that the
Rust pre-tokenizer gives (`without_first_prefix`).

Needs tokenizers, sentencepiece, protobuf. Run from the repository's root: python test/oracles/json_tokenizers.py
"""

import base64
import copy
import gzip
import json
from pathlib import Path

from sentencepiece import sentencepiece_model_pb2
from tokenizer_corpus import HAND
from tokenizers import Tokenizer

FIXTURES = Path(__file__).parent.parent / "fixtures" / "tokenizers"
CHARSMAP = "$charsmap"  # stands for the character rules of chinese/cog-pretrain.model, which several files share
UNREACHABLE = "\U000efffe" * 3
PARTS = [
    "Is it true? Answer:", " Yes", "Yes", ".", " .", "No,", " no, thanks", "Question: Who wrote it?\nAnswer:", "\n\nPassage: ", " the", "the",
    " The ", "  two spaces", "trailing  ", "\tTab", "\u3000wide", "\u00a0hard", " \n mixed", "a,b;c", " ,x", "(", ")", "(so they say).", "1987", " 1987", "12345 67", "3.14",
    "<extra_id_0>", " <extra_id_1> a", "a<extra_id_99>", "</s>", " </s> ", "<s>", "<pad>", "<unk>", "[CLS][SEP]", "<|begin_of_text|>hi", "<|im_start|>user",
    "<tool>x</tool>", "a <tool> b", "a<tool>b", " <tool>", "x      y", "        indented", "a    b    ", "▁Yes", " ▁Yes", "Yes▁no", "▁", "▁▁x", "<0x41>", "``quoted''", "İΣ ΟΔΟΣ", "ﬁ ①Ａ", "Ａ\u0301", "\r\n", "a\r\nb", "x\u1ab0\u1abf\u1ac0",
]  # fmt: skip


def read(folder, name):
    return json.loads((FIXTURES / folder / name).read_text(encoding="utf-8"))


def sentencepiece_model(folder):
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString((FIXTURES / folder / "cog-pretrain.model").read_bytes())
    return proto


def special(*tokens):
    """Added tokens, special ones, each with its id."""
    return [added(token, id) for token, id in tokens]


def added(content, id, **options):
    flags = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
    return {"id": id, "content": content, **flags, **options}


def template(single, pair, **ids):
    items = lambda text: [  # noqa: E731
        {"Sequence": {"id": name[1], "type_id": int(type_id)}} if name.startswith("$") else {"SpecialToken": {"id": name, "type_id": int(type_id)}}
        for name, type_id in (item.split(":") for item in text.split())
    ]
    tokens = {name: {"id": name, "ids": [id], "tokens": [name]} for name, id in ids.items()}
    return {"type": "TemplateProcessing", "single": items(single), "pair": items(pair), "special_tokens": tokens}


def file(model, added_tokens=(), normalizer=None, pre=None, post=None):
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": list(added_tokens), "normalizer": normalizer,
        "pre_tokenizer": pre, "post_processor": post, "decoder": None, "model": model,
    }  # fmt: skip


def sequence(key, *steps):
    return {"type": "Sequence", key: list(steps)}


def byte_level(**options):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True, **options}


def split(regex, behavior="Isolated", invert=False):
    return {"type": "Split", "pattern": {"Regex": regex}, "behavior": behavior, "invert": invert}


def metaspace(scheme="always", **options):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": True, **options}


def replace(content, **pattern):
    return {"type": "Replace", "pattern": pattern, "content": content}


STRIP_RIGHT = {"type": "Strip", "strip_left": False, "strip_right": True}
STRIP = {"type": "Strip", "strip_left": True, "strip_right": True}
PRECOMPILED = {"type": "Precompiled", "precompiled_charsmap": CHARSMAP}
WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
MARKS = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = WORDS + r"\p{N}" + MARKS
LLAMA3 = WORDS + r"\p{N}{1,3}" + MARKS
BLOOM = r" ?[^(\s|[.,!?…。，、।۔،])]+"


def byte_bpe(folder):
    """The vocabulary of a byte-level folder, and its merges, as BPE."""
    lines = (FIXTURES / folder / "merges.txt").read_text(encoding="utf-8").splitlines()
    return {
        "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": False,
        "byte_fallback": False, "ignore_merges": False, "vocab": read(folder, "vocab.json"), "merges": [line for line in lines if line and not line.startswith("#")],
    }  # fmt: skip


def unigram_pieces(first):
    proto = sentencepiece_model("unigram")
    pieces = [[piece.piece, piece.score] for piece in proto.pieces if piece.type == piece.NORMAL]
    # "Yes" with and without its space, and a lone space
    known = {piece for piece, _ in pieces}
    pieces += [[piece, -9.0] for piece in ("▁", "▁Yes", "Yes", "▁yes", "▁no", "▁No") if piece not in known]
    return [[piece, 0.0] for piece in first] + pieces


def unigram(first, unk, last=()):
    return {"type": "Unigram", "unk_id": unk, "vocab": unigram_pieces(first) + [[piece, 0.0] for piece in last], "byte_fallback": False}


def byte_fallback_bpe():
    """As converted from a SentencePiece BPE model: all ways to make a piece are merges."""
    scores = {piece.piece: piece.score for piece in sentencepiece_model("chinese").pieces if piece.type == piece.NORMAL}
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *scores]
    vocab = {token: id for id, token in enumerate(tokens)}
    merges = []
    for piece, score in scores.items():
        ways = [(piece[:i], piece[i:]) for i in range(1, len(piece)) if piece[:i] in scores and piece[i:] in scores]
        merges += [(score, left, right) for left, right in sorted(ways, key=lambda way: (vocab[way[0]], vocab[way[1]]))]
    merges.sort(key=lambda merge: (merge[0], len(merge[1]), len(merge[2])), reverse=True)
    return {
        "type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None, "end_of_word_suffix": None, "fuse_unk": True,
        "byte_fallback": True, "ignore_merges": False, "vocab": vocab, "merges": [[left, right] for _, left, right in merges],
    }  # fmt: skip


def kinds():
    """name, tokenizer.json, the other files, and the file with its prefix turned off (None: it has none)"""
    tokens = (FIXTURES / "wordpiece" / "vocab.txt").read_text(encoding="utf-8").splitlines()
    vocab = {token: id for id, token in enumerate(tokens)}
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    bert = file(
        {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100, "vocab": vocab},
        special(*((name, vocab[name]) for name in names)),
        {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True},
        {"type": "BertPreTokenizer"},
        template("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", **{"[CLS]": vocab["[CLS]"], "[SEP]": vocab["[SEP]"]}),
    )
    yield "bert", bert, {"tokenizer_config.json": {"pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": {"__type": "AddedToken", "content": "[MASK]"}}}, None
    old = copy.deepcopy(bert)
    del old["model"]["type"]
    old["post_processor"] = {"type": "BertProcessing", "sep": ["[SEP]", vocab["[SEP]"]], "cls": ["[CLS]", vocab["[CLS]"]]}
    old["normalizer"].update(lowercase=False, strip_accents=False)
    yield "bert-cased", old, {"special_tokens_map.json": {"pad_token": "[PAD]", "mask_token": "[MASK]", "unk_token": "[UNK]"}}, None

    end = read("gpt2", "vocab.json")["<|endoftext|>"]
    gpt2 = file(byte_bpe("gpt2"), special(("<|endoftext|>", end)), None, byte_level(), byte_level())
    yield "gpt2", gpt2, {"tokenizer_config.json": {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}}, None
    roberta = byte_bpe("roberta")
    at = roberta["vocab"].get
    framed = lambda pre, post: file(roberta, [*special(*((name, at(name)) for name in ["<s>", "<pad>", "</s>", "<unk>"])), added("<mask>", at("<mask>"), lstrip=True)], None, pre, post)  # noqa: E731
    post = {"type": "RobertaProcessing", "sep": ["</s>", at("</s>")], "cls": ["<s>", at("<s>")], "trim_offsets": True, "add_prefix_space": False}
    yield "roberta", framed(byte_level(), post), {}, None
    yield "roberta-prefix", framed(byte_level(add_prefix_space=True), post), {}, framed(byte_level(), post)

    runs = [added(" " * n, end + n - 1, special=False, normalized=True) for n in range(2, 9)]
    yield "neox", file(byte_bpe("gpt2"), [*special(("<|endoftext|>", end)), *runs], {"type": "NFC"}, byte_level(), byte_level()), {}, None
    qwen = file(
        byte_bpe("gpt2"),
        # The Rust library numbers added tokens in their order, so the special ones, which the oracle takes out, are the last.
        [added("<tool>", end + 1, special=False), added("</tool>", end + 2, special=False), *special(("<|im_start|>", end + 3), ("<|endoftext|>", end))],
        {"type": "NFC"}, sequence("pretokenizers", split(QWEN), byte_level(use_regex=False)), byte_level(),
    )  # fmt: skip
    yield "qwen", qwen, {"tokenizer_config.json": {"bos_token": None, "eos_token": "<|im_start|>", "pad_token": "<|endoftext|>"}}, None
    llama3 = file(
        {**byte_bpe("gpt2"), "ignore_merges": True}, special(("<|begin_of_text|>", end + 1), ("<|end_of_text|>", end + 2)), None,
        sequence("pretokenizers", split(LLAMA3), byte_level(use_regex=False)),
        sequence("processors", byte_level(), template("<|begin_of_text|>:0 $A:0", "<|begin_of_text|>:0 $A:0 <|begin_of_text|>:1 $B:1", **{"<|begin_of_text|>": end + 1})),
    )  # fmt: skip
    yield "llama3", llama3, {}, None
    yield "bloom", file(byte_bpe("gpt2"), special(("<|endoftext|>", end)), None, sequence("pretokenizers", split(BLOOM), byte_level(use_regex=False)), byte_level()), {}, None
    falcon = sequence(
        "pretokenizers", {"type": "Punctuation", "behavior": "Contiguous"}, byte_level(), {"type": "Digits", "individual_digits": False}, split("[0-9][0-9][0-9]"),
    )  # fmt: skip
    yield "falcon", file(byte_bpe("gpt2"), special(("<|endoftext|>", end)), None, falcon), {}, None

    sentinels = [f"<extra_id_{n}>" for n in range(99, -1, -1)]
    t5_model = unigram(["<pad>", "</s>", "<unk>"], 2, sentinels)
    size = len(t5_model["vocab"])
    t5_added = special(("<pad>", 0), ("</s>", 1), ("<unk>", 2), *((name, size - 100 + i) for i, name in enumerate(sentinels)))
    closed = template("$A:0 </s>:0", "$A:0 </s>:0 $B:0 </s>:0", **{"</s>": 1})
    words = sequence("pretokenizers", {"type": "WhitespaceSplit"}, metaspace())
    names = {"pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>"}
    yield "t5", file(t5_model, t5_added, PRECOMPILED, words, closed), {"tokenizer_config.json": names}, "first piece"
    newer = sequence("normalizers", PRECOMPILED, STRIP_RIGHT, replace("▁", Regex=" {2,}"))
    yield "t5-newer", file(t5_model, t5_added, newer, metaspace(), closed), {}, file(t5_model, t5_added, newer, metaspace("never"), closed)

    albert_model = unigram(["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"], 1)
    albert_added = [*special(("<pad>", 0), ("<unk>", 1), ("[CLS]", 2), ("[SEP]", 3)), added("[MASK]", 4, lstrip=True)]
    pair = template("[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", **{"[CLS]": 2, "[SEP]": 3})
    albert = sequence(
        "normalizers", replace('"', String="``"), replace('"', String="''"), {"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, PRECOMPILED, replace(" ", Regex=" {2,}"),
    )  # fmt: skip
    yield "albert", file(albert_model, albert_added, albert, words, pair), {}, "first piece"
    deberta = lambda strip, pre: file(albert_model, albert_added, sequence("normalizers", *strip, PRECOMPILED, replace(" ", Regex=" {2,}")), pre, pair)  # noqa: E731
    one_space = (replace(" ", Regex=r"\A\s+"), STRIP_RIGHT)
    yield "deberta", deberta((STRIP,), sequence("pretokenizers", metaspace())), {}, deberta(one_space, sequence("pretokenizers", metaspace("never")))
    newer = sequence("normalizers", replace(" ", Regex=r"\s{2,}|[\n\r\t]"), {"type": "NFC"}, STRIP_RIGHT)
    by_marks = sequence("pretokenizers", {"type": "Punctuation", "behavior": "Isolated"}, metaspace())
    yield "deberta-newer", file(albert_model, albert_added, newer, by_marks, pair), {}, "first piece"

    llama = byte_fallback_bpe()
    llama_added = special(("<unk>", 0), ("<s>", 1), ("</s>", 2))
    opened = template("<s>:0 $A:0", "<s>:0 $A:0 <s>:1 $B:1", **{"<s>": 1})
    spaces = replace("▁", String=" ")
    prefixed = file(llama, llama_added, sequence("normalizers", {"type": "Prepend", "prepend": "▁"}, spaces), None, opened)
    yield "llama", prefixed, {}, {**prefixed, "normalizer": spaces}
    newer = lambda scheme: file(llama, [*llama_added, added("<tool>", len(llama["vocab"]), special=False)], None, metaspace(scheme, split=False), opened)  # noqa: E731
    yield "llama-newer", newer("first"), {}, newer("never")
    gemma = {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False}
    yield "gemma", file(llama, llama_added, spaces, gemma, opened), {}, None


STEP_TEXTS = ["xy..zz.", "..a..", "...", "a b\u00a0 c\n", " a\u0085b\ufeffc", "x_1-y\u200dz é\u0301!?", "abc123.45٣Ⅳ½", "“Yes,” (no)…", "好。1２3", "$5+$6 ^"]


def steps():
    """Pre-tokenizers alone, and the pieces that they give."""
    behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
    point = {"type": "Split", "pattern": {"String": "."}}
    found = [{**point, "behavior": behavior, "invert": invert} for behavior in behaviors for invert in (False, True)]
    found += [{"type": "Punctuation", "behavior": behavior} for behavior in behaviors]
    found += [{"type": "Digits", "individual_digits": alone} for alone in (False, True)]
    found += [{"type": name} for name in ("Whitespace", "WhitespaceSplit", "BertPreTokenizer")]
    found += [split(r"\w+|\s", "Contiguous"), split(r"(?i:Y)|\p{Lu}", "MergedWithNext"), split("^a|z$", "Isolated")]
    for pre in found:
        step = rust(file({"type": "BPE", "vocab": {}, "merges": []}, pre=pre), "").pre_tokenizer
        yield [pre, [[piece for piece, _ in step.pre_tokenize_str(text)] for text in STEP_TEXTS]]


def charsmap():
    return base64.b64encode(sentencepiece_model("chinese").normalizer_spec.precompiled_charsmap).decode()


def without_specials(document):
    """No special token is found in a text: none is added, and pieces of that name have another one."""
    document = copy.deepcopy(document)
    specials = {token["content"] for token in document["added_tokens"] if token["special"]}
    document["added_tokens"] = [token for token in document["added_tokens"] if not token["special"]]
    document["post_processor"] = None
    if isinstance(document["model"]["vocab"], list):
        for piece in document["model"]["vocab"]:
            if piece[0] in specials:
                piece[0] = UNREACHABLE + piece[0]
    return document


def rust(document, rules):
    return Tokenizer.from_str(json.dumps(document).replace(CHARSMAP, rules))


def plain(tokenizer):
    return lambda text: tokenizer.encode(text, add_special_tokens=False).ids


def without_first_prefix(tokenizer):
    """The file's own pieces; the first without its prefix, unless that stands for white space that the pieces have lost."""

    def encode(text):
        normalized = tokenizer.normalizer.normalize_str(text)
        pieces = [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normalized)]
        if pieces and pieces[0].startswith("▁" + normalized[0]) and normalized[0] != "▁":
            pieces[0] = pieces[0][1:]
        return [token.id for piece in pieces if piece for token in tokenizer.model.tokenize(piece)]

    return encode


def shared(model, models):
    """The index of the vocabulary and merges among `models`, where they stand once, and the rest of the model."""
    big = {key: model[key] for key in ("vocab", "merges") if key in model}
    if big not in models:
        models.append(big)
    return models.index(big), {key: value for key, value in model.items() if key not in big}


def main():
    rules = charsmap()
    texts = list(dict.fromkeys(PARTS + HAND[::2]))
    out = {"texts": texts, "models": [], "kinds": {}, "step_texts": STEP_TEXTS, "steps": list(steps())}
    for name, document, files, unprefixed in kinds():
        whole = rust(document, rules)
        first = rust(without_specials(document), rules)
        other = without_first_prefix(first) if unprefixed == "first piece" else plain(rust(without_specials(unprefixed or document), rules))
        if name in ("t5-newer", "deberta"):  # two ways to turn a prefix off, one result
            edited, on_pieces = without_specials(unprefixed), rust({**without_specials(document), "normalizer": unprefixed["normalizer"]}, rules)
            assert all(plain(rust(edited, rules))(text) == without_first_prefix(on_pieces)(text) for text in texts)
        ids = {"first": [plain(first)(text) for text in texts], "other": [other(text) for text in texts]}
        pair = whole.encode("Yes, the river", "Answer: no")
        model, overrides = shared(document["model"], out["models"])
        out["kinds"][name] = {
            "files": {"tokenizer.json": {**document, "model": overrides}, **files},
            "model": model,
            "size": whole.get_vocab_size(with_added_tokens=True),
            "other": ids["other"],
            "first": {i: row for i, row in enumerate(ids["first"]) if row != ids["other"][i]},
            "single": whole.encode("Yes, the river").ids,
            "pair": [pair.ids, pair.type_ids],
        }
        print(f"{name:16} {sum(map(len, ids['other']))} ids, {len(out['kinds'][name]['first'])} texts differ where they begin")
    # JSON of ASCII only: half of the corpus is characters that an editor would show wrongly
    packed = gzip.compress(json.dumps(out, separators=(",", ":")).encode(), compresslevel=9, mtime=0)
    (FIXTURES / "json.json.gz").write_bytes(packed)
    print(f"{len(texts)} texts, {len(packed)} bytes")


if __name__ == "__main__":
    main()
