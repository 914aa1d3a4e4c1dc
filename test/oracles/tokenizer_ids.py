"""Writes test/fixtures/tokenizers/: small vocabularies laid out as GLM's repositories lay them out, and the ids that the
reference libraries (Rust `tokenizers`, `sentencepiece`) give for the strings of tokenizer_corpus.py.

Needs tokenizers, sentencepiece, protobuf. Run from the repository's root: python test/oracles/tokenizer_ids.py
"""

import gzip
import io
import json
import random
import re
from collections import Counter
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
from tokenizer_corpus import corpus

ROOT = Path(__file__).parent.parent.parent
OUT = ROOT / "test" / "fixtures" / "tokenizers"
SOP, EOP = "<|startofpiece|>", "<|endofpiece|>"

SUBJECTS = "the old teacher,a young painter,my neighbour's cat,every river,the wooden bridge,our library,this question,the answer,a small boat,the city council,Zoë,the naïve café owner".split(",")
VERBS = "crosses,remembers,doesn't mention,paints,is looking at,has never seen,answers,can't explain,writes about,carries,counted 123 times,sold for $4.50".split(",")
OBJECTS = "the harbour,the winter of 1987,an unfinished letter,two passengers,the following passage,a simple example,nothing at all,her own garden,three yellow houses,the question of money,a straße in Ångström,https://example.org/page?id=42".split(",")
ENDS = ["in the morning.", "without any hurry!", "and nobody asked why?", "because it rained;", "(or so they say).", "-- yes, really...", "every single day.", "\"for the last time\"."]  # fmt: skip
ZH_SUBJECTS = "老师,邻居的猫,河边的桥,图书馆,这个问题,小船,城市,我的朋友,年轻的画家,今天的天气".split(",")
ZH_VERBS = "经过了,记得,没有提到,正在看,从来没见过,回答,写了,带着,喜欢,卖了１２３块买的".split(",")
ZH_OBJECTS = "港口,一封没写完的信,两个乘客,下面的文章,简单的例子,三座黄色的房子,钱的问题,自己的花园,冬天的早晨,一本旧书".split(",")
RUNS = ["aaaaaaaa aaaa aaa aa aab aaab baa", "哈哈哈哈哈哈 哈哈哈 哈哈", "-------- ---- --- --", "======== ==== ==", "........ .... ...", "!!!! !! ?!?!", "____ __", "的的的的 。。。。 ……", "a    b  c", "x\n\ny\tz"]  # fmt: skip
ALPHABET = (
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”‘’—–…、。，！？「」《》：；（）¿¡«»·•"
    "äöüßéèêëçñåøæœıİşğđłÅÉÑµªºαβγδεζηθικλμνοπρστυφχψωςΣΩабвгдежзийклмнопрстуфхцчшщъыьэюяёАПЁ"
    "אבגדהוזחטיכלמנסעפצקרשתםןץابتثجحخدذرزسشصضطظعغفقكلمنهويةءकखगतनमरसहािी्กขคงจชดตนบปมยรลวสหอาิีุเแโไ้่"
    "ᄀᄂᄃᄅᄆᄇᄉᄋᄌ하ᅢᅥᅦᅩᅮᅳᅵᆨᆫᆯᆷᆼ가안녕하세요한국어あいうえおかきくけこがさしすてとにはのンカタナテスト々〆ー"
    "你好世界今天气很中文混合共個引用她说红楼梦吉家野豈更𠀀𠮷𪚥㐀〇😀👍👨👩❤☺🏽©®™²½①Ⅳ№℃→∑≠€£¥§¶°±×÷𝓗𝐀𐐀𐐨☃ﬁｶﾞ\u0301\u0308\u0303\u3099\u200d\ufe0f"
)


