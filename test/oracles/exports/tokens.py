"""Small tokenizers of the kinds that the architectures have, and the ids of the parts of a text."""

import json

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from .texts import CORPUS

LINES = [line for line in CORPUS.split("\n") if line]


def template(before, between, after, tokenizer, types=True):
    """`before A after` and `before A between B after`; what belongs to B has type 1 where `types`."""
    b = 1 if types else 0
    one = [*(f"{t}:0" for t in before), "$A:0", *(f"{t}:0" for t in after)]
    two = [*(f"{t}:0" for t in before), "$A:0", *(f"{t}:0" for t in between), f"$B:{b}", *(f"{t}:{b}" for t in after)]
    named = dict.fromkeys([*before, *between, *after])
    return processors.TemplateProcessing(single=" ".join(one), pair=" ".join(two), special_tokens=[(t, tokenizer.token_to_id(t)) for t in named])


def wordpiece(size, lowercase=True):
    """BERT's: uncased, [PAD] [UNK] [CLS] [SEP] [MASK]."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tok = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tok.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tok.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tok.decoder = decoders.WordPiece(prefix="##")
    alphabet = list("abcdefghijklmnopqrstuvwxyz[]<>/|")
    tok.train_from_iterator(LINES, trainers.WordPieceTrainer(vocab_size=size, special_tokens=special, initial_alphabet=alphabet, show_progress=False))
    tok.post_processor = template(["[CLS]"], ["[SEP]"], ["[SEP]"], tok)
    return tok


def byte_level(size, special, *, before=(), between=(), after=(), types=False, split=None, roberta=False, last=()):
    """Byte-level BPE. `special` stand first in the vocabulary, `last` after it (GPT-NeoX's and Qwen's order)."""
    tok = Tokenizer(models.BPE())
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=split is None)
    tok.pre_tokenizer = plain if split is None else pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(split), "isolated"), plain])
    tok.decoder = decoders.ByteLevel()
    tok.train_from_iterator(
        LINES,
        trainers.BpeTrainer(
            vocab_size=size - len(last),
            special_tokens=list(special),
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tok.add_special_tokens([AddedToken(t, special=True, normalized=False, lstrip=t == "<mask>") for t in [*special, *last]])
    if roberta:
        tok.post_processor = processors.RobertaProcessing(("</s>", tok.token_to_id("</s>")), ("<s>", tok.token_to_id("<s>")), add_prefix_space=False)
    elif before or after:
        tok.post_processor = template(list(before), list(between), list(after), tok, types)
    else:
        tok.post_processor = processors.ByteLevel(trim_offsets=False)
    return tok


def unigram_pieces(size, special, unk):
    """Scored pieces of a Unigram vocabulary with `special` first, trained without the normaliser."""
    tok = Tokenizer(models.Unigram())
    tok.pre_tokenizer = pre_tokenizers.Metaspace()
    tok.train_from_iterator(LINES, trainers.UnigramTrainer(vocab_size=size, special_tokens=special, unk_token=unk, show_progress=False))
    return [(piece, score) for piece, score in json.loads(tok.to_str())["model"]["vocab"]]


def t5(size, *, sentinels=100, whitespace=True, charsmap=None):
    """T5's: <pad> </s> <unk>, then the pieces, then <extra_id_99> … <extra_id_0>."""
    pieces = unigram_pieces(size, ["<pad>", "</s>", "<unk>"], "<unk>")
    extra = [f"<extra_id_{i}>" for i in reversed(range(sentinels))]
    tok = Tokenizer(models.Unigram([*pieces, *((t, 0.0) for t in extra)], unk_id=2, byte_fallback=False))
    if charsmap is not None:
        tok.normalizer = normalizers.Precompiled(charsmap)
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace]) if whitespace else metaspace
    tok.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tok.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in ["<pad>", "</s>", "<unk>", *reversed(extra)]])
    tok.post_processor = template([], ["</s>"], ["</s>"], tok, types=False)
    return tok


class Parts:
    """Ids of the parts of a text: no specials added, none recognised, the dummy prefix only where a part begins the text."""

    def __init__(self, folder):
        text = (folder / "tokenizer.json").read_text()
        self.whole = Tokenizer.from_str(text)
        self.whole.encode_special_tokens = True
        self.rest = Tokenizer.from_str(json.dumps(without_prefix(json.loads(text))))
        self.rest.encode_special_tokens = True
        framed = Tokenizer.from_str(text)
        self.before, self.after = self.around(framed.encode("the"))
        pair = framed.encode("the", "the")
        inner = [k for k, sequence in enumerate(pair.sequence_ids) if sequence is not None]
        first, second = pair.sequence_ids.index(0), pair.sequence_ids.index(1)
        last_of_a = max(k for k in inner if pair.sequence_ids[k] == 0)
        assert pair.ids[:first] == self.before and pair.ids[inner[-1] + 1 :] == self.after
        self.between, self.type_of_b = pair.ids[last_of_a + 1 : second], pair.type_ids[second]
        assert pair.type_ids[second:] == [self.type_of_b] * len(pair.ids[second:]) and not any(pair.type_ids[:second])
        continues = self.whole.model.__class__.__name__ == "WordPiece"
        byte = "ByteLevel" in text
        self.begins = (lambda t: not t.startswith("##")) if continues else (lambda t: t.startswith("Ġ" if byte else "▁"))

    @staticmethod
    def around(encoding):
        inner = [k for k, sequence in enumerate(encoding.sequence_ids) if sequence is not None]
        return encoding.ids[: inner[0]], encoding.ids[inner[-1] + 1 :]

    def ids(self, text, first):
        if text.strip(" ") == "":
            return []
        return (self.whole if first else self.rest).encode(text, add_special_tokens=False).ids

    def id(self, token):
        found = self.whole.token_to_id(token)
        assert found is not None, token
        return found

    def words(self, ids):
        """For each token the end (exclusive) of the word that it belongs to; the first token begins a word."""
        starts = [k for k, i in enumerate(ids) if k == 0 or self.begins(self.whole.id_to_token(i))]
        return [next((s for s in starts if s > k), len(ids)) for k in range(len(ids))]


def without_prefix(tokenizer):
    """The same tokenizer for a part that does not begin the text: spaces become ▁, and nothing is put before."""

    def strip(step):
        if step is None or step["type"] in ("WhitespaceSplit", "Prepend"):
            return None
        if step["type"] == "Metaspace":
            return {**step, "prepend_scheme": "never"}
        if step["type"] == "Sequence":
            key = "pretokenizers" if "pretokenizers" in step else "normalizers"
            return {**step, key: [s for s in map(strip, step[key]) if s is not None]}
        return step

    return {**tokenizer, "normalizer": strip(tokenizer["normalizer"]), "pre_tokenizer": strip(tokenizer["pre_tokenizer"])}
