"""Writes test/fixtures/tasks/*.json: what GLM's patterns make of a few examples, part by part.

GLM's SuperGLUE patterns (tasks/superglue/pvp.py) restated as lists of parts, independently of the templates of
src/tasks/superglue. Each text part is tokenised on its own, with two tokenizers: the WordPiece vocabulary of the
bundled model, and a small byte-level BPE that is trained here on the examples' own sentences (for byte-level BPE a
leading space is part of the token, so it shows where spaces went).

    python test/oracles/patterns.py        # from the repository's root; needs `tokenizers`
"""

import json
import string
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "test/fixtures/tasks"
VOCAB = ROOT / "data/models/glm-tiny/vocab.txt"

MASK, BORDER = "[MASK]", "||"


class S(str):
    """A part that may be shortened."""


def rp(text):
    return text.rstrip(string.punctuation)


def lc(text):
    return text[:1].lower() + text[1:]


def clean(text):
    for old, new in {"\u201c": '"', "\u201d": '"', "\u2019": "'", "\u2018": "'", "\u2013": "-"}.items():
        text = text.replace(old, new)
    return text


NO_YES = [("false", " No"), ("true", " Yes")]
FALSE_TRUE = [("false", " false"), ("true", " true")]


def one(parts, answers):
    return [(parts, answers)]


def boolq(row):
    p, q = clean(row["passage"]), clean(row["question"])
    asked = [S(p), " Question:", S(" " + q), "? Answer:", MASK, "."]
    based = [S(p), " Based on the previous passage,", S(" " + q), "?", MASK, "."]
    following = ["Based on the following passage", S(" " + q), "?", MASK, ".", S(" " + p)]
    yield str(row["idx"]), {
        "p0": one(asked, NO_YES), "p1": one(asked, FALSE_TRUE),
        "p2": one(based, NO_YES), "p3": one(based, FALSE_TRUE),
        "p4": one(following, NO_YES), "p5": one(following, FALSE_TRUE),
    }


def entailment(a, raw, words, words4, last, question):
    b = rp(raw)
    return {
        "p0": one(['"', S(b), '" ?', BORDER, MASK, ",", ' "', S(a), '"'], words),
        "p1": one([S(b), "?", BORDER, MASK, ",", S(" " + a)], words),
        "p2": one(['"', S(b), '" ?', BORDER, MASK, '. "', S(a), '"'], words),
        "p3": one([S(b), "?", BORDER, MASK, ".", S(" " + a)], words),
        "p4": one([S(a), " question:", S(" " + last), question, " answer:", MASK], words4),
    }


RTE_WORDS = [("entailment", " Yes"), ("not_entailment", " No")]
RTE_WORDS4 = [("entailment", " true"), ("not_entailment", " false")]


def rte_like(premise, hypothesis):
    def make(row):
        a, b = clean(row[premise]), clean(row[hypothesis])
        yield str(row["idx"]), entailment(a, b, RTE_WORDS, RTE_WORDS4, rp(b), " True or False?")

    return make


def cb(row):
    a, b = clean(row["premise"]), clean(row["hypothesis"])
    words = [("entailment", " Yes"), ("contradiction", " No"), ("neutral", " Maybe")]
    words4 = [("entailment", " true"), ("contradiction", " false"), ("neutral", " neither")]
    yield str(row["idx"]), entailment(a, b, words, words4, b, " true, false or neither?")


def copa(row):
    c1, c2 = rp(lc(row["choice1"])), rp(lc(row["choice2"]))
    p = rp(row["premise"])
    cause = row["question"] == "cause"
    joiner = " because" if cause else ", so"
    connective = " because" if cause else " so"
    answers = [("0", " " + c1), ("1", " " + c2)]
    yield str(row["idx"]), {
        "p0": one(['"', c1, '" or "', c2, '"?', S(" " + p), joiner, MASK, "."], answers),
        "p1": one([c1, " or", " " + c2, "?", S(" " + p), joiner, MASK, "."], answers),
        "p2": [
            (['"', c1, '" or "', c2, '"?', S(p), MASK, " " + c], [(label, connective)])
            for label, c in (("0", c1), ("1", c2))
        ],
    }


def multirc(row):
    words, words3 = [("0", " No"), ("1", " Yes")], [("0", " False"), ("1", " True")]
    p = rp(clean(row["passage"]["text"]).rstrip())
    for question in row["passage"]["questions"]:
        q = rp(clean(question["question"]).rstrip())
        for answer in question["answers"]:
            x = clean(answer["text"])
            yield f'{row["idx"]}-{question["idx"]}-{answer["idx"]}', {
                "p0": one([S(p), ".", " Question:", " " + q + "?", " Is it", " " + x, "?", MASK, "."], words),
                "p1": one(
                    [S(p), ".", " Question:", " " + q, "?", ' Is the correct answer "', x, '"?', MASK, "."], words
                ),
                "p2": one(
                    [S(p), ". Based on the previous passage,", " " + q, "?", ' Is "', x, '" a correct answer?',
                     MASK, "."], words
                ),
                "p3": one([S(p), " " + q, "- [", MASK, "]", x], words3),
                "p4": one([S(p), ".", " Question:", " " + q, "?", " " + x, "?", MASK, "."], words),
            }


