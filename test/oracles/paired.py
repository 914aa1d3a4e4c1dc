"""Writes test/fixtures/metrics/paired.json: what statsmodels, SciPy and NumPy say of two models on the same examples.

Needs numpy, scipy, scikit-learn, statsmodels. Run from the repository's root: python test/oracles/paired.py
Prints besides, for a reader, how near other methods of SciPy come to the paired bootstrap.
"""

import json
import math
from fractions import Fraction

import numpy as np
from metrics import METRICS, OUT, labelled, seeded
from scipy.stats import binomtest, bootstrap, permutation_test
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(1998)


# --- McNemar's exact test ---------------------------------------------------------------------------------------------


def mcnemar_p(b, c):
    """By integers alone; statsmodels and SciPy must say the same."""
    n, k = b + c, min(b, c)
    exact = min(Fraction(1), Fraction(2 * sum(math.comb(n, i) for i in range(k + 1)), 2**n))
    p = float(exact)
    table = mcnemar([[0, b], [c, 0]], exact=True).pvalue
    assert math.isclose(table, p, rel_tol=1e-9, abs_tol=1e-300), (b, c, table, p)
    if n > 0:
        test = binomtest(b, n).pvalue
        assert math.isclose(test, p, rel_tol=1e-9, abs_tol=1e-300), (b, c, test, p)
    return p


def mcnemar_cases():
    discordant = [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (5, 0), (6, 0), (12, 5), (10, 2), (25, 25), (25, 26), (100, 140),
                  (512, 513), (1000, 1100), (3000, 3200), (2500, 5000), (4000, 4000), (900, 0), (1000, 20), (1030, 3),
                  (1500, 150), (7000, 6600)]
    discordant += [tuple(int(x) for x in rng.integers(0, high, 2)) for high in [4, 10, 40, 300] for _ in range(15)]
    return [[b, c, mcnemar_p(b, c)] for b, c in discordant]


# --- Newcombe's interval of paired proportions, method 10 --------------------------------------------------------------


def newcombe(a, b, c, d):
    """Newcombe 1998, Statistics in Medicine 17:2635-2650, method 10; a..d: both, only the first, only the second, neither."""
    n = a + b + c + d
    p2, p3 = (a + b) / n, (a + c) / n
    l2, u2 = proportion_confint(a + b, n, method="wilson")
    l3, u3 = proportion_confint(a + c, n, method="wilson")
    product, determinant = (a + b) * (c + d) * (a + c) * (b + d), a * d - b * c
    if product == 0:
        phi = 0.0
    elif determinant < 0:
        phi = determinant / math.sqrt(product)
    else:
        phi = max(determinant - n / 2, 0) / math.sqrt(product)
    dl2, du2, dl3, du3 = p2 - l2, u2 - p2, p3 - l3, u3 - p3
    delta = math.sqrt(max(dl2**2 - 2 * phi * dl2 * du3 + du3**2, 0))
    epsilon = math.sqrt(max(du2**2 - 2 * phi * du2 * dl3 + dl3**2, 0))
    return p2 - p3 - delta, p2 - p3 + epsilon


# As printed: Newcombe 1998; Fagerland, Lydersen and Laake 2014 (airway reactivity before and after stem cell
# transplantation; complete response before and after consolidation therapy), the latter as in the tests of the R
# package contingencytables.
PUBLISHED = [
    ((36, 12, 2, 0), 4, 0.0569, 0.3404),
    ((1, 1, 7, 12), 3, -0.507, -0.026),
    ((59, 6, 16, 80), 4, -0.1186, -0.0046),
]


def newcombe_cases():
    for table, digits, low, high in PUBLISHED:
        assert [round(x, digits) for x in newcombe(*table)] == [low, high], (table, newcombe(*table))
    tables = [table for table, *_ in PUBLISHED]
    tables += [(0, 0, 0, 30), (30, 0, 0, 0), (20, 0, 0, 10), (29, 1, 0, 0), (0, 30, 0, 0), (0, 0, 30, 0), (0, 29, 1, 0),
               (0, 15, 15, 0), (1, 0, 0, 0), (0, 1, 0, 0), (2000, 300, 250, 720), (5000, 4000, 10, 990)]
    tables += [tuple(int(x) for x in rng.integers(0, high, 4) + [1, 0, 0, 0]) for high in [3, 8, 30, 400] for _ in range(8)]
    return [[*table, *newcombe(*table)] for table in tables]


# --- the paired bootstrap, replayed -----------------------------------------------------------------------------------


def unit_of(p):
    if "group" in p:
        # A pair of AX-g, a question of MultiRC.
        return (p.get("cluster"), p["group"])
    return p.get("cluster", p["exampleId"])


def by_unit(predictions):
    units = {}
    for k, p in enumerate(predictions):
        units.setdefault(unit_of(p), []).append(k)
    return list(units.values())


