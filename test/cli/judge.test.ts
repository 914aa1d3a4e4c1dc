import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { onLinux } from "../platform.js";
import { outcomeOf } from "../runner/sittings.js";
import { expectDone, expectRefused, jsonLines, workspace } from "./command.js";

const { folder, path, run } = workspace();
const BERT = fileURLToPath(new URL("../fixtures/exports/bert", import.meta.url));
const GLM = fileURLToPath(new URL("../../data/models/glm-tiny", import.meta.url));
const read = (...names: string[]) => readFileSync(path(...names), "utf8");
const results = (name: string) => JSON.parse(read(name, "results.json"));
/** The results of a run by task, pattern and metric. */
const values = (name: string): Record<string, number> =>
  Object.fromEntries(
    results(name).tasks.flatMap((task: { task: string; pattern: string; metrics: { value: number }[] }) =>
      task.metrics.map(({ value }, k) => [`${task.task} ${task.pattern} ${k}`, value]),
    ),
  );

beforeAll(async () => {
  expectDone(
    await run([
      ...["run", "copa", "wsc", "multirc", "--patterns", "p0,p1", "--baseline", BERT],
      ...["--limit", "30", "--output", "run"],
    ]),
  );
}, 180_000);

describe("glm-eval judge", () => {
  it("without changes gives byte-identical results and samples", async () => {
    expectDone(await run(["judge", "run", "--output", "same"]));
    // The questions stay in the original run.
    const asRun = Object.entries(outcomeOf(path("run"))).filter(([name]) => !name.startsWith("questions/"));
    expect(outcomeOf(path("same"))).toEqual(Object.fromEntries(asRun));
    expect(existsSync(path("same", "journal.jsonl"))).toBe(false);
    expect(JSON.parse(read("same", "run.json")).judged.run).toBe(path("run"));
  });

  it("needs no model, data, task file or score cache", async () => {
    cpSync(path("run"), path("elsewhere"), { recursive: true });
    const record = JSON.parse(read("elsewhere", "run.json"));
    const moved = JSON.stringify({
      ...record,
      tasks: record.tasks.map((task: object) => ({ ...task, file: "/nowhere/task.yaml" })),
      data: { ...record.data, root: "/nowhere" },
    });
    writeFileSync(path("elsewhere", "run.json"), moved);
    rmSync(path("elsewhere", "samples"), { recursive: true });
    const judged = await run(["judge", "elsewhere", "--json"], { env: { GLM_EVAL_CACHE: path("no cache") } });
    expect(expectDone(judged)).toBe(read("run", "results.json"));
    expect(judged.stderr).toBe("");
  });

  it("with other conventions gives the results of a run with them", async () => {
    const changed = ["--normalization", "mean", "--end-of-piece", "yes"];
    expectDone(await run(["judge", "run", ...changed, "--output", "mean"]));
    const args = [
      "run",
      "copa",
      "wsc",
      "multirc",
      "--patterns",
      "p0,p1",
      "--baseline",
      BERT,
      "--limit",
      "30",
    ];
    expectDone(await run([...args, ...changed, "--output", "run by mean"]));
    expect(outcomeOf(path("mean"))).toEqual(
      Object.fromEntries(
        Object.entries(outcomeOf(path("run by mean"))).filter(([name]) => !name.startsWith("questions/")),
      ),
    );
    expect(values("mean")).not.toEqual(values("run"));
    expect(results("mean").tasks[0].normalization).toBe("mean");
  });

  it("divides by characters and bytes, and its samples show it", async () => {
    expectDone(await run(["judge", "run", "--normalization", "bytes", "--output", "bytes"]));
    const [sample] = jsonLines<{
      answers: {
        answer: string;
        score: number;
        token_log_probs: number[];
        closing: { log_probs: number[] };
      }[];
    }>(read("bytes", "samples/copa.jsonl"));
    const { answer, score, token_log_probs, closing } = sample!.answers[0]!;
    const sum = [...token_log_probs, ...closing.log_probs].reduce((a, b) => a + b, 0);
    expect(score).toBeCloseTo(sum / Buffer.byteLength(answer.trim()), 12);
  });

  it("judges only the selected patterns", async () => {
    expectDone(await run(["judge", "run", "--patterns", "p1", "--output", "p1"]));
    const patterns = results("p1").tasks.map(({ pattern }: { pattern: string }) => pattern);
    expect([...new Set(patterns)]).toEqual(["p1"]);
    for (const [key, value] of Object.entries(values("p1"))) expect(values("run")[key]).toBe(value);
    expectRefused(
      await run(["judge", "run", "--patterns", "p7"]),
      2,
      'the run did not score copa with pattern "p7"',
      "p0, p1",
    );
  });

  it.runIf(onLinux)("prints the command that scores what a calibration needs, and only that", async () => {
    cpSync(path("run"), path("calibrated"), { recursive: true });
    const rejected = await run(["judge", "calibrated", "--calibration", "pmi"]);
    expectRefused(rejected, 3, "the journal lacks scores that --calibration pmi needs", /copa\/p0\/\d+/);
    const [, command] = /Score only those: glm-eval (.*)$/m.exec(rejected.stderr)!;
    const before = jsonLines<{ id: string }>(read("calibrated", "journal.jsonl"));
    // Split like a shell does: paths may have spaces.
    const words = execFileSync("/bin/sh", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" });
    expectDone(await run(words.split("\0").slice(0, -1)));
    const after = jsonLines<{ id: string }>(read("calibrated", "journal.jsonl"));
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
    for (const { id } of after.slice(before.length)) expect(id).toContain("/~pmi/");
    expect(results("calibrated").tasks[0].calibration).toBe("pmi");

    expectDone(await run(["judge", "calibrated", "--output", "pmi"]));
    expect(read("pmi", "results.json")).toBe(read("calibrated", "results.json"));
    expectDone(await run(["judge", "calibrated", "--calibration", "none", "--output", "without"]));
    expect(read("without", "results.json")).toBe(read("run", "results.json"));
  });

  it("ignores and reports a damaged line of the journal", async () => {
    cpSync(path("run"), path("damaged"), { recursive: true });
    const lines = read("damaged", "journal.jsonl").split("\n");
    lines[2] = `{"broken${lines[2]!.slice(9)}`;
    writeFileSync(path("damaged", "journal.jsonl"), lines.join("\n"));
    const { code, stdout, stderr } = await run(["judge", "damaged", "--json"]);
    expect(stderr).toContain("journal.jsonl: line 3 damaged: ignored");
    expect(code).toBe(5);
    const copa = JSON.parse(stdout).tasks.filter(({ task }: { task: string }) => task === "copa");
    expect(copa).toMatchObject([
      { pattern: "p1", status: "done" },
      { status: "failed", message: "pattern p0: 29 of 30 questions have scores" },
    ]);
  });

  it("handles questions that a baseline could score, but the evaluated model could not", async () => {
    // BERT's small vocabulary cannot encode one of the answers of p2.
    const args = [
      "run",
      "wic",
      "--patterns",
      "p2,p1",
      "--model",
      BERT,
      "--baseline",
      GLM,
      "--output",
      "lacks",
    ];
    expect((await run(args)).code).toBe(5);
    const judged = await run(["judge", "lacks", "--json"]);
    expect(judged.code).toBe(5);
    expect(judged.stdout).toBe(read("lacks", "results.json"));
    const { tasks, baselines } = JSON.parse(judged.stdout);
    expect(tasks).toMatchObject([{ status: "failed" }]);
    const patterns = baselines[0].tasks.map(({ pattern }: { pattern: string }) => pattern);
    expect(patterns).toEqual(["p2", "p1", "ensemble"]);
  });

  it("judges what a killed run scored, and reports that it is incomplete", async () => {
    cpSync(path("run"), path("killed"), { recursive: true });
    const record = JSON.parse(read("killed", "run.json"));
    writeFileSync(
      path("killed", "run.json"),
      JSON.stringify({ ...record, finished: null, interrupted: null }),
    );
    rmSync(path("killed", "results.json"));
    rmSync(path("killed", "questions/multirc.jsonl"));
    const judged = await run(["judge", "killed", "--json"]);
    const { tasks } = JSON.parse(expectDone(judged));
    expect([...new Set(tasks.map(({ task }: { task: string }) => task))]).toEqual(["copa", "wsc"]);
    expect(judged.stderr).toBe(
      "note: the run was stopped before it finished; the results cover only what it scored\n",
    );
    expectRefused(
      await run(["report", "killed"]),
      3,
      "killed has no results: it was stopped before it finished",
    );
  });

  it("rejects a folder without a run, an older version's run, a running one, and its own output", async () => {
    expectRefused(
      await run(["judge", "nowhere"]),
      2,
      "nowhere is not the folder of a run: there is no such folder",
    );
    expectRefused(await run(["judge", "."]), 2, "it has no run.json");
    cpSync(path("run"), path("old"), { recursive: true });
    const record = JSON.parse(read("old", "run.json"));
    writeFileSync(path("old", "run.json"), JSON.stringify({ ...record, schema: 2, glm_eval: "0.1.0" }));
    expectRefused(
      await run(["judge", "old"]),
      3,
      "glm-eval 0.1.0 recorded the run in version 2 of the record; this glm-eval reads version 3",
    );
    cpSync(path("run"), path("busy"), { recursive: true });
    writeFileSync(
      path("busy", "run.lock"),
      JSON.stringify({ pid: process.ppid, host: (await import("node:os")).hostname() }),
    );
    expectRefused(await run(["judge", "busy"]), 2, `still in progress (process ${process.ppid})`);
    expectDone(await run(["judge", "run", "--output", "twice"]));
    expectRefused(await run(["judge", "run", "--output", "twice"]), 2, "already contains a run");
    expectRefused(await run(["judge", "twice"]), 2, "has judged results, but no journal", path("run"));
  });

  it("checks that the record is complete", async () => {
    cpSync(path("run"), path("cut"), { recursive: true });
    writeFileSync(path("cut", "run.json"), read("run", "run.json").slice(0, 100));
    expectRefused(await run(["judge", "cut"]), 3, "run.json is damaged: it is not JSON");
    cpSync(path("run"), path("lines"), { recursive: true });
    appendFileSync(path("lines", "questions/copa.jsonl"), "{}\n");
    expectRefused(await run(["judge", "lines"]), 3, /questions\/copa\.jsonl:61 is damaged/);
    expect(folder).toBeTruthy();
  });
});
