import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run } = workspace();
const BERT = fileURLToPath(new URL("../fixtures/exports/bert", import.meta.url));

beforeAll(async () => {
  expectDone(await run(["superglue", "--limit", "12", "--output", "glm"]));
  expectDone(await run(["run", "copa", "rte", "--limit", "12", "--model", BERT, "--output", "bert"]));
});

describe("glm-eval report", () => {
  it("prints the run's table as the run did, in each form", async () => {
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

  it("sets further runs beside the first as baselines, with paired differences", async () => {
    const { baselines } = JSON.parse(expectDone(await run(["report", "glm", "bert", "--format", "json"])));
    expect(baselines).toHaveLength(1);
    expect(baselines[0].comparisons.map(({ task }: { task: string }) => task)).toEqual(["copa", "rte"]);
  });

  it("writes a page with the examples in it", async () => {
    expectDone(await run(["report", "glm", "bert", "--format", "html", "--output", "page.html"]));
    const page = readFileSync(path("page.html"), "utf8");
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).toContain("Because");
    expectRefused(
      await run(["report", "glm", "--format", "html", "--output", "page.html"]),
      2,
      "page.html is there already",
      "--force",
    );
    expectDone(await run(["report", "glm", "--format", "html", "--output", "page.html", "--force"]));
  });

  it("shows wrong examples and results by class", async () => {
    const text = expectDone(await run(["report", "bert", "--examples", "wrong", "-n", "2", "--classes"]));
    expect(text.match(/^\s*gold/gim)?.length ?? text.match(/gold/g)?.length).toBeGreaterThan(1);
    expect(text).toMatch(/not_entailment/);
    expect(text).toMatch(/precision/i);
  });

  it("makes no submission of a validation run, and says why", async () => {
    expectRefused(
      await run(["report", "glm", "--format", "superglue", "--output", "submission.zip"]),
      3,
      /validation/,
      /test/,
    );
    expect(existsSync(path("submission.zip"))).toBe(false);
  });

  it("makes a submission of a run of the test split, without labels", async () => {
    // The bundled sample has validation files: they stand for test files whose labels are not known.
    const data = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));
    const sets = ["BoolQ", "CB", "COPA", "MultiRC", "ReCoRD", "RTE", "WiC", "WSC", "AX-b", "AX-g"];
    for (const set of sets) {
      const source = existsSync(`${data}/${set}/val.jsonl`) ? "val.jsonl" : `${set}.jsonl`;
      mkdirSync(path("data", set), { recursive: true });
      writeFileSync(
        path("data", set, set.startsWith("AX") ? source : "test.jsonl"),
        readFileSync(`${data}/${set}/${source}`),
      );
    }
    expectDone(
      await run(["superglue", "--diagnostics", "--data", "data", "--split", "test", "--output", "test"]),
    );
    expectDone(await run(["report", "test", "--format", "superglue", "--output", "test.zip"]));
    const files = unzipSync(readFileSync(path("test.zip")));
    expect(Object.keys(files).sort()).toEqual(sets.map((set) => `${set}.jsonl`).sort());
    const [first] = Buffer.from(files["BoolQ.jsonl"]!).toString("utf8").split("\n");
    expect(JSON.parse(first!)).toEqual({
      idx: expect.any(Number),
      label: expect.stringMatching(/^(true|false)$/),
    });
  });

  it("refuses a run that has no results, and what is no run", async () => {
    expectRefused(await run(["report", "nowhere"]), 2, "nowhere holds no run");
    mkdirSync(path("stopped"), { recursive: true });
    writeFileSync(path("stopped", "run.json"), readFileSync(path("bert", "run.json")));
    expectRefused(await run(["report", "stopped"]), 3, "has no results: it was stopped before it finished");
  });
});

describe("--fail-under", () => {
  it("ends with 100 where a task or suite is below it, and says what", async () => {
    const asked = ["run", "copa", "rte", "--limit", "12", "--output"];
    const low = await run([...asked, "floor", "--fail-under", "copa=99.5", "--fail-under", "rte=0"]);
    expect(low.code).toBe(100);
    expect(low.stderr).toMatch(/^glm-eval: below --fail-under: copa accuracy \d+\.\d < 99\.5$/m);
    expect(low.stdout).toMatch(/^COPA +Acc\./m);
    expectDone(await run([...asked, "passed", "--fail-under", "copa=0"]));
  });

  it("finds a mistake before anything is asked", async () => {
    expectRefused(
      await run(["run", "copa", "--output", "never", "--fail-under", "cops=50"]),
      2,
      /cops/,
      'did you mean "copa"?',
    );
    expect(existsSync(path("never"))).toBe(false);
  });
});