def difference(metric, labels, first, second, units):
    """Of the units given by the places of their examples; a unit drawn twice counts as two."""

    def value(predictions):
        drawn = [{**predictions[k], "copy": i} for i, unit in enumerate(units) for k in unit]
        return float(METRICS[metric](drawn, labels))

    d = value(first) - value(second)
    return 0.0 if abs(d) < 1e-12 else d


def paired_bootstrap(metric, labels, first, second, seed, draws):
    units = by_unit(first)
    random = seeded(seed)
    drawn = [
        difference(metric, labels, first, second, [units[(next(random) * len(units)) >> 32] for _ in units])
        for _ in range(draws)
    ]
    low, high = (float(x) for x in np.percentile(drawn, [2.5, 97.5]))
    extreme = min(sum(d <= 0 for d in drawn), sum(d >= 0 for d in drawn))
    return low, high, min(1.0, 2 * (1 + extreme) / (draws + 1)), len(units)


def variant(predictions, labels, change):
    """The same examples, each predicted anew with probability `change`."""
    return [
        {**p, "predicted": str(rng.choice(labels))} if rng.random() < change else dict(p) for p in predictions
    ]


def case(metric, labels, first, second, draws=80):
    seed = int(rng.integers(0, 2**32))
    low, high, p, n = paired_bootstrap(metric, labels, first, second, seed, draws)
    return {
        "metric": metric, "labels": labels, "seed": seed, "draws": draws, "n": n,
        "first": first, "second": [p["predicted"] for p in second],
        "difference": difference(metric, labels, first, second, by_unit(first)), "low": low, "high": high, "p": p,
    }  # fmt: skip


def nested(predictions, group, cluster):
    return [{**p, "group": f"{i // group % 2}", "cluster": f"p{i // cluster}"} for i, p in enumerate(predictions)]


TEXTS = ["the North Sea", "North Sea", "Baltic Sea", "a river", "The river Elbe", "Elbe", "port of Kiel", "Kiel"]


def bootstrap_cases():
    two, three = ["no", "yes"], ["entailment", "contradiction", "neutral"]
    cases = []
    for n, skill, change in [(24, 0.5, 0.5), (40, 0.8, 0.2), (30, 0.6, 1.0)]:
        single = labelled(n, two, skill)
        cases.append(case("mcc", two, single, variant(single, two, change)))
        single = labelled(n, three, skill, [0.5, 0.4, 0.1])
        cases.append(case("f1_macro", three, single, variant(single, three, change)))
        # Questions of two options, two questions a passage, numbered anew in each passage.
        multirc = nested(labelled(2 * n, two, skill), 2, 4)
        other = variant(multirc, two, change)
        cases += [case(metric, two, multirc, other) for metric in ("f1a", "em")]
        pairs = [{**p, "group": f"pair{i // 2}"} for i, p in enumerate(labelled(n, two, skill))]
        other = variant(pairs, two, change)
        cases += [case(metric, two, pairs, other) for metric in ("gender_parity", "accuracy")]
        record = [
            {"exampleId": str(i), "cluster": f"p{i // 3}", "predicted": str(rng.choice(TEXTS)),
             "gold": [str(t) for t in rng.choice(TEXTS, 2)]}
            for i in range(n)
        ]  # fmt: skip
        other = variant(record, TEXTS, change)
        cases += [case(metric, [], record, other) for metric in ("token_f1", "exact_match")]
    return cases


def sanity():
    """Other methods on one set of 300 examples: not the same numbers, but near ones."""
    two = ["no", "yes"]
    first = labelled(300, two, 0.55)
    second = [{**p, "predicted": str(rng.choice(two)) if rng.random() < 0.4 else p["predicted"]} for p in first]
    for metric in ("mcc", "accuracy"):
        ours = paired_bootstrap(metric, two, first, second, 0, 2000)
        gold, a, b = (np.array([x == "yes" for x in xs]) for xs in (
            [p["label"] for p in first], [p["predicted"] for p in first], [p["predicted"] for p in second]))  # fmt: skip

        def score(x, y):
            if metric == "accuracy":
                return np.mean(x == y, axis=-1)
            return np.corrcoef(x, y)[0, 1]

        observed = bootstrap((gold, a, b), lambda g, x, y: score(g, x) - score(g, y), paired=True, vectorized=False,
                             n_resamples=2000, method="percentile", rng=np.random.default_rng(1))  # fmt: skip
        # Swapping the models' answers to an example at random.
        swap = permutation_test((a, b), lambda x, y: score(gold, x) - score(gold, y), permutation_type="samples",
                                vectorized=False, n_resamples=4000, rng=np.random.default_rng(2))  # fmt: skip
        print(metric, "ours", [round(x, 4) for x in ours[:3]], "SciPy bootstrap",
              [round(float(x), 4) for x in observed.confidence_interval], "SciPy permutation p", round(swap.pvalue, 4))  # fmt: skip


def main():
    content = {"mcnemar": mcnemar_cases(), "newcombe": newcombe_cases(), "bootstrap": bootstrap_cases()}
    (OUT / "paired.json").write_text(json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n")
    sanity()


main()
