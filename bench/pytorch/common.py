"""What the PyTorch sides of the bench share: batches as lm-evaluation-harness makes them, and the talk with the bench."""

import json
import sys
import time


def batches(requests, tokens):
    """Longest first, as many as make `tokens` with their padding. `size` is a request's length in tokens."""
    batch = []
    for request in sorted(requests, key=lambda r: -r.size):
        if batch and (len(batch) + 1) * batch[0].size > tokens:
            yield batch
            batch = []
        batch.append(request)
    yield batch


def serve(versions, score):
    """Prints the versions, then answers each line of JSON with the scores of what it asks and the time they took."""
    print(json.dumps({"versions": versions}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        cpu, wall = time.process_time(), time.perf_counter()
        scores = score(asked)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({"wall": wall, "cpu": cpu, "scores": scores}), flush=True)
