"""The questions of glm_reference.py: GLM's SuperGLUE patterns as lists of parts, its truncation, and texts of our own.

A part is (text, whether it may be shortened), MASK, or SEGMENT (`||`). Each text is tokenised on its own.
"""

import json
import string

MASK, SEGMENT = "mask", "segment"
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-"})


def context_ids(parts, encode, mask, room):
    """The ids of the parts in at most `room` tokens, cut as the reference code cuts."""
    segments = [[]]
    for part in parts:
        if part == SEGMENT:
            segments.append([])
        elif part == MASK:
            segments[-1].append(([mask], False))
        else:
            segments[-1].append((encode(part[0]), part[1]))
    a, b = segments if len(segments) == 2 else (segments[0], [])

    def shortenable(segment):
        return sum(len(ids) for ids, may_shorten in segment if may_shorten)

    while sum(len(ids) for ids, _ in a + b) > room:
        longer = a if shortenable(a) > shortenable(b) else b
        [ids for ids, may_shorten in longer if may_shorten and ids][-1].pop()
    return [id for ids, _ in a + b for id in ids]


def question(id, parts, answers, words=True, decision="best"):
    """`answers`: (label or None, text) over one list of parts, or (label, text, parts) where each has its own."""
    asked = []
    for label, text, *own in answers:
        asked.append({"text": text, "parts": own[0] if own else parts} | ({"label": label} if label is not None else {}))
    return {"id": id, "answers": asked, "words": words, "decision": decision}


def of_text(id, text, answers):
    """A text with one [MASK]. Whitespace on its left is no part of the text; answers start with a space instead."""
    before, after = text.split("[MASK]")
    space = " " if before != before.rstrip() else ""
    parts = [(before.rstrip(), False), MASK, (after, False)]
    return question(id, parts, [(None, space + answer) for answer in answers], words=False)


def rp(text):
    return text.rstrip(string.punctuation)


def whole(text):
    return (text, False)


def cut(text):
    return (text, True)


def plain(value):
    """The same JSON value with typographic quotes and dashes made plain in every text."""
    if isinstance(value, str):
        return value.translate(PLAIN)
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def rows(root, name, clean=True):
    for line in (root / name / "val.jsonl").read_text(encoding="utf-8").splitlines():
        yield plain(json.loads(line)) if clean else json.loads(line)


def labels(names, words):
    return list(zip(names, words, strict=True))


def entailment(names, words, row, pattern):
    a, b, raw = row["premise"], rp(row["hypothesis"]), row["hypothesis"]
    if pattern == 0:
        parts = [whole('"'), cut(b), whole('" ?'), SEGMENT, MASK, whole(","), whole(' "'), cut(a), whole('"')]
    elif pattern == 3:
        parts = [cut(b), whole("?"), SEGMENT, MASK, whole("."), cut(" " + a)]
    else:  # CB's pattern 4
        parts = [cut(a), whole(" question:"), cut(" " + raw), whole(" true, false or neither?"), whole(" answer:"), MASK]
    return parts, labels(names, words)


def boolq(row, pattern):
    p, q = row["passage"], row["question"]
    if pattern == 1:
        return [cut(p), whole(" Question:"), cut(" " + q), whole("? Answer:"), MASK, whole(".")], labels(
            ["false", "true"], [" false", " true"]
        )
    parts = [whole("Based on the following passage"), cut(" " + q), whole("?"), MASK, whole("."), cut(" " + p)]
    return parts, labels(["false", "true"], [" No", " Yes"])


def copa(row, pattern):
    choices = [rp(row[name][:1].lower() + row[name][1:]) for name in ("choice1", "choice2")]
    p, cause = rp(row["premise"]), row["question"] == "cause"
    asked = [whole('"'), whole(choices[0]), whole('" or "'), whole(choices[1]), whole('"?')]
    if pattern == 0:
        parts = [*asked, cut(" " + p), whole(" because" if cause else ", so"), MASK, whole(".")]
        return parts, [(str(k), " " + choice) for k, choice in enumerate(choices)]
    word = " because" if cause else " so"
    return None, [(str(k), word, [*asked, cut(p), MASK, whole(" " + choice)]) for k, choice in enumerate(choices)]


def multirc(passage, asked, answer, pattern):
    p, q, x = rp(passage.rstrip()), rp(asked.rstrip()), answer
    if pattern == 0:
        parts = [cut(p), whole("."), whole(" Question:"), whole(f" {q}?"), whole(" Is it"), whole(" " + x), whole("?")]
        return [*parts, MASK, whole(".")], labels(["0", "1"], [" No", " Yes"])
    return [cut(p), whole(" " + q), whole("- ["), MASK, whole("]"), whole(x)], labels(["0", "1"], [" False", " True"])


def wic(row, pattern):
    a, b, w = row["sentence1"], row["sentence2"], row["word"]
    if pattern == 1:
        parts = [cut(a), cut(" " + b), whole(f" Does {w} have the same meaning in both sentences?"), MASK]
        return parts, labels(["false", "true"], [" No", " Yes"])
    parts = [whole(w), whole(" ."), whole(' Sense (1) (a) "'), cut(a), whole('"'), whole(" ("), MASK, whole(') "')]
    return [*parts, whole(b), whole('"')], labels(["false", "true"], ["2", "b"])


def wsc(row):
    tokens, target = row["text"].translate(PLAIN).split(), row["target"]
    pronoun, at = target["span2_text"], target["span2_index"]
    at = next((i for i in (at, at + 1, at - 1) if 0 <= i < len(tokens) and tokens[i] == pronoun), at)
    rest = tokens[at].removeprefix(pronoun)
    tokens[at : at + 1] = [f"*{pronoun}*", *([rest] if rest else [])]
    asked = f" Question: In the passage above, what does the pronoun '*{pronoun}*' refer to?"
    parts = [cut(" ".join(tokens)), whole(asked), whole(" Answer:"), MASK, whole(".")]
    return parts, [("true", " " + target["span1_text"])]


