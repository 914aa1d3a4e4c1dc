"""Writes test/fixtures/hub-superglue: some sets of the bundled sample as the hub's super_glue data set has them, in Parquet.

The rows are made as the data set's loading script made them (huggingface/datasets, datasets/super_glue/super_glue.py), the
columns have the types of its features: a ClassLabel is an int64, a sequence of structures a structure of lists.

    python test/oracles/hub_superglue.py      # from the repository's root; needs `pyarrow`
"""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data/superglue-sample"
OUT = ROOT / "test/fixtures/hub-superglue"

INT, TEXT, LABEL, TEXTS = pa.int32(), pa.string(), pa.int64(), pa.list_(pa.string())


def boolq(row):
    yield {"question": row["question"], "passage": row["passage"], "idx": row["idx"], "label": int(row["label"])}


def multirc(row):
    for question in row["passage"]["questions"]:
        for answer in question["answers"]:
            yield {
                "paragraph": row["passage"]["text"],
                "question": question["question"],
                "answer": answer["text"],
                "idx": {"paragraph": row["idx"], "question": question["idx"], "answer": answer["idx"]},
                "label": answer["label"],
            }


def record(row):
    text = row["passage"]["text"]
    spans = [(text[e["start"] : e["end"] + 1], e["start"], e["end"] + 1) for e in row["passage"]["entities"]]
    spans.sort(key=lambda span: span[1])
    for query in row["qas"]:
        yield {
            "passage": text,
            "query": query["query"],
            # sets, whose order is any
            "entities": sorted({span[0] for span in spans}, reverse=True),
            "entity_spans": {
                "text": [span[0] for span in spans],
                "start": [span[1] for span in spans],
                "end": [span[2] for span in spans],
            },
            "answers": sorted({answer["text"] for answer in query["answers"]}, reverse=True),
            "idx": {"passage": row["idx"], "query": query["idx"]},
        }


def wsc(row):
    target = row["target"]
    yield {
        "text": row["text"],
        "span1_index": target["span1_index"],
        "span2_index": target["span2_index"],
        "span1_text": target["span1_text"],
        "span2_text": target["span2_text"],
        "idx": row["idx"],
        "label": int(row["label"]),
    }


def struct(*names):
    return pa.struct([(name, INT) for name in names])


SETS = [
    ("boolq", "BoolQ", boolq, {"question": TEXT, "passage": TEXT, "idx": INT, "label": LABEL}),
    (
        "multirc",
        "MultiRC",
        multirc,
        {
            "paragraph": TEXT,
            "question": TEXT,
            "answer": TEXT,
            "idx": struct("paragraph", "question", "answer"),
            "label": LABEL,
        },
    ),
    (
        "record",
        "ReCoRD",
        record,
        {
            "passage": TEXT,
            "query": TEXT,
            "entities": TEXTS,
            "entity_spans": pa.struct([("text", TEXTS), ("start", pa.list_(INT)), ("end", pa.list_(INT))]),
            "answers": TEXTS,
            "idx": struct("passage", "query"),
        },
    ),
    (
        "wsc",
        "WSC",
        wsc,
        {
            "text": TEXT,
            "span1_index": INT,
            "span2_index": INT,
            "span1_text": TEXT,
            "span2_text": TEXT,
            "idx": INT,
            "label": LABEL,
        },
    ),
]

for config, folder, rows_of, columns in SETS:
    lines = (SAMPLE / folder / "val.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [made for line in lines for made in rows_of(json.loads(line))]
    target = OUT / config / "validation-00000-of-00001.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(columns.items())), target)
    print(target.relative_to(ROOT), len(rows), target.stat().st_size)
