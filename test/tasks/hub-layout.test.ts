import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { builtinTasks, type Dataset, findTask } from "../../src/tasks/index.js";
import { catchError, folders, jsonLines } from "./helpers.js";
import { HUB_CLASSES, toHub } from "./hub-superglue.js";

const SAMPLE = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));
const PARQUET = fileURLToPath(new URL("../fixtures/hub-superglue", import.meta.url));
const folder = folders();

/** The official file of a task's validation split in the sample. */
async function officialRows(name: string): Promise<unknown[]> {
  const file = (await findTask(name)).find({ root: SAMPLE })!;
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter(Boolean).map((line) => JSON.parse(line));
}

/** The examples without their columns. */
function judged({ examples }: Dataset): unknown[] {
  return examples.map(({ fields: _, ...rest }) => rest);
}

/** The text of each question of the default pattern, with its answers. */
async function questions(name: string, { examples }: Dataset): Promise<unknown[]> {
  const { patterns, defaultPattern } = await findTask(name);
  const pattern = patterns.find(({ id }) => id === defaultPattern)!;
  return examples.map((example) => pattern.question(example));
}

describe("the hub's copy of SuperGLUE gives the questions and gold answers of the official files", () => {
  it.each(builtinTasks())("%s", async (name) => {
    const task = await findTask(name);
    const rows = await officialRows(name);
    const split = name.startsWith("ax") ? "test" : "validation";
    const root = folder({
      [`${name}/${split}.jsonl`]: jsonLines(rows.flatMap((row) => toHub(name, row))),
    });
    // For WSC, finding phrases takes a while.
    const limit = name === "wsc" ? 11 : undefined;
    const official = await task.load({ root: SAMPLE, limit });
    const hub = await task.load({ root, limit });
    expect(official.layout).toBe("official");
    expect(hub.layout).toBe("hub");
    expect(hub.examples.length).toBeGreaterThan(10);
    expect(judged(hub)).toEqual(judged(official));
    expect(await questions(name, hub)).toEqual(await questions(name, official));
  });

  // Made by pyarrow, like the hub's files: test/oracles/hub_superglue.py.
  it.each(["boolq", "multirc", "record", "wsc"])("%s in Parquet", async (name) => {
    const task = await findTask(name);
    const limit = name === "wsc" ? 11 : undefined;
    const official = await task.load({ root: SAMPLE, limit });
    const hub = await task.load({ root: PARQUET, limit });
    expect(hub.layout).toBe("hub");
    expect(judged(hub)).toEqual(judged(official));
    expect(await questions(name, hub)).toEqual(await questions(name, official));
  });

  it("class numbers are indices into a task's labels, in the hub's order", async () => {
    const asHub = new Map([
      ["false", "False"],
      ["true", "True"],
      ["0", "False"],
      ["1", "True"],
    ]);
    for (const [name, classes] of Object.entries(HUB_CLASSES)) {
      const { labels } = await findTask(name);
      const choices = labels.map((_, i) => `choice${i + 1}`);
      expect(name === "copa" ? choices : labels.map((label) => asHub.get(label) ?? label)).toEqual(classes);
    }
  });
});