def sentences(count=1500):
    rng = random.Random(7)
    lines = list(RUNS) * 20
    for _ in range(count):
        line = " ".join(rng.choice(part) for part in (SUBJECTS, VERBS, OBJECTS, ENDS))
        lines.append(line[0].upper() + line[1:] if rng.random() < 0.5 else line)
        lines.append("".join(rng.choice(part) for part in (ZH_SUBJECTS, ZH_VERBS, ZH_OBJECTS)) + rng.choice("。！？"))
    return lines + [" ".join(ALPHABET)] * 2


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def wordpiece(vocab, lowercase=True):
    reference = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    reference.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    reference.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return lambda text: reference.encode(text).ids


def byte_level(vocab, merges):
    reference = Tokenizer(models.BPE(vocab, merges))
    reference.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return lambda text: reference.encode(text).ids


def make_wordpiece():
    """vocab.txt as BERT's, added_tokens.json and configuration as glm-515m's; cased and uncased over the same vocabulary."""
    trained = wordpiece_vocabulary()
    folder = OUT / "wordpiece"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("".join(token + "\n" for token in trained), encoding="utf-8")
    write_json(folder / "added_tokens.json", {SOP: len(trained), EOP: len(trained) + 1})
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "GLMBertTokenizer", "do_lower_case": True, "cls_token": "[CLS]", "sep_token": "[SEP]",
        "pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]", "additional_special_tokens": [SOP, EOP],
    })  # fmt: skip
    vocab = {token: i for i, token in enumerate(trained)}
    return {"wordpiece": wordpiece(vocab), "wordpiece-cased": wordpiece(vocab, lowercase=False)}


def wordpiece_vocabulary():
    """Common words, beginnings and ends of words, counted here: the library's trainer breaks ties by chance."""
    normalizer, splitter = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer()
    pieces = Counter()
    for line in sentences():
        for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(line)):
            pieces.update([word, *(word[:n] for n in (2, 3, 4)), *("##" + word[-n:] for n in (2, 3, 4) if n < len(word))])
    common = sorted(piece for piece, count in pieces.most_common() if count >= 20)
    # every character of the alphabet, at the start of a word and inside one, so that normalising shows in the ids
    extra = (piece for char in ALPHABET for piece in (char, "##" + char))
    return list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *common, *extra]))


