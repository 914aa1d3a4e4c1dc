"""Small tokenizers of the kinds that the architectures have, and the ids of the parts of a text."""

import io
import json

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from .texts import CORPUS

LINES = [line for line in CORPUS.split("\n") if line]


def template(before, between, after, tokenizer, types=True):
    """`before A after` and `before A between B after`; what belongs to B has type 1 where `types`."""
    b = 1 if types else 0
    one = [*(f"{t}:0" for t in before), "$A:0", *(f"{t}:0" for t in after)]
    two = [*(f"{t}:0" for t in before), "$A:0", *(f"{t}:0" for t in between), f"$B:{b}", *(f"{t}:{b}" for t in after)]
    named = dict.fromkeys([*before, *between, *after])
    return processors.TemplateProcessing(
        single=" ".join(one), pair=" ".join(two), special_tokens=[(t, tokenizer.token_to_id(t)) for t in named]
    )


def wordpiece(size, lowercase=True):
    """BERT's: [PAD] [UNK] [CLS] [SEP] [MASK], then the letters, then the pieces."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    rules, split = normalizers.BertNormalizer(lowercase=lowercase), pre_tokenizers.BertPreTokenizer()
    trained = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    trained.normalizer, trained.pre_tokenizer = rules, split
    seen = {
        (char, at > 0)
        for line in LINES
        for word, _ in split.pre_tokenize_str(rules.normalize_str(line))
        for at, char in enumerate(word)
    }
    # the trainer numbers the letters as it meets them, in the order of a hash table, unless they are there already
    letters = sorted({"##" * inside + char for char, inside in seen} | set("[]<>/|"))
    trained.train_from_iterator(
        LINES, trainers.WordPieceTrainer(vocab_size=size, special_tokens=[*special, *letters], show_progress=False)
    )
    tok = Tokenizer(models.WordPiece(trained.get_vocab(), unk_token="[UNK]"))
    tok.normalizer, tok.pre_tokenizer, tok.decoder = rules, split, decoders.WordPiece(prefix="##")
    tok.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in special])
    tok.post_processor = template(["[CLS]"], ["[SEP]"], ["[SEP]"], tok)
    return tok


def byte_level(size, special, *, last=(), frame=None, types=False, split=None, nfc=False):
    """Byte-level BPE. `special` stand first in the vocabulary, `last` at its end; `frame`: what stands before, between and after."""
    tok = Tokenizer(models.BPE())
    if nfc:
        tok.normalizer = normalizers.NFC()
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=split is None)
    tok.pre_tokenizer = (
        plain if split is None else pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(split), "isolated"), plain])
    )
    tok.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(last), special_tokens=[*special], initial_alphabet=alphabet, show_progress=False
    )
    tok.train_from_iterator(LINES, trainer)
    add_special(tok, [*special, *last])
    tok.post_processor = template(*frame, tok, types) if frame else processors.ByteLevel(trim_offsets=False)
    return tok


def roberta(size):
    """RoBERTa's and BART's: byte-level, <s> A </s></s> B </s>, no token types, <mask> last."""
    tok = byte_level(size, ["<s>", "<pad>", "</s>", "<unk>"], last=["<mask>"])
    tok.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    return tok


def add_special(tok, special):
    """The mask takes the space before it, as everywhere but in BERT's WordPiece."""
    tok.add_special_tokens([AddedToken(t, special=True, normalized=False, lstrip=t in ("<mask>", "[MASK]")) for t in special])


