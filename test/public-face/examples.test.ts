import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../src/index.js";
import { codeBlocks } from "./code-blocks.js";
import { readPublicFace } from "./declarations.js";
import { type Example, moduleOf, runModule, typeErrors } from "./example.js";

const face = readPublicFace("dist/index.d.ts");
const exported = face.names.map(({ name }) => name);
const examples: readonly Example[] = [
  ...face.moduleExamples.map((code) => ({ name: "the module", code })),
  ...face.names.flatMap(({ name, examples: own }) => own.map((code) => ({ name, code }))),
  ...codeBlocks(readFileSync("README.md", "utf8"), "ts").map((code) => ({ name: "README", code })),
];
const modules = new Map(examples.map((example) => [example.name, moduleOf(example, exported)]));

/** What cannot be run here, and why. */
const NOT_RUN: Readonly<Record<string, string>> = {
  loadModel: "a model of the hub",
  loadReader: "a model of the hub",
  superglueSubmission: "the official test split",
};

describe("examples of the documentation", () => {
  const checkout = process.cwd();
  const folder = mkdtempSync(path.join(os.tmpdir(), "glm-eval-examples-"));

  // What the examples name: two models, data, a task of the user's own, finished runs.
  beforeAll(async () => {
    for (const model of ["glm-large", "glm-base"])
      symlinkSync(path.join(checkout, "data/models/glm-tiny"), path.join(folder, model));
    symlinkSync(path.join(checkout, "data/superglue-sample"), path.join(folder, "superglue"));
    cpSync("examples/sentiment-en", path.join(folder, "my-task"), { recursive: true });
    process.chdir(folder);
    const asked = { tasks: ["copa", "rte"], patterns: "all", limit: 8, data: "./superglue" } as const;
    await run({ ...asked, model: "./glm-large", output: "runs/large" });
    await run({ ...asked, model: "./glm-base", output: "runs/base" });
    await run({ ...asked, model: "./glm-large", baseline: ["./glm-base"], output: "runs/both" });
  });

  afterAll(() => {
    process.chdir(checkout);
    rmSync(folder, { recursive: true });
  });

  it("compile", () => {
    process.chdir(checkout);
    try {
      expect(modules.size).toBe(examples.length);
      // One mistake is made on purpose, so that errors are known to be seen.
      const code = 'const { folder } = await run({ tasks: "copa" });';
      const errors = typeErrors(
        new Map([...modules, ["wrong", moduleOf({ name: "wrong", code }, exported)]]),
      );
      expect(errors.filter((error) => !error.startsWith("test/wrong.example.ts"))).toEqual([]);
      expect(errors).toHaveLength(1);
    } finally {
      process.chdir(folder);
    }
  });

  it("are all run but for those that need what is not here", () => {
    expect(Object.keys(NOT_RUN).filter((name) => !modules.has(name))).toEqual([]);
  });

  it.each([...modules].filter(([name]) => !Object.hasOwn(NOT_RUN, name)))(
    "%s runs and prints what it says",
    async (_, text) => {
      for (const { printed, expected } of await runModule(text)) expect(printed).toBe(expected);
    },
  );
});
