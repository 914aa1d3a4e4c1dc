"""Keys and lines of the score cache, as Python's json, hashlib and zlib make them.

    python test/oracles/score_cache.py > test/fixtures/score-cache/cases.json
"""

import hashlib
import json
import zlib

ANSWERS = [[7, 8], [9]]
QUESTIONS = [
    {"context": [2, 11, 4, 12, 3], "blank": 2, "answers": ANSWERS},
    {
        "text": {"left": {"ids": [101, 5], "types": [0, 0]}, "blankType": 0, "right": {"ids": [102], "types": [1]}},
        "answers": ANSWERS,
    },
    {"encoder": [5, 32099, 1], "before": [0, 32099], "closing": [32098], "answers": ANSWERS},
    {"context": [50256], "closing": [], "answers": [[0]]},
]
RECORD = {
    "key": "0123456789abcdef0123456789abcdef",
    "answers": [
        {
            "tokenIds": [7],
            "tokenLogProbs": [-8.591234207153320],
            "isGreedy": [False],
            "closing": {"tokenIds": [6], "logProbs": [-0.25], "isGreedy": [True]},
        }
    ],
}


def compact(value, **more):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, **more)


def key(question):
    return hashlib.sha256(compact(question, sort_keys=True).encode()).hexdigest()[:32]


def line(value):
    text = compact(value)
    return f"{zlib.crc32(text.encode()):08x} {text}"


cases = {
    "keys": [{"question": q, "key": key(q)} for q in QUESTIONS],
    "record": {"entry": RECORD, "line": line(RECORD)},
}
print(json.dumps(cases, indent=1))