def unigram_pieces(size, special, lines=LINES, rules="identity"):
    """Scored pieces of a Unigram vocabulary with `special` first, and the rules that SentencePiece writes into its model."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        vocab_size=size,
        hard_vocab_limit=False,
        character_coverage=1.0,
        normalization_rule_name=rules,
        num_threads=1,
        minloglevel=2,
    )
    proto = sentencepiece_model_pb2.ModelProto.FromString(model.getvalue())
    pieces = [(p.piece, p.score) for p in proto.pieces if p.type == p.NORMAL]
    return [*((token, 0.0) for token in special), *pieces], proto.normalizer_spec.precompiled_charsmap


def t5(size):
    """T5's: <pad> </s> <unk>, then the pieces, then the special tokens <extra_id_99> … <extra_id_0>."""
    pieces, _ = unigram_pieces(size, ["<pad>", "</s>", "<unk>"])
    extra = [f"<extra_id_{i}>" for i in reversed(range(100))]
    tok = Tokenizer(models.Unigram([*pieces, *((t, 0.0) for t in extra)], unk_id=2, byte_fallback=False))
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
    tok.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    add_special(tok, ["<pad>", "</s>", "<unk>", *reversed(extra)])
    tok.post_processor = template([], ["</s>"], ["</s>"], tok, types=False)
    return tok


def mt5(size):
    """mT5's: sentinels are pieces with the space before (▁<extra_id_0>), not added tokens; NFKC as SentencePiece has it."""
    pieces, rules = unigram_pieces(size, ["<pad>", "</s>", "<unk>"], rules="nmt_nfkc")
    extra = [f"▁<extra_id_{i}>" for i in reversed(range(100))]
    tok = Tokenizer(models.Unigram([*pieces, *((t, 0.0) for t in extra)], unk_id=2, byte_fallback=False))
    tok.normalizer = normalizers.Sequence([normalizers.Precompiled(rules), normalizers.Replace(Regex(" {2,}"), " ")])
    tok.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tok.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    add_special(tok, ["<pad>", "</s>", "<unk>"])
    tok.post_processor = template([], ["</s>"], ["</s>"], tok, types=False)
    return tok


def albert(size):
    """ALBERT's: lower case without accents, Unigram, <pad> <unk> [CLS] [SEP] [MASK]."""
    special = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
    rules = [
        normalizers.Replace("``", '"'),
        normalizers.Replace("''", '"'),
        normalizers.NFKD(),
        normalizers.StripAccents(),
        normalizers.Lowercase(),
    ]
    pieces, _ = unigram_pieces(size, special, [normalizers.Sequence(rules).normalize_str(line) for line in LINES])
    tok = Tokenizer(models.Unigram(pieces, unk_id=1, byte_fallback=False))
    tok.normalizer = normalizers.Sequence(rules)
    metaspace = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), metaspace])
    tok.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    add_special(tok, special)
    tok.post_processor = template(["[CLS]"], ["[SEP]"], ["[SEP]"], tok)
    return tok


def deberta_v2(size):
    """DeBERTa-v3's: Unigram, [PAD] [CLS] [SEP] [UNK], [MASK] above the pieces."""
    special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]
    pieces, _ = unigram_pieces(size, special)
    tok = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    rules = [normalizers.Replace(Regex(r"\s{2,}|[\n\r\t]"), " "), normalizers.NFC(), normalizers.Strip(left=False, right=True)]
    tok.normalizer = normalizers.Sequence(rules)
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tok.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    add_special(tok, [*special, "[MASK]"])
    tok.post_processor = template(["[CLS]"], ["[SEP]"], ["[SEP]"], tok)
    return tok


def llama(size, *, legacy):
    """LLaMA's: BPE over ▁ with bytes for what is unknown. The prefix comes from the normaliser (`legacy`) or from Metaspace."""
    special = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trained.train_from_iterator(LINES, trainers.BpeTrainer(vocab_size=size, special_tokens=special, show_progress=False))
    model = json.loads(trained.to_str())["model"]
    merges = [tuple(merge) for merge in model["merges"]]
    tok = Tokenizer(models.BPE(model["vocab"], merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    if legacy:
        tok.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    else:
        tok.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=False)
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(content=" ", left=1)]
    tok.decoder = decoders.Sequence(steps)
    add_special(tok, special[:3])
    tok.post_processor = template(["<s>"], ["<s>"], [], tok)
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
