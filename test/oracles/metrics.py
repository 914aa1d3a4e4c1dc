"""Writes test/fixtures/metrics/*.json: what scikit-learn, SciPy and NumPy say of small random predictions.

Needs numpy, scipy, scikit-learn. Run from the repository's root: python test/oracles/metrics.py
"""

import json
import re
import string
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

OUT = Path(__file__).parent.parent / "fixtures" / "metrics"
rng = np.random.default_rng(20240613)


# --- texts: the evaluation script of ReCoRD (and SQuAD 1.1), restated -------------------------------------------------


def normalize_answer(text):
    text = "".join(c for c in text.lower() if c not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def text_f1(prediction, truth):
    p, t = normalize_answer(prediction).split(), normalize_answer(truth).split()
    same = sum((Counter(p) & Counter(t)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(p), same / len(t)
    return 2 * precision * recall / (precision + recall)


def text_em(prediction, truth):
    return float(normalize_answer(prediction) == normalize_answer(truth))


# --- bootstrap: xoshiro128** seeded by SplitMix32, restated, and NumPy's percentiles ----------------------------------

M = 0xFFFFFFFF


def rotl(x, k):
    return ((x << k) | (x >> (32 - k))) & M


def xoshiro(s):
    s = list(s)
    while True:
        yield (rotl((s[1] * 5) & M, 7) * 9) & M
        t = (s[1] << 9) & M
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotl(s[3], 11)


def seeded(seed):
    words = []
    for i in range(1, 5):
        z = (seed + i * 0x9E3779B9) & M
        z = ((z ^ (z >> 16)) * 0x85EBCA6B) & M
        z = ((z ^ (z >> 13)) * 0xC2B2AE35) & M
        words.append(z ^ (z >> 16))
    return xoshiro(words)


def percentile_bootstrap(units, value, seed, draws):
    """`units` are lists of predictions that are drawn together; `value` judges a list of predictions."""
    random = seeded(seed)
    values = []
    for _ in range(draws):
        drawn = [units[(next(random) * len(units)) >> 32] for _ in units]
        # A unit drawn twice counts as two.
        values.append(value([{**p, "copy": i} for i, unit in enumerate(drawn) for p in unit]))
    return [float(x) for x in np.percentile(values, [2.5, 97.5])]


# --- metrics over lists of predictions --------------------------------------------------------------------------------


def columns(predictions):
    return [p["label"] for p in predictions], [p["predicted"] for p in predictions]


def em(predictions):
    groups = {}
    for p in predictions:
        groups.setdefault((p.get("copy"), p.get("cluster"), p["group"]), []).append(p["label"] == p["predicted"])
    return float(np.mean([all(g) for g in groups.values()]))


def gps(predictions):
    groups = {}
    for p in predictions:
        groups.setdefault((p.get("copy"), p["group"]), []).append(p["predicted"])
    return float(np.mean([len(set(g)) == 1 for g in groups.values()]))


METRICS = {
    "accuracy": lambda ps, labels: accuracy_score(*columns(ps)),
    "f1_macro": lambda ps, labels: f1_score(*columns(ps), average="macro", zero_division=0),
    "f1a": lambda ps, labels: f1_score(*columns(ps), pos_label=labels[1], zero_division=0)
    if labels[1] in sum(columns(ps), [])
    else 0.0,
    "mcc": lambda ps, labels: matthews_corrcoef(*columns(ps)),
    "em": lambda ps, labels: em(ps),
    "gender_parity": lambda ps, labels: gps(ps),
    "token_f1": lambda ps, labels: np.mean([max(text_f1(p["predicted"], g) for g in p["gold"]) for p in ps]),
    "exact_match": lambda ps, labels: np.mean([max(text_em(p["predicted"], g) for g in p["gold"]) for p in ps]),
}


def labelled(n, labels, skill, weights=None):
    gold = rng.choice(labels, n, p=weights)
    guess = rng.choice(labels, n)
    return [
        {"exampleId": str(i), "label": str(g), "predicted": str(g if rng.random() < skill else x)}
        for i, (g, x) in enumerate(zip(gold, guess))
    ]


def by(predictions, key):
    units = {}
    for p in predictions:
        units.setdefault(p[key], []).append(p)
    return list(units.values())


def case(metric, predictions, labels, unit=None, draws=60):
    value = METRICS[metric]
    units = by(predictions, unit) if unit else [[p] for p in predictions]
    seed = int(rng.integers(0, 2**32))
    low, high = percentile_bootstrap(units, lambda ps: value(ps, labels), seed, draws)
    interval = {"seed": seed, "draws": draws, "low": low, "high": high}
    constant = None
    if labels:
        constant = max(float(value([{**p, "predicted": label} for p in predictions], labels)) for label in labels)
    if metric == "accuracy":
        ci = binomtest(sum(p["label"] == p["predicted"] for p in predictions), len(predictions)).proportion_ci(
            method="wilson"
        )
        interval = {"low": float(ci.low), "high": float(ci.high)}
    return {
        "metric": metric,
        "labels": labels,
        "predictions": predictions,
        "value": float(value(predictions, labels)),
        "constant": constant,
        "interval": interval,
    }


def metric_cases():
    two, three = ["no", "yes"], ["entailment", "contradiction", "neutral"]
    cases = []
    for skill, n in [(0.0, 7), (0.5, 31), (1.0, 12)]:
        cases.append(case("accuracy", labelled(n, two, skill), two))
        cases.append(case("mcc", labelled(n, two, skill, [0.7, 0.3]), two))
        cases.append(case("f1_macro", labelled(n, three, skill, [0.5, 0.45, 0.05]), three))
        multirc = [
            {**p, "group": f"q{i // 3}", "cluster": f"p{i // 9}"}
            for i, p in enumerate(labelled(3 * n, two, skill))
        ]
        cases.append(case("f1a", multirc, two, "cluster"))
        cases.append(case("em", multirc, two, "cluster"))
        pairs = [{**p, "group": f"pair{i // 2}"} for i, p in enumerate(labelled(2 * n, two, skill))]
        cases.append(case("gender_parity", pairs, two, "group"))
        texts = [
            {
                "exampleId": str(i),
                "cluster": f"p{i // 4}",
                "predicted": phrase(),
                "gold": [phrase() for _ in range(rng.integers(1, 4))],
            }
            for i in range(n)
        ]
        for p in texts:
            if rng.random() < skill / 2:
                p["predicted"] = p["gold"][0].upper()
        cases.append(case("token_f1", texts, [], "cluster"))
        cases.append(case("exact_match", texts, [], "cluster"))
    return cases


WORDS = ["the", "The", "an", "a", "river", "River's", "U.S.", "St.", "Zürich", "Éa", "été", "naïve", "42", "x_y",
         "and/or", "\u201cquoted\u201d", "İzmir", "ΟΔΟΣ", "ta\u0301 a", "the-an", "\u4e00a", "a\u0301", "²a"]
GAPS = [" ", "  ", "\t", "\u00a0", "\u2009", "\x1f", "\u200b", "\ufeff"]


def phrase(words=3):
    chosen = rng.choice(WORDS, rng.integers(1, words + 1))
    return "".join(str(w) + str(rng.choice(GAPS, p=[0.65] + [0.05] * 7)) for w in chosen)[:-1]


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    texts = [phrase(5) for _ in range(150)] + ["", "the", "a an the", "?!", " the\n"]
    pairs = [[texts[i], texts[j]] for i, j in rng.integers(0, len(texts), (100, 2))]
    state = xoshiro([1, 2, 3, 4])
    numbers = seeded(7)
    files = {
        "cases.json": metric_cases(),
        "wilson.json": [
            [k, n, float(ci.low), float(ci.high)]
            for k, n in [(0, 1), (1, 1), (0, 56), (3, 56), (28, 56), (56, 56), (2033, 3270), (99, 100), (1, 10000)]
            for ci in [binomtest(k, n).proportion_ci(method="wilson")]
        ],
        "texts.json": {
            "normalized": [[t, normalize_answer(t)] for t in texts],
            "compared": [[p, t, text_f1(p, t), text_em(p, t)] for p, t in pairs],
        },
        "random.json": {"state1234": [next(state) for _ in range(10)], "seed7": [next(numbers) for _ in range(10)]},
    }
    for name, content in files.items():
        (OUT / name).write_text(json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
