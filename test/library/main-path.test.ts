import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { testFolder } from "./folder.js";
import { compareModels } from "./main-path.js";

const folder = testFolder();

it("run, judge, compare, report", async () => {
  const before = process.cwd();
  const model = path.resolve("data/models/glm-tiny");
  process.chdir(folder);
  try {
    const table = await compareModels(model, `${model}/`);
    expect(table).toMatch(/COPA\s+Acc\.\s+\d/);
    expect(table).toMatch(/RTE\s+Acc\.\s+\d/);
    expect(readFileSync("per-token.md", "utf8")).toMatch(/^\| COPA \| Acc\. \|/m);
    expect(readFileSync("report.html", "utf8")).toMatch(/^<!doctype html>/i);
  } finally {
    process.chdir(before);
  }
});
