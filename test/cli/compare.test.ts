import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run } = workspace();
const BERT = fileURLToPath(new URL("../fixtures/exports/bert", import.meta.url));
const args = ["run", "copa", "rte", "multirc", "--patterns", "p0", "--limit", "30"];
const json = (name: string) => JSON.parse(readFileSync(path(name, "results.json"), "utf8"));

beforeAll(async () => {
  expectDone(await run([...args, "--output", "glm"]));
  expectDone(await run([...args, "--model", BERT, "--output", "bert"]));
  expectDone(await run([...args, "--baseline", BERT, "--output", "both"]));
}, 180_000);

describe("glm-eval compare", () => {
  it("gives the same as --baseline in one run", async () => {
    const { comparisons } = JSON.parse(expectDone(await run(["compare", "glm", "bert", "--json"])));
    expect(comparisons.length).toBeGreaterThan(3);
    const within = json("both").baselines[0].comparisons;
    const keys = ["task", "pattern", "metric", "difference", "low", "high", "p", "test", "n"];
    const picked = (all: Record<string, unknown>[]) =>
      all.map((one) => Object.fromEntries(keys.map((key) => [key, one[key]])));
    expect(picked(comparisons)).toEqual(picked(within));
  });

  it("prints a table of the differences in any format", async () => {
    const text = expectDone(await run(["compare", "glm", "bert"]));
    expect(text).toMatch(/^glm-tiny against .*bert: protocol glm, validation split/);
    expect(text).toMatch(/^MultiRC +F1a/m);
    expect(expectDone(await run(["compare", "glm", "bert", "--format", "latex"]))).toContain("\\toprule");
  });

  it("rejects runs with different examples, and names the difference; --common compares the shared ones", async () => {
    expectDone(await run(["run", "copa", "wic", "--patterns", "p0", "--limit", "7", "--output", "few"]));
    expectRefused(
      await run(["compare", "glm", "few"]),
      2,
      "glm and few differ: rte p0 is only in glm",
      "--common",
    );
    expectDone(await run(["run", "copa", "--patterns", "p0", "--limit", "7", "--output", "seven"]));
    expectDone(await run(["run", "copa", "--patterns", "p0", "--output", "copa"]));
    expectRefused(
      await run(["compare", "copa", "seven"]),
      2,
      "copa and seven have different examples of copa: 40 and 7",
      "--common",
    );
    const { comparisons } = JSON.parse(
      expectDone(await run(["compare", "copa", "seven", "--common", "--json"])),
    );
    expect(comparisons).toMatchObject([{ task: "copa", n: 7, difference: 0, p: 1 }]);
    expectDone(await run(["run", "wic", "--output", "wic"]));
    expectRefused(
      await run(["compare", "copa", "wic"]),
      2,
      "have no task and pattern in common: found copa p0; and wic p1",
    );
    expectRefused(await run(["compare", "copa"]), 2, "two or more finished runs");
  });

  it("accepts a finished run as a baseline, without running its model again", async () => {
    expectDone(await run([...args, "--baseline", "bert", "--output", "again"]));
    const strip = ({ model: _, ...rest }: Record<string, unknown>) => rest;
    expect(json("again").baselines.map(strip)).toEqual(json("both").baselines.map(strip));
    const record = JSON.parse(readFileSync(path("again", "run.json"), "utf8"));
    expect(record.models).toHaveLength(1);
    expect(record.baseline_runs).toMatchObject([{ folder: path("bert") }]);
    expect(expectDone(await run(["judge", "again", "--json"]))).toBe(
      readFileSync(path("again", "results.json"), "utf8"),
    );
    writeFileSync(path("bert", "results.json"), `${readFileSync(path("bert", "results.json"), "utf8")} `);
    expectRefused(await run(["judge", "again"]), 3, "has changed since the comparison");
  });

  it("rejects a finished run of other examples as a baseline, before anything is scored", async () => {
    expectRefused(
      await run(["run", "copa", "--patterns", "p0", "--baseline", "seven", "--output", "never"]),
      2,
      /the baseline run in seven lacks example "\d+" of copa/,
      "--limit",
    );
    expectRefused(
      await run(["run", "copa", "--limit", "3", "--baseline", "seven", "--output", "never"]),
      2,
      /has example "\d+" of copa, which this run lacks/,
    );
    expect(existsSync(path("never"))).toBe(false);
  });

  it("distinguishes a baseline of the same name by its folder", async () => {
    expectDone(await run(["run", "copa", "--baseline", "copa", "--output", "copa again"]));
    expect(json("copa again").baselines[0].model).toBe("glm-tiny (copa)");
  });
});