def make_byte_level():
    """One set of merges; GPT-2's order of tokens and RoBERTa's, with the added tokens of glm-10b and glm-roberta-large."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=1200, min_frequency=2, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(sentences(), trainer)
    trained = json.loads(tokenizer.to_str())["model"]
    merges = [tuple(merge) for merge in trained["merges"]]
    tokens = sorted(trained["vocab"], key=trained["vocab"].get)

    gpt2 = {token: i for i, token in enumerate([*tokens, "<|endoftext|>"])}
    names = [SOP, EOP, "[CLS]", "[MASK]", "[SEP]", "[UNUSED]", "[gMASK]", "[sMASK]"]
    shuffled = random.Random(11).sample(tokens, len(tokens))
    roberta = {token: i for i, token in enumerate(["<s>", "<pad>", "</s>", "<unk>", *shuffled, "<mask>"])}
    folders = {
        "gpt2": (gpt2, {name: len(gpt2) + i for i, name in enumerate(names)}, {
            "tokenizer_class": "GLMGPT2Tokenizer", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>", "cls_token": "[CLS]",
            "mask_token": "[MASK]", "unk_token": "[UNK]", "additional_special_tokens": [SOP, EOP, "[gMASK]", "[sMASK]"],
            "add_prefix_space": False,
        }),
        "roberta": (roberta, {SOP: len(roberta), EOP: len(roberta) + 1, "[MASK]": len(roberta) + 2}, {
            "tokenizer_class": "GLMRobertaTokenizer", "cls_token": "<s>", "eos_token": "</s>", "pad_token": "</s>", "unk_token": "<unk>",
            "mask_token": {"__type": "AddedToken", "content": "[MASK]", "lstrip": True}, "add_prefix_space": False,
        }),
    }  # fmt: skip
    for name, (vocab, added, config) in folders.items():
        write_json(OUT / name / "vocab.json", vocab)
        merged = "#version: 0.2\n" + "".join(f"{left} {right}\n" for left, right in merges)
        (OUT / name / "merges.txt").write_text(merged, encoding="utf-8")
        write_json(OUT / name / "added_tokens.json", added)
        write_json(OUT / name / "tokenizer_config.json", config)
    return {name: byte_level(vocab, merges) for name, (vocab, _, _) in folders.items()}


def train_sentencepiece(**options):
    model = io.BytesIO()
    lines = [line for line in sentences() for line in line.split("\n")]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=model, character_coverage=1.0, user_defined_symbols=["<n>"],
        shuffle_input_sentence=False, num_threads=1, minloglevel=2, **options,
    )  # fmt: skip
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    # Trainers write the names of their input into the file.
    proto.trainer_spec.ClearField("input")
    proto.trainer_spec.ClearField("model_prefix")
    return proto


def make_sentencepiece():
    """cog-pretrain.model as the Chinese GLMs' (BPE, nmt_nfkc); then without rules: Unigram, and a BPE with every switch turned."""
    chinese = train_sentencepiece(model_type="bpe", vocab_size=1400, normalization_rule_name="nmt_nfkc")
    unigram = train_sentencepiece(model_type="unigram", vocab_size=1100, normalization_rule_name="identity")
    switched = train_sentencepiece(
        model_type="bpe", vocab_size=1100, normalization_rule_name="identity",
        add_dummy_prefix=False, remove_extra_whitespaces=False,
    )  # fmt: skip
    rng = random.Random(5)
    # doubled letters: "o"+"oo" and "oo"+"o" tie but for the rounding of their sums
    known = {piece.piece for piece in unigram.pieces}
    for doubled in ("oo", "ll", "tt", "rr", "ss", "bb", "ee"):
        if doubled not in known:
            unigram.pieces.add(piece=doubled, score=-rng.uniform(6, 9))
    for proto in (unigram, switched):
        longer = [piece for piece in proto.pieces if piece.type == piece.NORMAL and len(piece.piece) > 1]
        for piece in rng.sample(longer, 60):
            piece.type = piece.UNUSED
    for piece in rng.sample(longer, 200):
        piece.score = -40.0  # equal scores: the leftmost pair goes first
    references = {}
    for name, proto in {"chinese": chinese, "unigram": unigram, "bpe-switched": switched}.items():
        folder = OUT / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cog-pretrain.model").write_bytes(proto.SerializeToString())
        names = ["<|endoftext|>", "[SEP]", "[CLS]", "[MASK]", "[UNUSED1]", "[UNUSED2]", SOP, EOP, "[sMASK]", "[gMASK]"]
        write_json(folder / "added_tokens.json", {token: len(proto.pieces) + i for i, token in enumerate(names)})
        write_json(folder / "tokenizer_config.json", {
            "tokenizer_class": "GLMChineseTokenizer", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>",
            "cls_token": "[CLS]", "mask_token": "[MASK]", "unk_token": "[UNK]", "additional_special_tokens": [SOP, EOP, "[gMASK]", "[sMASK]"],
        })  # fmt: skip
        references[name] = sentencepiece.SentencePieceProcessor(model_proto=proto.SerializeToString()).encode
    return references


def glm_tiny():
    lines = (ROOT / "data" / "models" / "glm-tiny" / "vocab.txt").read_text(encoding="utf-8").split("\n")
    return {"glm-tiny": wordpiece({token: i for i, token in enumerate(lines) if token})}


def main():
    texts = corpus()
    # White_Space alone gives no ids, as in GLM's own wrappers.
    blank = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*")
    references = {**make_wordpiece(), **make_byte_level(), **make_sentencepiece(), **glm_tiny()}
    ids = {name: [[] if blank.fullmatch(text) else encode(text) for text in texts] for name, encode in references.items()}
    expected = json.dumps({"texts": texts, "ids": ids}, separators=(",", ":")).encode()
    (OUT / "expected.json.gz").write_bytes(gzip.compress(expected, mtime=0))
    for name, rows in ids.items():
        print(f"{name:16} {len(rows)} texts, {sum(map(len, rows))} ids, {len({i for row in rows for i in row})} different")


if __name__ == "__main__":
    main()
