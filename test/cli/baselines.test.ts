import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import Papa from "papaparse";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDone, expectRefused, jsonLines, type Outcome, workspace } from "./command.js";

const { path, run } = workspace();
const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/exports/${name}`, import.meta.url));
const [BERT, T5, GPT2] = ["bert", "t5", "gpt2"].map(fixture) as [string, string, string];
const read = (...names: string[]): string => readFileSync(path(...names), "utf8");

interface Line {
  readonly model: string;
  readonly id: string;
  readonly text: string;
  readonly predicted: string;
  readonly label: string;
}

describe("a GLM and three baselines of other families", () => {
  let outcome: Outcome;
  const models = ["glm-tiny", BERT, T5, GPT2];
  beforeAll(async () => {
    const baselines = [BERT, T5, GPT2].flatMap((model) => ["--baseline", model]);
    outcome = await run([
      "superglue",
      "--tasks",
      "copa,multirc,cb",
      "--limit",
      "12",
      "--output",
      "run",
      ...baselines,
    ]);
  });

  it("are scored on the same questions, with their samples side by side", () => {
    expectDone(outcome);
    for (const task of ["copa", "multirc", "cb"]) {
      const lines = jsonLines<Line>(read("run/samples", `${task}.jsonl`));
      const of = (model: string) => lines.filter((line) => line.model === model);
      const listQuestions = (model: string) => of(model).map(({ id, text, label }) => [id, text, label]);
      expect(of("glm-tiny")).toHaveLength(12);
      for (const model of models) expect(listQuestions(model)).toEqual(listQuestions("glm-tiny"));
    }
    const journal = jsonLines<Line>(read("run/journal.jsonl"));
    for (const model of models) expect(journal.filter((line) => line.model === model)).toHaveLength(36);
  });

  it("have differences and significance in table, JSON and CSV", () => {
    const results = JSON.parse(read("run/results.json"));
    expect(results.baselines.map(({ family }: { family: string }) => family)).toEqual([
      "masked",
      "seq2seq",
      "causal",
    ]);
    const value = (
      of: { tasks: { task: string; metrics: { metric: string; value: number }[] }[] },
      task: string,
    ) =>
      of.tasks.find((one) => one.task === task)!.metrics.find(({ metric }) => metric === "accuracy")!.value;
    for (const baseline of results.baselines) {
      const [copa] = baseline.comparisons;
      expect(copa).toMatchObject({
        task: "copa",
        metric: "accuracy",
        test: expect.stringMatching(/^McNemar exact/),
      });
      expect(copa.difference).toBeCloseTo(value(results, "copa") - value(baseline, "copa"), 12);
      expect(copa.p).toBeGreaterThan(0);
      expect(baseline.comparisons.map(({ metric }: { metric: string }) => metric)).toEqual(
        expect.arrayContaining(["f1a", "em", "f1_macro"]),
      );
    }
    const rows = Papa.parse<Record<string, string>>(read("run/results.csv"), {
      header: true,
      skipEmptyLines: true,
    }).data;
    expect([...new Set(rows.map(({ model }) => model))]).toEqual(models);
    expect(Number(rows[0]!.bert_p)).toBe(results.baselines[0].comparisons[0].p);
    expect(outcome.stdout).toMatch(/Diff\. +p/);
  });

  it("are recorded in run.json, each with its hashes and conventions", () => {
    const record = JSON.parse(read("run/run.json"));
    expect(record.models).toMatchObject([
      { name: "glm-tiny", bundled: true, family: "infill" },
      { name: BERT, family: "masked", architecture: "bert", decoding: "default", dtype: "fp32" },
      { name: T5, family: "seq2seq", architecture: "t5" },
      { name: GPT2, family: "causal", architecture: "gpt2" },
    ]);
    for (const { weights_sha256 } of record.models) expect(weights_sha256).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a model of a run that fails to load", () => {
  const flags = ["superglue", "--tasks", "copa", "--limit", "4"];
  it("a baseline is reported, and the others finish: exit code 5", async () => {
    const outcome = await run([...flags, "--baseline", "./nowhere", "--baseline", GPT2, "--output", "one"]);
    expect(outcome.code).toBe(5);
    expect(outcome.stderr).toMatch(/^\.\/nowhere: failed to load: no such folder: \.\/nowhere/m);
    expect(outcome.stdout).toMatch(/\.\/nowhere failed: no such folder/);
    expect(outcome.stdout).toMatch(/^COPA +Acc\. +\d/m);
    const [nowhere, gpt2] = JSON.parse(read("one/results.json")).baselines;
    expect(nowhere).toMatchObject({ model: "./nowhere", status: "failed", tasks: [] });
    expect(gpt2).toMatchObject({ status: "done", tasks: [{ task: "copa", status: "done" }] });
  });

  it("does not stop its baselines if it is the evaluated one", async () => {
    const outcome = await run([...flags, "--model", "./nowhere", "--baseline", GPT2, "--output", "two"]);
    expect(outcome.code).toBe(5);
    const results = JSON.parse(read("two/results.json"));
    expect(results.tasks).toMatchObject([{ task: "copa", status: "failed" }]);
    expect(results.baselines[0].tasks).toMatchObject([{ task: "copa", status: "done" }]);
  });

  it("gives its message and exit code if it is the first and all fail", async () => {
    const outcome = await run([
      ...flags,
      "--model",
      "./nowhere",
      "--baseline",
      "./neither",
      "--output",
      "three",
    ]);
    expectRefused(outcome, 4, "no such folder: ./nowhere");
  });

  it("must not be given twice", async () => {
    expectRefused(await run([...flags, "--model", GPT2, "--baseline", GPT2]), 2, "is named twice");
  });
});

describe("unusable exports", () => {
  const broken = (name: string, from: string, how: (folder: string) => void): string => {
    const folder = path(name);
    cpSync(from, folder, { recursive: true });
    how(folder);
    return folder;
  };
  const score = (model: string, ...more: string[]) =>
    run(["score", "The cat sat on the [MASK].", "-a", "mat,chair", "--model", model, ...more]);
  const edit = (folder: string, file: string, how: (json: Record<string, unknown>) => void): void => {
    const json = JSON.parse(readFileSync(`${folder}/${file}`, "utf8"));
    how(json);
    writeFileSync(`${folder}/${file}`, JSON.stringify(json));
  };

  it("a missing dtype", async () => {
    expectRefused(await score(BERT, "--dtype", "q4"), 4, "has no q4 export", "fp32, fp16, q8");
  });

  it("a missing external data file", async () => {
    const model = broken("no-data", fixture("gpt_neox"), (folder) =>
      rmSync(`${folder}/onnx/model.onnx_data`),
    );
    expectRefused(await score(model), 4, "model.onnx_data");
  });

  it("an encoder without its decoder", async () => {
    const model = broken("half", fixture("flan-t5"), (folder) => {
      for (const name of readdirSync(`${folder}/onnx`))
        if (name.startsWith("decoder")) rmSync(`${folder}/onnx/${name}`);
    });
    expectRefused(await score(model), 4, "lacks decoder_model_merged.onnx");
  });

  it("a tokenizer without a mask token for a masked model", async () => {
    const model = broken("no-mask", BERT, (folder) => {
      edit(folder, "tokenizer_config.json", (config) => void delete config.mask_token);
      edit(folder, "tokenizer.json", (json) => {
        const added = json.added_tokens as { content: string }[];
        json.added_tokens = added.filter(({ content }) => content !== "[MASK]");
      });
      rmSync(`${folder}/special_tokens_map.json`, { force: true });
    });
    expectRefused(await score(model), 4, "no mask token");
  });

  it("tokenizer and model of different sizes", async () => {
    const model = broken("sizes", BERT, (folder) =>
      edit(folder, "config.json", (config) => void Object.assign(config, { vocab_size: 40 })),
    );
    expectRefused(await score(model), 3, "do not belong together");
  });

  it("an answer that the vocabulary cannot encode", async () => {
    const outcome = await run(["score", "The cat sat on the [MASK].", "-a", "mat,☃", "--model", BERT]);
    expectRefused(outcome, 3, 'cannot represent the answer " ☃"');
  });

  it("a damaged ONNX file", async () => {
    const model = broken("damaged", GPT2, (folder) => writeFileSync(`${folder}/onnx/model.onnx`, "no model"));
    expectRefused(await score(model), 3, "model.onnx is not an ONNX model");
  });
});

it("models inspect describes an export", async () => {
  const facts = JSON.parse(expectDone(await run(["models", "inspect", BERT, "--json"])));
  expect(facts).toMatchObject({ architecture: "BertForMaskedLM", family: "masked", positions: 128 });
  expect(facts.files.map((file: string) => file.split(":")[0])).toEqual(["fp32", "fp16", "q8"]);
  expect(expectDone(await run(["models", "inspect", T5]))).toMatch(/^family {8}seq2seq$/m);
});
