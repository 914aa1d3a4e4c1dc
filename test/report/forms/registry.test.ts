import { describe, expect, it } from "vitest";
import { FORMS, format, renderTable, toCsv } from "../../../src/report/index.js";
import { toJson } from "../../../src/results/index.js";
import { FULL, metric, run, task } from "../results.js";
import { answer, sample, testSplit } from "../samples.js";

const options = { published: ["bert-large"] };

describe("format", () => {
  it("writes each format", async () => {
    expect(await format(FULL, "text", options)).toBe(`${renderTable(FULL, options)}\n`);
    expect(await format(FULL, "csv", options)).toBe(toCsv(FULL, options));
    expect(await format(FULL, "json", options)).toBe(toJson(FULL));
    expect(await format(FULL, "markdown", options)).toMatch(/^\*\*glm-tiny\*\*: .*\n\n\| Task \|/);
    expect(await format(FULL, "latex", options)).toMatch(/^\\documentclass/);
  });

  it("ends every text with one newline", async () => {
    for (const name of ["text", "markdown", "latex", "csv", "json"])
      expect(await format(FULL, name, options)).toMatch(/[^\n]\n$/);
  });

  it("makes a submission from the run's samples", async () => {
    const samples = testSplit({ model: "glm-tiny" });
    const zip = await format(run([], { split: "test" }), "superglue", { published: [], samples });
    expect(Buffer.from(zip as Uint8Array).subarray(0, 4)).toEqual(Buffer.from("PK\u0003\u0004"));
    await expect(format(FULL, "superglue", { published: [], samples })).rejects.toThrow(/validation split/);
  });

  it("shows classes and examples below the table on request", async () => {
    const confusion = {
      labels: ["0", "1"],
      counts: [
        [3, 1],
        [2, 4],
      ],
    };
    const results = run([task("copa", [metric("accuracy", 0.7)], { confusion })]);
    const answers = [answer("it rained", -3.25, "0"), answer("it | snowed", -2.5, "1")];
    const samples = new Map([["copa", [sample("4", "1", { label: "0", answers })]]]);
    const more = { published: [], samples, classes: true, examples: { which: "wrong" as const } };
    const text = await format(results, "text", more);
    expect(text).toContain("\n\nCOPA: per class; values in percent\n\n");
    expect(text).toContain("\n\nCOPA: confusion matrix; numbers of examples, gold by predicted\n\n");
    expect(text).toMatch(
      /\n\nCOPA: 1 wrong example\n\nCOPA 4, pattern p0: gold 0, predicted 1\n {2}It was \[MASK\]\.\n/,
    );
    const markdown = await format(results, "markdown", more);
    expect(markdown).toContain("| predicted | it \\| snowed (1) | -2.50 |\n| gold | it rained (0) | -3.25 |");
    expect(await format(results, "latex", more)).toContain("COPA: per class");
    await expect(format(results, "text", { ...more, samples: undefined })).rejects.toMatchObject({
      kind: "usage",
      message: expect.stringContaining("no samples"),
    });
  });

  it("suggests the nearest format", async () => {
    await expect(format(FULL, "markdwon", options)).rejects.toMatchObject({
      kind: "usage",
      message: 'unknown report format "markdwon"',
      hint: expect.stringContaining('Did you mean "markdown"?'),
    });
    await expect(format(FULL, "toString", options)).rejects.toMatchObject({ kind: "usage" });
  });

  it("describes each format", () => {
    for (const { about, extension } of Object.values(FORMS)) {
      expect(about).toMatch(/^\w.{10,}[^.]$/);
      expect(extension).toMatch(/^[a-z]+$/);
    }
  });
});
