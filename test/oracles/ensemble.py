"""Writes test/fixtures/metrics/ensemble.json: PET's ensemble over patterns, and the spread of values over patterns.

The ensemble is the arg max of the mean over patterns of log-softmax over the labels (scipy); mean and standard deviation
are those of Python's statistics module, as in PET's modeling.py (_write_results: mean, stdev).

    python test/oracles/ensemble.py        # from the repository's root; needs `numpy` and `scipy`
"""

import json
import statistics
from pathlib import Path

import numpy as np
from scipy.special import log_softmax

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/metrics/ensemble.json"
LABELS = ["no", "yes", "maybe"]

random = np.random.default_rng(7)
scores = random.normal(-8, 1, (4, 30, 3)) * np.array([0.5, 1, 4, 9])[:, None, None]
means = log_softmax(scores, axis=-1).mean(axis=0)
# A constant for each example and pattern: averaging the raw scores, as PET does, chooses the same labels.
assert (scores.mean(axis=0).argmax(axis=-1) == means.argmax(axis=-1)).all()

values = [0.5, 0.4375, 0.625, 0.5625, 0.40625]
OUT.write_text(
    json.dumps(
        {
            "labels": LABELS,
            "scores": scores.tolist(),
            "means": means.tolist(),
            "predicted": [LABELS[k] for k in means.argmax(axis=-1)],
            "values": values,
            "mean": statistics.mean(values),
            "stdev": statistics.stdev(values),
        }
    )
    + "\n"
)
