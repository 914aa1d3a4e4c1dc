import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { outcomeOf } from "../runner/sittings.js";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run, start } = workspace();
const GPT2 = fileURLToPath(new URL("../fixtures/exports/gpt2", import.meta.url));
const SCORES = ".home/cache/scores";
const ARGS = [
  "superglue",
  "--tasks",
  "copa,rte",
  "--limit",
  "12",
  "--max-batch-tokens",
  "128",
  "--threads",
  "1",
];
const BOTH = [...ARGS, "--baseline", GPT2];
const files = (): string[] => readdirSync(path(SCORES)).map((name) => path(SCORES, name));
const readRecord = (folder: string) => JSON.parse(readFileSync(path(folder, "run.json"), "utf8"));

beforeAll(async () => {
  expectDone(await run([...BOTH, "--output", "first"]));
});

describe("a run", () => {
  it("scores nothing twice, and gives byte-identical results", async () => {
    const second = await run([...BOTH, "--output", "second"]);
    expectDone(second);
    expect(second.stderr).toMatch(/^glm-tiny, 24 of 24 texts found in the score cache$/m);
    expect(outcomeOf(path("second"))).toEqual(outcomeOf(path("first")));
    const [before, now] = [readRecord("first"), readRecord("second")];
    expect(before).toMatchObject({
      cache: true,
      models: [{ score_cache: { hits: 0, asked: 24, notes: [] } }, {}],
    });
    expect(now.models[0].score_cache).toMatchObject({
      hits: 24,
      asked: 24,
      file: before.models[0].score_cache.file,
    });
    expect(now.models[1].score_cache.hits).toBe(now.models[1].score_cache.asked);
    expect(now.models[1].score_cache.file).not.toBe(now.models[0].score_cache.file);
  });

  it("scores only what is new; with other conventions, nothing", async () => {
    const flags = ["--normalization", "mean", "--patterns", "all", "--output", "patterns"];
    const outcome = await run([...ARGS, ...flags]);
    expectDone(outcome);
    expect(outcome.stderr).toMatch(/^24 of \d\d+ texts found in the score cache$/m);
  });

  it("scores everything again with --no-cache, and records it", async () => {
    const sizes = files().map((file) => statSync(file).size);
    const outcome = await run([...ARGS, "--no-cache", "--output", "without"]);
    expectDone(outcome);
    expect(outcome.stderr).not.toContain("score cache");
    expect(readRecord("without").cache).toBe(false);
    expect(readRecord("without").models[0]).not.toHaveProperty("score_cache");
    expect(files().map((file) => statSync(file).size)).toEqual(sizes);
    expectRefused(
      await run([...ARGS, "--output", "without", "--resume"]),
      2,
      "cache: found true; expected false",
    );
  });

  it("that is killed with a warm cache resumes with the same results, even if others fill the cache meanwhile", async () => {
    const args = [...ARGS.map((word) => (word === "12" ? "30" : word)), "--patterns", "all"];
    const [one, other] = ["one cache", "another cache"].map((name) => {
      cpSync(path(".home/cache"), path(name), { recursive: true });
      return { GLM_EVAL_CACHE: path(name) };
    }) as [{ GLM_EVAL_CACHE: string }, { GLM_EVAL_CACHE: string }];
    expectDone(await run([...args, "--output", "complete"], { env: one }));
    const { child, finished } = start([...args, "--output", "killed"], { env: other });
    const watch = setInterval(() => {
      const journal = path("killed/journal.jsonl");
      if (existsSync(journal) && readFileSync(journal, "utf8").split("\n").length > 80) child.kill("SIGKILL");
    }, 2);
    expect((await finished).code).toBeNull();
    clearInterval(watch);
    // The same questions in other batches.
    const batches = args.map((word) => (word === "128" ? "300" : word));
    expectDone(await run([...batches, "--output", "meanwhile"], { env: other }));
    const resumed = await run([...args, "--output", "killed", "--resume"], { env: other });
    expectDone(resumed);
    expect(outcomeOf(path("killed"))).toEqual(outcomeOf(path("complete")));
    const [complete, killed] = ["complete", "killed"].map((name) => readRecord(name).models[0].score_cache);
    expect(killed).toEqual(complete);
  });

  it("resumes after the cache was cleared, and reports it", async () => {
    cpSync(path("second"), path("cleared"), { recursive: true });
    writeFileSync(path("cleared/journal.jsonl"), "");
    const env = { GLM_EVAL_CACHE: path("cleared cache") };
    const outcome = await run([...BOTH, "--output", "cleared", "--resume"], { env });
    expectDone(outcome);
    expect(
      outcome.stderr.match(/^note: the score cache was cleared or changed since the run started/gm),
    ).toHaveLength(2);
    expect(readRecord("cleared").models[0].score_cache).toMatchObject({ bytes: 0, hits: 0 });
    expect(readRecord("cleared").models[0].score_cache.notes).toHaveLength(1);
  });

  it("continues without a cache that cannot be created, and reports it once", async () => {
    const env = { GLM_EVAL_CACHE: path("no cache") };
    cpSync(path(".home/cache"), path("no cache"), { recursive: true });
    rmSync(path("no cache/scores"), { recursive: true });
    writeFileSync(path("no cache/scores"), "a file");
    const outcome = await run([...ARGS, "--output", "uncached"], { env });
    expectDone(outcome);
    expect(outcome.stderr.match(/score cache is not used/g)).toHaveLength(1);
    expect(outcomeOf(path("uncached"))).toEqual(outcomeOf(path("without")));
  });
});

