"""Writes test/fixtures/data: one small table in every format that a task can read, and what it holds (expected.json).

CSV and TSV are written by Python's csv module, Parquet by pyarrow in every compression, with row groups of two rows.

    python test/oracles/data_files.py      # from the repository's root; needs `pyarrow`
"""

import csv
import datetime
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

OUT = Path(__file__).resolve().parents[2] / "test/fixtures/data"

TEXTS = [
    "Plain words.",
    'She said "no", twice.',
    "Two\nlines, one field",
    "tab\there; größer, 東京, 🙂",
    "",
]
LABELS = [1, 0, 2, 1, 0]
ANSWERS = [["a", "b"], ["c"], ["d", "e", "f"], ["g", "h"], ["i"]]

rows = [
    {
        "text": text,
        "label": label,
        "answers": answers,
        "big": 9007199254740993 + i,
        "share": i / 2,
        "right": i % 2 == 0,
        "missing": None if i == 1 else f"m{i}",
        "inner": {"name": f"n{i}", "counts": [i, 2 * i]},
        "when": datetime.datetime(2024, 1, 1 + i, 12, 30, tzinfo=datetime.timezone.utc),
    }
    for i, (text, label, answers) in enumerate(zip(TEXTS, LABELS, ANSWERS))
]

OUT.mkdir(parents=True, exist_ok=True)
for name, delimiter in [("table.csv", ","), ("table.tsv", "\t")]:
    with open(OUT / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["text", "label"])
        writer.writerows((row["text"], row["label"]) for row in rows)

table = pa.Table.from_pylist(
    rows,
    schema=pa.schema(
        [
            ("text", pa.string()),
            ("label", pa.int64()),
            ("answers", pa.list_(pa.string())),
            ("big", pa.int64()),
            ("share", pa.float64()),
            ("right", pa.bool_()),
            ("missing", pa.string()),
            ("inner", pa.struct([("name", pa.string()), ("counts", pa.list_(pa.int64()))])),
            ("when", pa.timestamp("us", tz="UTC")),
        ]
    ),
)
for compression in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    pq.write_table(table, OUT / f"table-{compression}.parquet", compression=compression, row_group_size=2)

expected = [
    {**row, "big": str(row["big"]), "when": row["when"].strftime("%Y-%m-%dT%H:%M:%S.000Z")} for row in rows
]
(OUT / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