def wic(row):
    a, b, w = clean(row["sentence1"]), clean(row["sentence2"]), clean(row["word"])
    yield str(row["idx"]), {
        "p0": one([S(f'"{a}" / "{b}"'), f' Similar sense of "{w}"?', MASK, "."], NO_YES),
        "p1": one([S(a), S(" " + b), f" Does {w} have the same meaning in both sentences?", MASK], NO_YES),
        "p2": one(
            [w, " .", ' Sense (1) (a) "', S(a), '"', " (", MASK, ') "', b, '"'], [("false", "2"), ("true", "b")]
        ),
    }


def wsc(row):
    words, at, r = clean(row["text"]).split(), row["target"]["span2_index"], row["target"]["span2_text"]
    if words[at] != r:
        for offset in (-1, 1):
            if words[at + offset] == r:
                at += offset
                break
        else:
            assert words[at].startswith(r)
            words[at : at + 1] = [r, words[at][len(r) :]]
    words[at] = f"*{words[at]}*"
    t = " ".join(words)
    span = row["target"]["span1_text"]
    candidates = [span]
    for candidate in row.get("candidates", []):
        if candidate["text"] not in candidates:
            candidates.append(candidate["text"])
    asked = {
        "p0": [S(t), f" The pronoun '*{r}*' refers to", MASK, "."],
        "p1": [S(t), f" In the previous sentence, the pronoun '*{r}*' refers to", MASK, "."],
        "p2": [
            S(t), f" Question: In the passage above, what does the pronoun '*{r}*' refer to?", " Answer:", MASK, "."
        ],
    }
    patterns = {id: one(parts, [(None, " " + each) for each in candidates]) for id, parts in asked.items()}
    patterns |= {f"{id}-exact": one(parts, [(None, " " + span)]) for id, parts in asked.items()}
    yield str(row["idx"]), patterns


def record(row):
    text = clean(row["passage"]["text"])
    entities = sorted({text[e["start"] : e["end"] + 1] for e in row["passage"]["entities"]})
    passage = text.replace("@highlight\n", "- ")
    for question in row["qas"]:
        before, after = clean(question["query"]).split("@placeholder")
        parts = [S(passage), (" " + before).rstrip(), MASK, after]
        yield str(question["idx"]), {"p0": one(parts, [(None, " " + entity) for entity in entities])}


def spans(text, *entities):
    found = [(text.index(entity), entity) for entity in entities]
    return [{"start": start, "end": start + len(entity) - 1} for start, entity in found]


NEWS = (
    "Harlow \U0001f3db (Reuters) \u2013 The mayor of Harlow, Edda Brandt, opened the \u201cSwan Bridge\u201d on Friday. "
    "Brandt\u2019s rival, Tom\u00e1s Quill, stayed at home.\n@highlight\nEdda Brandt opens bridge\n@highlight\nQuill was absent"
)