describe("score", () => {
  const QUESTION = ["score", "The sky is [MASK].", "--answers", "blue,green"];
  const entries = async (): Promise<number> => {
    const { models } = JSON.parse(expectDone(await run(["cache", "list", "--json"])));
    return models.find(({ model }: { model: string }) => model === "glm-tiny").entries;
  };

  it("reuses an earlier answer; --no-cache stores none", async () => {
    const before = await entries();
    const first = expectDone(await run([...QUESTION, "--no-cache"]));
    expect(await entries()).toBe(before);
    expect(expectDone(await run(QUESTION))).toBe(first);
    expect(await entries()).toBe(before + 1);
    expect(expectDone(await run(QUESTION))).toBe(first);
    expect(await entries()).toBe(before + 1);
  });
});

describe("the command cache", () => {
  it("lists each model with its identity", async () => {
    const text = expectDone(await run(["cache", "list"]));
    expect(text).toMatch(/^[0-9a-f]{12} +glm-tiny +infill +fp32 +cpu +\d+ +[\d.]+ kB +\d{4}-\d\d-\d\d$/m);
    expect(text).toMatch(/^[0-9a-f]{12} +.*gpt2 +causal +fp32 /m);
    expect(text).toMatch(
      /^2 models, [\d.]+ kB in .*scores\n\(converted models are cached separately: [\d.]+ MB\)$/m,
    );
  });

  it("verifies every line, and says what to do about a damaged one", async () => {
    expect(expectDone(await run(["cache", "verify"]))).toMatch(
      /^\d+ questions of 2 models: no damage found$/m,
    );
    const [file] = files() as [string];
    const bytes = readFileSync(file);
    const damaged = Buffer.from(bytes);
    damaged[bytes.length - 20]! ^= 4;
    writeFileSync(file, damaged);
    expectRefused(await run(["cache", "verify"]), 3, file, "1 line damaged", "glm-eval cache clear");
    writeFileSync(file, bytes.subarray(0, bytes.length - 20));
    const cut = expectDone(await run(["cache", "verify"]));
    expect(cut).toMatch(/, and 1 line cut short by a kill \(scored again\)$/m);
    expect(cut).toMatch(/^\d+ questions of 2 models: no damage found$/m);
    writeFileSync(file, bytes);
  });

  it("clears one model by a prefix of its hash, old entries, or everything", async () => {
    const { models } = JSON.parse(expectDone(await run(["cache", "list", "--json"])));
    expectRefused(await run(["cache", "clear", "xyz"]), 2, "xyz matches no model", "glm-eval cache list");
    expect(expectDone(await run(["cache", "clear", "--older-than", "2"]))).toMatch(/^removed .* 0 models: /);
    const one = expectDone(await run(["cache", "clear", models[0].hash.slice(0, 12)]));
    expect(one).toMatch(/^removed the scores of 1 model: [\d.]+ kB freed; 1 model left in /);
    expect(files().map((file) => file.includes(models[0].hash))).toEqual([false]);
    expect(expectDone(await run(["cache", "clear"]))).toMatch(/ 1 model: .* freed; 0 models left in /);
    expect(files()).toEqual([]);
    expect(expectDone(await run(["cache", "list"]))).toMatch(/^0 models, /);
  });

  it("lists its actions, and rejects an unknown one", async () => {
    expectRefused(await run(["cache"]), 2, "cache: no action given", "glm-eval cache --help");
    expectRefused(await run(["cache", "clear", "--older-than", "x"]), 2, "--older-than: found x");
    expectRefused(await run(["cache", "lst"]), 2, /unknown command|unexpected/);
    for (const action of ["list", "verify", "clear"])
      expect(expectDone(await run(["cache", action, "--help"]))).toMatch(/Examples:\n {2}glm-eval cache/);
  });
});
