import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run } = workspace();
const SAMPLE = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));
const BERT = fileURLToPath(new URL("../fixtures/exports/bert", import.meta.url));

beforeAll(async () => {
  expectDone(await run(["superglue", "--limit", "12", "--output", "glm"]));
  expectDone(await run(["run", "copa", "rte", "--limit", "12", "--model", BERT, "--output", "bert"]));
}, 180_000);

describe("glm-eval report", () => {
  it("prints the same table as the run, in each format", async () => {
    const text = expectDone(await run(["report", "glm"]));
    expect(text).toMatch(/^glm-tiny: protocol glm, validation split; values in percent/);
    expect(text).toMatch(/^COPA +Acc\./m);
    expect(expectDone(await run(["report", "glm", "--format", "csv"]))).toBe(
      readFileSync(path("glm", "results.csv"), "utf8"),
    );
    expect(expectDone(await run(["report", "glm", "--format", "json"]))).toBe(
      readFileSync(path("glm", "results.json"), "utf8"),
    );
    expect(expectDone(await run(["report", "glm", "--format", "markdown"]))).toMatch(/^\| COPA \| Acc\. \|/m);
  });

  it("reports further runs as baselines of the first, with paired differences", async () => {
    const { baselines } = JSON.parse(expectDone(await run(["report", "glm", "bert", "--format", "json"])));
    expect(baselines).toHaveLength(1);
    expect(baselines[0].comparisons.map(({ task }: { task: string }) => task)).toEqual(["copa", "rte"]);
  });

  it("writes an HTML page with the examples", async () => {
    expectDone(await run(["report", "glm", "bert", "--format", "html", "--output", "page.html"]));
    const page = readFileSync(path("page.html"), "utf8");
    expect(page).toMatch(/^<!doctype html>/i);
    const [copa] = readFileSync(`${SAMPLE}/COPA/val.jsonl`, "utf8").split("\n");
    expect(page).toContain(JSON.parse(copa!).premise.replace(/\.$/, ""));
    expectRefused(
      await run(["report", "glm", "--format", "html", "--output", "page.html"]),
      2,
      "page.html already exists",
      "--force",
    );
    expectDone(await run(["report", "glm", "--format", "html", "--output", "page.html", "--force"]));
  });

  it("shows wrong examples and per-class results", async () => {
    const text = expectDone(await run(["report", "bert", "--examples", "wrong", "-n", "2", "--classes"]));
    expect(text.match(/^\s*gold/gim)?.length ?? text.match(/gold/g)?.length).toBeGreaterThan(1);
    expect(text).toMatch(/not_entailment/);
    expect(text).toMatch(/precision/i);
  });

  it("rejects a submission from a validation run, and says why", async () => {
    expectRefused(
      await run(["report", "glm", "--format", "superglue", "--output", "submission.zip"]),
      3,
      /validation/,
      /test/,
    );
    expect(existsSync(path("submission.zip"))).toBe(false);
  });

  it("rejects a submission from part of the test split, and lists the missing sets", async () => {
    // The bundled sample's validation files serve as test files.
    for (const set of ["BoolQ", "COPA"]) {
      mkdirSync(path("data", set), { recursive: true });
      writeFileSync(path("data", set, "test.jsonl"), readFileSync(`${SAMPLE}/${set}/val.jsonl`));
    }
    expectDone(await run(["run", "boolq", "copa", "--data", "data", "--split", "test", "--output", "test"]));
    expectRefused(
      await run(["report", "test", "--format", "superglue", "--output", "test.zip"]),
      3,
      "not a complete SuperGLUE submission",
      "CB: not run; MultiRC: not run",
      "glm-eval run superglue axb axg --split test",
    );
    expect(existsSync(path("test.zip"))).toBe(false);
  });

  it("rejects a run without results, and a folder without a run", async () => {
    expectRefused(await run(["report", "nowhere"]), 2, "nowhere is not the folder of a run");
    mkdirSync(path("stopped"), { recursive: true });
    writeFileSync(path("stopped", "run.json"), readFileSync(path("bert", "run.json")));
    expectRefused(await run(["report", "stopped"]), 3, "has no results: it was stopped before it finished");
  });
});

describe("--fail-under", () => {
  it("exits with 100 if a task or suite is below it, and names it", async () => {
    const args = ["run", "copa", "rte", "--limit", "12", "--output"];
    const low = await run([...args, "floor", "--fail-under", "copa=99.5", "--fail-under", "rte=0"]);
    expect(low.code).toBe(100);
    expect(low.stderr).toMatch(/^glm-eval: below --fail-under: copa accuracy \d+\.\d < 99\.5$/m);
    expect(low.stdout).toMatch(/^COPA +Acc\./m);
    expectDone(await run([...args, "passed", "--fail-under", "copa=0"]));
  });

  it("reports a mistake before anything is scored", async () => {
    expectRefused(
      await run(["run", "copa", "--output", "never", "--fail-under", "cops=50"]),
      2,
      /cops/,
      'Did you mean "copa"?',
    );
    expect(existsSync(path("never"))).toBe(false);
  });
});