TASKS = {
    "boolq": (boolq, [
        {"idx": 0, "question": "is the lighthouse of Morro still lit", "passage": "Morro Light \u2013 The lighthouse went dark in 1971. It was \u201crelit\u201d two years later, and it\u2019s been lit since.", "label": True},
        {"idx": 1, "question": "do otters hibernate? ", "passage": "Otters are active all winter long", "label": False},
    ]),
    "cb": (cb, [
        {"idx": 0, "premise": "A: I guess so. B: Do you think that he\u2019d lend us the boat?", "hypothesis": "he would lend them the boat.", "label": "neutral"},
        {"idx": 1, "premise": "Nobody doubted that the kettle was hot.", "hypothesis": "the kettle was hot", "label": "entailment"},
    ]),
    "copa": (copa, [
        {"idx": 0, "premise": "The pond froze over.", "choice1": "I put on my skates.", "choice2": "The ducks came back!", "question": "effect", "label": 0},
        {"idx": 1, "premise": "My bread didn\u2019t rise", "choice1": "The yeast was \u201cdead\u201d...", "choice2": "the oven (new) was warm?", "question": "cause", "label": 0},
    ]),
    "multirc": (multirc, [
        {"idx": 7, "passage": {"text": "Ida sold her bicycle on Monday. She bought a kite with the money.  ", "questions": [
            {"idx": 3, "question": "What did Ida buy ?", "answers": [{"idx": 0, "text": "A kite.", "label": 1}, {"idx": 1, "text": "bicycle", "label": 0}]},
            {"idx": 4, "question": "When \u2013 on which day \u2013 did she sell it?", "answers": [{"idx": 2, "text": "Monday", "label": 1}]},
        ]}},
        {"idx": 8, "passage": {"text": "Gulls are \u2018clever\u2019...", "questions": [
            {"idx": 0, "question": "Are gulls clever", "answers": [{"idx": 0, "text": "Yes, \u201cclever\u201d", "label": 1}]},
        ]}},
    ]),
    "record": (record, [
        {"source": "own", "idx": 5, "passage": {"text": NEWS, "entities": spans(clean(NEWS), "Harlow", "Edda Brandt", "Swan Bridge", "Tom\u00e1s Quill", "Reuters") + [{"start": 0, "end": 5}]}, "qas": [
            {"idx": 11, "query": "The crowd cheered when @placeholder cut the ribbon.", "answers": [{"start": 0, "end": 0, "text": "Edda Brandt"}]},
            {"idx": 12, "query": "@placeholder\u2019s bells rang.", "answers": [{"start": 0, "end": 0, "text": "Harlow"}]},
            {"idx": 13, "query": "One politician (@placeholder) stayed away", "answers": [{"start": 0, "end": 0, "text": "Tom\u00e1s Quill"}]},
        ]},
    ]),
    "rte": (rte_like("premise", "hypothesis"), [
        {"idx": 0, "premise": "The tram to Oldtown stopped running in May.", "hypothesis": "No tram runs to Oldtown.", "label": "entailment"},
        {"idx": 1, "premise": "\u201cWe\u2019re late,\u201d said the guard", "hypothesis": "The guard said \u201cwe are late\u201d.", "label": "not_entailment"},
    ]),
    "wic": (wic, [
        {"idx": 0, "word": "bank", "sentence1": "We sat on the bank of the river.", "sentence2": "The bank lent him money.", "label": False},
        {"idx": 1, "word": "ring", "sentence1": "He wore a ring", "sentence2": "Her ring \u2013 a plain one \u2013 was lost", "label": True},
    ]),
    "wsc": (wsc, [
        {"idx": 0, "text": "The nurse thanked  the clerk because she had waited.", "target": {"span1_index": 0, "span1_text": "The nurse", "span2_index": 6, "span2_text": "she"}, "label": False, "candidates": [{"text": "the clerk"}, {"text": "The nurse"}, {"text": "the clerk"}]},
        {"idx": 1, "text": "When Otto\u2019s cup broke he wept, so Lena comforted him. They laughed.", "target": {"span1_index": 6, "span1_text": "Lena", "span2_index": 9, "span2_text": "him"}, "label": False, "candidates": [{"text": "Otto"}]},
        {"idx": 2, "text": "Well , the drum fell on the flute and it broke.", "target": {"span1_index": 7, "span1_text": "the flute", "span2_index": 8, "span2_text": "it"}, "label": True, "candidates": [{"text": "the drum"}]},
    ]),
    "axb": (rte_like("sentence1", "sentence2"), [
        {"idx": "0", "sentence1": "No crow is white.", "sentence2": "Some crow isn\u2019t white.", "logic": "Negation", "label": "entailment"},
    ]),
    "axg": (rte_like("premise", "hypothesis"), [
        {"idx": 0, "pair_id": 100, "premise": "The tailor told the client that he had lost a button.", "hypothesis": "The client had lost a button.", "label": "not_entailment"},
        {"idx": 1, "pair_id": 102, "premise": "The tailor told the client that she had lost a button.", "hypothesis": "The client had lost a button.", "label": "not_entailment"},
    ]),
}


def wordpiece():
    vocab = {token: i for i, token in enumerate(VOCAB.read_text(encoding="utf-8").splitlines())}
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def byte_level(texts):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def main():
    rendered = {
        task: {id: patterns for row in rows for id, patterns in make(row)} for task, (make, rows) in TASKS.items()
    }
    texts = [
        part
        for examples in rendered.values()
        for patterns in examples.values()
        for clozes in patterns.values()
        for parts, answers in clozes
        for part in [*parts, *(text for _, text in answers)]
        if part not in (MASK, BORDER)
    ]
    bpe, wp = byte_level(texts), wordpiece()

    def ids(tokenizer, text):
        # GLM's tokenizers give nothing for a text of nothing but whitespace.
        return tokenizer.encode(text, add_special_tokens=False).ids if text.strip() else []

    def encoded(text):
        return {"text": str(text), "wordpiece": ids(wp, text), "bpe": ids(bpe, text)}

    def part(value):
        if value in (MASK, BORDER):
            return value
        return encoded(value) | {"shortenable": isinstance(value, S)}

    OUT.mkdir(parents=True, exist_ok=True)
    for task, (_, rows) in TASKS.items():
        examples = {
            id: {
                pattern: [
                    {
                        "parts": [part(each) for each in parts if each.strip()],
                        "answers": [encoded(text) | {"label": label} for label, text in answers],
                    }
                    for parts, answers in clozes
                ]
                for pattern, clozes in patterns.items()
            }
            for id, patterns in rendered[task].items()
        }
        document = {"rows": rows, "examples": examples}
        (OUT / f"{task}.json").write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    bpe.save(str(OUT / "bpe.json"), pretty=False)


if __name__ == "__main__":
    main()