def record(passage, query):
    text = passage["text"].replace("@highlight\n", "- ")
    entities = {passage["text"][at["start"] : at["end"] + 1] for at in passage["entities"]}
    before, after = query.split("@placeholder")
    parts = [cut(text), whole((" " + before).rstrip()), MASK, whole(after)]
    return parts, [(None, " " + entity) for entity in sorted(entities)]


def superglue(root, limit):
    """Every task's published default pattern (of WSC the one without candidates), and some that ask otherwise."""

    def first(task, pattern, name, make, clean=True, **rule):
        for k, row in zip(range(limit), rows(root, name, clean)):
            yield question(f"{task}/{pattern}/{row['idx'] if 'idx' in row else k}", *make(row), **rule)

    def nested(name, each):
        return [made for row in rows(root, name) for made in each(row)][:limit]

    def multirc_asked(task, pattern, words=None):
        def each(row):
            for asked in row["passage"]["questions"]:
                for answer in asked["answers"]:
                    id = f"{task}/p{pattern}/{row['idx']}-{asked['idx']}-{answer['idx']}"
                    parts, answers = multirc(row["passage"]["text"], asked["question"], answer["text"], pattern)
                    yield question(id, parts, labels(["0", "1"], words) if words else answers)

        return nested("MultiRC", each)

    def record_asked(row):
        for asked in row["qas"]:
            yield question(f"record/p0/{asked['idx']}", *record(row["passage"], asked["query"]), words=False)

    cb, rte = ["entailment", "contradiction", "neutral"], ["entailment", "not_entailment"]
    yes = [" Yes", " No", " Maybe"]
    yield from first("boolq", "p4", "BoolQ", lambda row: boolq(row, 4))
    yield from first("cb", "p3", "CB", lambda row: entailment(cb, yes, row, 3))
    yield from first("copa", "p0", "COPA", lambda row: copa(row, 0), clean=False, words=False)
    yield from multirc_asked("multirc", 0)
    yield from nested("ReCoRD", record_asked)
    yield from first("rte", "p0", "RTE", lambda row: entailment(rte, yes[:2], row, 0))
    yield from first("wic", "p1", "WiC", lambda row: wic(row, 1))
    yield from first("wsc", "p2-exact", "WSC", wsc, clean=False, words=False, decision="greedy")
    # Words of several tokens, words of one token each, one text an answer, and words of one token in texts too long.
    yield from first("boolq", "p1", "BoolQ", lambda row: boolq(row, 1))
    yield from first("cb", "p4", "CB", lambda row: entailment(cb, [" true", " false", " neither"], row, 4))
    yield from first("copa", "p2", "COPA", lambda row: copa(row, 2), clean=False, words=False)
    yield from multirc_asked("multirc", 3)
    yield from first("wic", "p2", "WiC", lambda row: wic(row, 2))
    yield from multirc_asked("one-token", 0, [" no", " true"])


ENGLISH = [
    ("The old teacher crosses the [MASK] in the morning.", ["wooden bridge", "harbour", "winter of 1987"]),
    ("[MASK] was what nobody had asked for.", ["An unfinished letter", "Her own garden", "Nothing"]),
    ("Her cousin doesn't remember the name of the [MASK]", ["painter", "city council", "naïve café owner in Ångström"]),
    ('They called it "[MASK]" for as long as I can\'t say.', ["the question of money", "12345", "-- yes, really..."]),
    ("Two passengers (one of them [MASK]) paid $4.50 each.", ["young", "a small boat's cook", "😀👍"]),
    ("First line.\nSecond line:\t[MASK]\n\nLast line.", ["here", "a simple example", "x y z"]),
    ("Zoë wrote: [MASK], and then  three  spaces   followed.", ["straße", "你好世界", "Good-bye!"]),
    ("Is a river longer than a road? [MASK].", ["Yes", "No", "It depends on the river"]),
    ("The library of a town that has no [MASK] is a shed with a key that hangs on a nail behind the door of the mayor.",
     ["library", "readers at all", "mayor, no key and no nail"]),
    ("one[MASK]three", ["two", " two ", "-and-"]),
]  # fmt: skip

CHINESE = [
    ("邻居的猫经过了[MASK]。", ["港口", "河边的桥", "三座黄色的房子"]),
    ("[MASK]没有提到钱的问题。", ["我的朋友", "年轻的画家", "图书馆"]),
    ("今天的天气很好，老师正在看[MASK]", ["一本旧书", "简单的例子", "冬天的早晨的小船"]),
    ("问题：这个城市有港口吗？回答：[MASK]。", ["有", "没有", "从来没见过"]),
    ("小船带着两个乘客（其中一个是[MASK]）回来了。", ["画家", "邻居的老师", "Zoë"]),
    ("她花了１２３块买的是[MASK]，不是花园。", ["一封没写完的信", "45 本书", "ＡＢＣ"]),
    ("我喜欢 the old [MASK] 的故事。", ["teacher", "wooden bridge", "老师"]),
    ("河边的图书馆里没有人，只有一只猫、一封信和[MASK]；\n门口写着：“今天不开”。", ["一座桥", "哈哈哈", "……"]),
    ("这句话里  有 多余的空格，[MASK] 也不例外。", ["例子", "这个 问题", "两个"]),
    ("「[MASK]」，他说。", ["你好世界", "从来没见过港口的小船", "😀"]),
]  # fmt: skip
