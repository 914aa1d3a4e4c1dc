import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, it } from "vitest";
import { toCsv, unescapeCsvField } from "../../src/report/index.js";
import type { RunResults } from "../../src/results/index.js";
import { FULL, metric, run, superglue, task } from "./results.js";

type Row = Record<string, string>;

function parse(csv: string): Row[] {
  const parsed = Papa.parse<Row>(csv, { header: true, skipEmptyLines: true });
  expect(parsed.errors).toEqual([]);
  return parsed.data;
}

describe("toCsv", () => {
  const csv = toCsv(FULL, { published: ["bert-large", "majority-test"] });
  const rows = parse(csv);
  const row = (name: string, metricName: string) =>
    rows.find((one) => one.task === name && one.metric === metricName)!;

  it("has these columns", () => {
    expect(Object.keys(rows[0]!)).toEqual([
      ..."model protocol task pattern metric value ci_low ci_high interval n majority ties truncated".split(
        " ",
      ),
      ..."end_of_piece normalization status message split sample_data family aggregate fewshot shots_dropped kind calibration".split(
        " ",
      ),
      ...["limit", "limit_by", "limit_seed", "same_tokens"],
      ...["bert-large", "bert-large_source", "bert-large_split", "bert-large_setting"],
      ...["majority-test", "majority-test_source", "majority-test_split", "majority-test_setting"],
    ]);
  });

  it("has a line for each task and metric, with CRLF, and the score last", () => {
    expect(rows.map((one) => `${one.task} ${one.metric}`)).toEqual([
      ...["boolq accuracy", "cb accuracy", "cb f1_macro", "copa accuracy", "multirc f1a", "multirc em"],
      ...["record token_f1", "record exact_match", "rte accuracy", "wic accuracy", "wsc accuracy", "axb mcc"],
      ...["axg gender_parity", "axg accuracy", "superglue score"],
    ]);
    expect(csv.endsWith("\r\n")).toBe(true);
    expect(csv.split("\r\n")).toHaveLength(rows.length + 2);
  });

  it("writes our values as fractions in full precision", () => {
    expect(row("boolq", "accuracy")).toMatchObject({
      model: "glm-tiny",
      protocol: "glm",
      pattern: "p4",
      value: "0.62171",
      interval: "wilson",
      n: "3270",
      majority: "0.6217",
      ties: "0",
      truncated: "132",
      end_of_piece: "false",
      normalization: "sum",
      status: "done",
      message: "",
      split: "validation",
      sample_data: "false",
    });
    expect(row("record", "token_f1").majority).toBe("");
    expect(row("axb", "mcc").value).toBe("-0.0423");
    expect(row("axg", "gender_parity").message).toBe("1 of 178 pairs have only one example and are left out");
    expect(row("superglue", "score")).toMatchObject({
      value: "0.49123456789",
      n: "",
      pattern: "",
      ci_low: "",
    });
  });

  it("writes published values as fractions, each with its source", () => {
    expect(row("boolq", "accuracy")).toMatchObject({
      "bert-large": "0.801",
      "bert-large_source": "GLM paper, Table 1",
      "bert-large_split": "dev",
      "bert-large_setting": "fine-tuned",
      "majority-test": "0.623",
      "majority-test_split": "test",
      "majority-test_setting": "no model",
    });
    expect(row("multirc", "em")["bert-large"]).toBe("0.241");
    expect(row("superglue", "score")).toMatchObject({ "bert-large": "0.72" });
    expect(row("axb", "mcc")).toMatchObject({
      "bert-large": "",
      "bert-large_source": "",
      "majority-test": "0",
    });
  });

  it("keeps missing and failed tasks, and has no score line without a score", () => {
    const some = parse(
      toCsv(
        run([
          task("cb", [], { status: "missing", message: "looked for CB/val.jsonl", examples: 0 }),
          task("rte", [], { status: "failed", message: 'bad "label", line 3' }),
        ]),
        { published: ["bert-large"] },
      ),
    );
    expect(some).toHaveLength(2);
    expect(some[0]).toMatchObject({
      task: "cb",
      status: "missing",
      message: "looked for CB/val.jsonl",
      value: "",
      n: "0",
    });
    expect(some[1]).toMatchObject({
      task: "rte",
      status: "failed",
      message: 'bad "label", line 3',
    });
    // A published row without any value to compare has no columns.
    expect(some[0]).not.toHaveProperty("bert-large");
  });

  it("has a published row's columns if it has a value for any line, and its own columns always", () => {
    const readHeader = (results: RunResults) =>
      Object.keys(parse(toCsv(results, { published: ["bert-large", "t5-large"] }))[0]!);
    const own = readHeader(run([task("weather", [metric("accuracy", 0.5)])]));
    expect(own.at(-1)).toBe("same_tokens");
    const mixed = readHeader(
      run([task("weather", [metric("accuracy", 0.5)]), task("rte", [metric("accuracy", 0.5)])]),
    );
    expect(mixed.slice(0, own.length)).toEqual(own);
    expect(mixed).toHaveLength(own.length + 8);
  });

  it("states on each line which examples were scored, and how many answers cannot be distinguished", () => {
    const limited = { limit: 0.1, by: "random", seed: 7 } as const;
    const tasks = [
      task("cb", [metric("accuracy", 0.5)], { limited, sameTokens: 3 }),
      task("cb", [metric("accuracy", 0.7)], { pattern: "p1", limited }),
      task("rte", [metric("accuracy", 0.5)]),
    ];
    const lines = parse(toCsv(run(tasks, { suites: superglue(0.5) }), { published: [] }));
    const found = lines.map((one) =>
      [one.task, one.kind, one.limit, one.limit_by, one.limit_seed, one.same_tokens].join(" "),
    );
    expect(found).toEqual([
      "cb pattern 0.1 random 7 3",
      "cb pattern 0.1 random 7 0",
      "rte pattern    0",
      ...["mean", "sd", "worst", "best"].map((kind) => `cb ${kind} 0.1 random 7 `),
      "superglue suite 0.1 random 7 ",
    ]);
  });

  it("includes a published row once", () => {
    const twice = parse(toCsv(FULL, { published: ["t5-large", "t5-large"] }));
    expect(Object.keys(twice[0]!).filter((column) => column === "t5-large")).toHaveLength(1);
  });

  it("rounds no value: every number survives a round trip", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const [only] = parse(toCsv(run([task("t", [metric("accuracy", 0, { value })])]), { published: [] }));
        expect(Number(only!.value)).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});

describe("texts in CSV", () => {
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."'\"=+-@,;\t\r\n ＝a1".split("")) }),
  );

  it("survive a round trip, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 5, maxLength: 5 }), (texts) => {
        const [model, protocol, pattern, message, split] = texts as [string, string, string, string, string];
        const results = run([task("t", [metric("accuracy", 0.5)], { pattern, message })], {
          model,
          protocol,
          split,
        });
        const [only, ...more] = parse(toCsv(results, { published: [] }));
        expect(more).toEqual([]);
        const read = (column: string) => unescapeCsvField(only![column]!);
        expect(["model", "protocol", "pattern", "message", "split"].map(read)).toEqual(texts);
        expect(read("value")).toBe("0.5");
      }),
      { numRuns: 500 },
    );
  });

  it("never start with what a spreadsheet evaluates", () => {
    fc.assert(
      fc.property(fc.constantFrom(..."=+-@\t\r\n＝＋－＠"), anyText, (first, rest) => {
        const [only] = parse(toCsv(run([task("t", [])], { model: first + rest }), { published: [] }));
        expect(only!.model).toBe(`'${first}${rest}`);
        expect(unescapeCsvField(only!.model!)).toBe(first + rest);
      }),
    );
  });

  it("keep their own leading apostrophe", () => {
    for (const text of ["'", "'tis", "'=1", "''=1", "'''"]) {
      const [only] = parse(toCsv(run([task("t", [])], { model: text }), { published: [] }));
      expect(unescapeCsvField(only!.model!)).toBe(text);
    }
  });
});
