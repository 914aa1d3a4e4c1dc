import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { GlmEvalError } from "../../src/errors.js";
import { combineRuns, finishedRun, judgeRun, type RunEvent, readRun, run } from "../../src/runner/index.js";
import { FACTS, outcomeOf } from "./sittings.js";
import { readerThat, standIn } from "./stand-in.js";

const place = mkdtempSync(join(tmpdir(), "glm-eval-on-error-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const TASK = join(place, "kettles.yaml");
writeFileSync(
  TASK,
  `task: kettles
title: Kettles
data: { validation: kettles.jsonl }
label: fit
labels: [no, yes]
metrics: accuracy
patterns:
  - { id: p0, text: "{{ use }} [MASK]", answers: ["{{ left }}", "{{ right }}"] }
  - { id: p1, text: "Use: {{ use }} [MASK]", answers: ["{{ left }}", "{{ right }}"] }
`,
);
const ROWS = [
  { use: "boil water", left: "pan", right: "kettle", fit: "no" },
  { use: "cut bread", left: " ", right: "knife", fit: "yes" },
  { use: "dig a hole", left: "spade", right: "fork", fit: "no" },
  { use: "a very long use of it", left: "a", right: "b", fit: "no" },
  { use: "fly", left: "kite", right: "wing", fit: "yes" },
];
writeFileSync(join(place, "kettles.jsonl"), ROWS.map((row) => `${JSON.stringify(row)}\n`).join(""));

/** A model that reads no more than so many characters. */
function model(most: number) {
  const { reader, engine } = standIn();
  const refusing = readerThat((question) => {
    const [{ pattern }] = question.clozes as [(typeof question.clozes)[number]];
    const length = pattern.parts.reduce(
      (sum, part) => sum + (part.kind === "text" ? part.text.length : 0),
      0,
    );
    if (length > most) throw new GlmEvalError("text-too-long", `${question.id}: ${length} characters`);
    return reader.prepare(question);
  });
  return { name: "one", reader: refusing, engine, facts: FACTS, notes: [] };
}

let folders = 0;
async function ask(
  onError: "stop" | "skip" | undefined,
  { most = 14, output = join(place, String(folders++)), resume = false } = {},
) {
  const events: RunEvent[] = [];
  const options = { tasks: [TASK], patterns: "all", model: "one", cache: false, output, resume } as const;
  const outcome = await run(
    { ...options, ...(onError && { onError }) },
    { load: async () => model(most), onEvent: (event) => events.push(event) },
  );
  return { ...outcome, events };
}

describe("an example that cannot be scored", () => {
  it("stops its task by default, before a model is loaded if it can be known without one", async () => {
    await expect(ask(undefined)).rejects.toMatchObject({ code: "no-task-can-run" });
  });

  it("is skipped where that is asked for: reported, counted, and left out of what is judged", async () => {
    const { results, record, events, folder, models } = await ask("skip");
    expect(models[0]!.error).toBeUndefined();
    expect(record.data.onError).toBe("skip");
    expect(results.tasks.map(({ pattern, examples, skipped }) => [pattern, examples, skipped])).toEqual([
      ["p0", 3, 2],
      ["p1", 1, 4],
      ["ensemble", 1, 4],
    ]);
    // The stand-in prefers the first answer: right for "boil water" and "dig a hole", wrong for "fly".
    expect(results.tasks.map(({ metrics }) => metrics[0]!.value)).toEqual([2 / 3, 0, 0]);
    const reported = events.flatMap((event) => (event.type === "skipped" ? [event] : []));
    expect(reported.map(({ pattern, examples }) => [pattern, examples])).toEqual([
      ["p0", 5],
      ["p1", 5],
    ]);
    expect(reported[0]!.skipped.map(({ id, reason }) => [id, /empty|characters/.exec(reason)?.[0]])).toEqual([
      ["kettles/p0/1", "empty"],
      ["kettles/p0/3", "characters"],
    ]);
    const journal = readFileSync(join(folder, "journal.jsonl"), "utf8");
    expect(journal.match(/"skipped":"/g)).toHaveLength(6);
  });

  it("is the same when the run is judged, resumed or compared", async () => {
    const whole = await ask("skip");
    const { results } = await judgeRun(await readRun(whole.folder));
    expect(results).toEqual(whole.results);
    const expected = outcomeOf(whole.folder);
    rmSync(join(whole.folder, "results.json"));
    const journal = join(whole.folder, "journal.jsonl");
    const lines = readFileSync(journal, "utf8").split("\n");
    writeFileSync(
      journal,
      lines
        .slice(0, 4)
        .map((line) => `${line}\n`)
        .join(""),
    );
    await ask("skip", { output: whole.folder, resume: true });
    expect(outcomeOf(whole.folder)).toEqual(expected);

    const longer = await ask("skip", { most: 100 });
    const runs = await Promise.all(
      [whole, longer].map(async ({ folder }) => finishedRun(await readRun(folder))),
    );
    const [baseline] = combineRuns(runs).results.baselines;
    expect(baseline!.comparisons.map(({ pattern, n }) => [pattern, n])).toEqual([
      ["p0", 3],
      ["p1", 1],
      ["ensemble", 1],
    ]);
  });

  it("may be skipped when a run that it stopped is resumed, and not the other way round", async () => {
    writeFileSync(
      join(place, "kettles.jsonl"),
      ROWS.toSpliced(1, 1)
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(""),
    );
    const stopped = await ask("stop");
    expect(stopped.models[0]!.error).toMatchObject({ code: "text-too-long" });
    const { results, record } = await ask("skip", { output: stopped.folder, resume: true });
    expect(record.data.onError).toBe("skip");
    expect(results.tasks[0]).toMatchObject({ status: "done", examples: 3, skipped: 1 });
    await expect(ask("stop", { output: stopped.folder, resume: true })).rejects.toMatchObject({
      code: "run-options-differ",
    });
  });

  it("that is every example of a task makes it fail", async () => {
    const { models, results } = await ask("skip", { most: 1 });
    expect(models[0]!.error).toMatchObject({ code: "no-example-scored" });
    expect(results.tasks.map(({ status }) => status)).toEqual(["failed"]);
  });
});
