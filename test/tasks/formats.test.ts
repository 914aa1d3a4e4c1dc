import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { loadTask } from "../../src/tasks/index.js";
import { catchError, folders, jsonLines } from "./helpers.js";

const folder = folders();
const FIXTURES = fileURLToPath(new URL("../fixtures/data/", import.meta.url));
const EXPECTED = JSON.parse(readFileSync(join(FIXTURES, "expected.json"), "utf8")) as {
  text: string;
  label: number;
}[];

/** Loads the examples of a file that a task names, with more lines below `data`. */
async function load(name: string, content: string | Uint8Array, data = "") {
  const root = folder({
    "task.yaml": `task: t
title: T
data:
  validation: ${JSON.stringify(name)}
${data}
metrics: [exact_match]
patterns:
  - id: p0
    text: "[MASK]"
    answers: [x]
`,
    [name]: content,
  });
  const task = await loadTask(join(root, "task.yaml"));
  return { root, ...(await task.load({ root })) };
}
const fields = async (...args: Parameters<typeof load>) =>
  (await load(...args)).examples.map((example) => example.fields);
const message = async (...args: Parameters<typeof load>) => {
  const error = await catchError(() => load(...args));
  expect(error.kind).toBe("data");
  return error.message.replace(/\S*\/(?=[\w.]+[: ])/g, "");
};

describe("a data file", () => {
  it.each(["none", "snappy", "gzip", "brotli", "zstd", "lz4"])("may be Parquet, %s", async (compression) => {
    expect(
      await fields("rows.parquet", readFileSync(join(FIXTURES, `table-${compression}.parquet`))),
    ).toEqual(EXPECTED);
  });

  it.each(["csv", "tsv"])("may be %s written by Python's csv module", async (extension) => {
    const { examples, file, root } = await load(
      `rows.${extension}`,
      readFileSync(join(FIXTURES, `table.${extension}`)),
    );
    expect(examples.map((example) => example.fields)).toEqual(
      EXPECTED.map(({ text, label }) => ({ text, label: String(label) })),
    );
    expect(file).toBe(join(root, `rows.${extension}`));
  });

  it("may be a JSON array, or JSON lines under any name", async () => {
    expect(await fields("rows.json", JSON.stringify(EXPECTED))).toEqual(EXPECTED);
    expect(await fields("rows.ndjson", jsonLines(EXPECTED))).toEqual(EXPECTED);
    expect(await fields("rows.dat", jsonLines(EXPECTED), "  reader: jsonl")).toEqual(EXPECTED);
  });

  it("may be CSV with any text", async () => {
    const text = fc.string({ unit: "grapheme" }).filter((value) => !/^\ufeff/.test(value));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 1 }), async (pairs) => {
        const content = Papa.unparse([["a", "b"], ...pairs], { newline: "\r\n" });
        expect(await fields("rows.csv", content)).toEqual(pairs.map(([a, b]) => ({ a, b })));
      }),
      { numRuns: 40 },
    );
  });

  it("may be a table with other delimiters, without quotes or without a header", async () => {
    expect(await fields("rows.csv", "a;b\n1;'2;3'\n", "  delimiter: ';'\n  quote: \"'\"")).toEqual([
      { a: "1", b: "2;3" },
    ]);
    expect(await fields("rows.tsv", 'a\tb\n"x\ty"\n', '  quote: ""')).toEqual([{ a: '"x', b: 'y"' }]);
    expect(await fields("rows.txt", "1,2\n\n3,4", "  reader: csv\n  header: [a, b]")).toEqual([
      { a: "1", b: "2" },
      { a: "3", b: "4" },
    ]);
  });

  it.each([
    ["rows.csv", 'a,b\n"x\ny",2\n3\n', "", "rows.csv:4: found 1 field; expected 2 (a, b)"],
    ["rows.csv", 'a,b\n1,2\n"x,3\n', "", "rows.csv:3: a quote opens a field on line 3 and never closes"],
    ["rows.csv", "a,a\n1,2\n", "", 'rows.csv:1: found column "a" twice in the header'],
    ["rows.csv", "", "", "rows.csv: found no examples"],
    ["rows.csv", Buffer.from("a\nb\nol\xe9\n", "latin1"), "", "rows.csv:3: found bytes that are not UTF-8"],
    ["rows.jsonl", Buffer.from('{}\n{"a":"ol\xe9"}', "latin1"), "", "rows.jsonl:2: found bytes that are not"],
    ["rows.csv", Buffer.from("a,b\n1,2\n", "utf16le"), "", "looks like UTF-16 without a byte order mark"],
    ["rows.csv", "a;b\n1;2\n", "", 'rows.csv:1: found one column, "a;b"; it looks like 2, separated by ";"'],
    ["rows.json", '{"a": 1}', "", 'rows.json: found {"a":1}; expected a list of JSON objects'],
    ["rows.json", "[1]", "", "rows.json: row 1: found 1; expected a JSON object"],
    ["rows.json", "[", "", "rows.json: the file is not JSON"],
    ["rows.jsonl", "{}\n{\n", "", "rows.jsonl:2: the line is not JSON"],
    ["rows.parquet", "PAR", "", "rows.parquet: the file cannot be read as Parquet"],
    ["rows.txt", "a", "", "the extension of"],
    ["rows.json", "[]", "  header: [a]", "rows.json is not a CSV or TSV file"],
    [
      "rows.jsonl",
      '{"idx":1}\n\n{"idx":1}',
      "",
      'rows.jsonl:3: found example "1" again; it is already in line 1',
    ],
    [
      "rows.json",
      '[{"idx":1},{"idx":1}]',
      "",
      'rows.json: row 2: found example "1" again; it is already in row 1',
    ],
  ])("%s with %j (%s) is refused: %s", async (name, content, data, expected) => {
    expect(await message(name, content, data)).toContain(expected);
  });

  it("may be pinned by hash", async () => {
    const { hash } = await load("rows.csv", "a\n1\n");
    const pin = (value: string) => `  sha256: { validation: ${value} }`;
    expect((await load("rows.csv", "a\n1\n", pin(hash))).examples).toHaveLength(1);
    expect(await message("rows.csv", "a\n2\n", pin(hash))).toContain(`expected ${hash}`);
    expect(await message("rows.csv", "a\n2\n", pin("abc"))).toContain("expected 64 hexadecimal digits");
  });

  it("may be named by its absolute path", async () => {
    const { root } = await load("rows.csv", "a\n1\n");
    const path = join(root, "rows.csv");
    const file = join(
      folder({
        "task.yaml": readFileSync(join(root, "task.yaml"), "utf8").replace(
          '"rows.csv"',
          JSON.stringify(path),
        ),
      }),
      "task.yaml",
    );
    const task = await loadTask(file);
    expect((await task.load({ root: folder({}) })).file).toBe(path);
  });
});