describe("the layout", () => {
  const RTE = { premise: "It rains.", hypothesis: "It is wet.", idx: 0 };
  const COPA = {
    premise: "It rained.",
    choice1: "I sang.",
    choice2: "I got wet.",
    question: "effect",
    idx: 0,
  };

  it.each([
    ["rte", "rte/validation.jsonl", { ...RTE, label: "not_entailment" }, "official"],
    ["rte", "RTE/val.jsonl", { ...RTE, label: 1 }, "hub"],
    ["copa", "COPA/val.jsonl", { ...COPA, label: 1 }, "official"],
    ["copa", "copa/validation.jsonl", { ...COPA, label: 1 }, "hub"],
  ])(
    "of %s in %s is detected from its rows, or from its name if both layouts fit",
    async (name, file, row, layout) => {
      const found = await (await findTask(name)).load({ root: folder({ [file]: jsonLines([row]) }) });
      expect(found.layout).toBe(layout);
      expect(found.examples[0]!.label).toBe(name === "rte" ? "not_entailment" : "1");
    },
  );

  it("-1 and an empty list of answers mean no gold label: the test split", async () => {
    const record = {
      passage: "Ann met Bo.",
      query: "@placeholder came.",
      entities: ["Ann", "Bo"],
      answers: [],
    };
    const root = folder({
      "rte/test.jsonl": jsonLines([{ ...RTE, label: -1 }]),
      "copa/test.jsonl": jsonLines([{ ...COPA, label: -1 }]),
      "record/test.jsonl": jsonLines([{ ...record, idx: { passage: 0, query: 7 } }]),
    });
    for (const name of ["rte", "copa", "record"]) {
      const found = await (await findTask(name)).load({ root, split: "test" });
      expect(found.layout, name).toBe("hub");
      const { label, gold } = found.examples[0]!;
      expect([label, gold], name).toEqual([undefined, undefined]);
    }
  });

  it("a class number without a label is refused", async () => {
    const root = folder({ "rte/validation.jsonl": jsonLines([{ ...RTE, label: 2 }]) });
    const error = await catchError(async () => (await findTask("rte")).load({ root }));
    expect(error.code).toBe("unknown-gold-label");
  });

  it("an error in a flat row names the row's own columns", async () => {
    const row = { paragraph: "Ann came.", question: "Who?", answer: "Ann", label: 1, idx: { paragraph: 0 } };
    const root = folder({ "multirc/validation.jsonl": jsonLines([row]) });
    const error = await catchError(async () => (await findTask("multirc")).load({ root }));
    expect(error.message).toContain('validation.jsonl:1: "idx.answer" is missing');
  });
});

describe("the hub's file names", () => {
  const row = (idx: number) => ({ premise: `It rains ${idx}.`, hypothesis: "It is wet.", idx, label: 0 });
  const shard = (...ids: number[]) => jsonLines(ids.map(row));

  it.each([
    ["rte/validation-00000-of-00001.jsonl"],
    ["RTE/validation.jsonl"],
    ["rte/val.jsonl"],
    ["rte/validation/0000.jsonl"],
    ["rte/validation.ndjson"],
  ])("%s", async (name) => {
    const root = folder({ [name]: shard(0, 1) });
    const task = await findTask("rte");
    expect(task.find({ root })).toBe(join(root, name));
    expect((await task.load({ root })).examples).toHaveLength(2);
  });

  it("the official file comes first", async () => {
    const root = folder({ "rte/validation.jsonl": shard(0), "RTE/val.jsonl": shard(0, 1) });
    expect((await findTask("rte")).find({ root })).toBe(join(root, "RTE/val.jsonl"));
  });

  it("shards are read in order, as one file", async () => {
    const parts = { 2: shard(4), 0: shard(0, 1), 1: shard(2, 3) };
    const named = Object.entries(parts).map(([k, text]) => [`rte/validation-0000${k}-of-00003.jsonl`, text]);
    const task = await findTask("rte");
    const { file, hash, examples } = await task.load({ root: folder(Object.fromEntries(named)) });
    expect(file).toMatch(/validation-00000-of-00003\.jsonl$/);
    expect(examples.map(({ id }) => id)).toEqual(["0", "1", "2", "3", "4"]);
    const whole = folder({ "rte/validation.jsonl": shard(0, 1, 2, 3, 4) });
    expect(hash).toBe((await task.load({ root: whole })).hash);
  });

  it("a row of a later shard is named by its number across all shards", async () => {
    const root = folder({
      "rte/validation-00000-of-00002.jsonl": shard(0, 1),
      "rte/validation-00001-of-00002.jsonl": shard(2, 1),
    });
    const error = await catchError(async () => (await findTask("rte")).load({ root }));
    expect(error.message).toMatch(
      /validation-\*-of-00002\.jsonl:4: found example "1" again; it is already in line 2/,
    );
  });

  it("a missing shard is named, and nothing is read", async () => {
    const root = folder({ "rte/validation-00001-of-00003.jsonl": shard(0) });
    const error = await catchError(async () => (await findTask("rte")).load({ root }));
    expect(error.code).toBe("missing-shard");
    expect(error.message).toContain("numbers 0, 2 are missing");
  });
});
