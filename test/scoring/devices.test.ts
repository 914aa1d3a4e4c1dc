import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseCloze } from "../../src/patterns/index.js";
import { loadModel } from "../../src/scoring/index.js";
import { noVulkan } from "../models/devices/vulkan.js";
import { type ExportCase, exportFixtures, questionsOf, type Reference } from "./exports.js";
import { goldenModels } from "./golden.js";

const cache = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** PyTorch's values, to the digits that do not depend on a GPU's order of summation. */
const TOLERANCE = 1e-3;
const worst = (found: readonly number[], expected: readonly number[]) =>
  Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)));

describe.skipIf(noVulkan)(`WebGPU ${noVulkan ?? ""}`, () => {
  it.each(goldenModels.slice(0, 2))("GLM from $name: the reference's log-probabilities", async (golden) => {
    const { reader, engine, facts } = await loadModel(golden.folder, {
      cacheFolder: cache,
      gelu: golden.gelu,
      device: "webgpu",
    });
    expect(facts).toMatchObject({ device: "webgpu", attention: expect.stringMatching(/^(fused|plain)$/) });
    try {
      const prepared = golden.cases.flatMap(({ text, answers }, k) =>
        reader.prepare({
          id: String(k),
          answerKind: "texts",
          clozes: [{ pattern: parseCloze(text), answers: answers.map((answer) => ({ text: answer })) }],
        }),
      );
      const scored = await engine.score(prepared.map((question) => [question]));
      golden.cases.forEach(({ token_log_probs }, k) => {
        scored[k]![0]!.forEach((answer, n) => {
          expect(worst(answer.tokenLogProbs, token_log_probs[n]!)).toBeLessThanOrEqual(TOLERANCE);
        });
      });
    } finally {
      await engine.close();
    }
  });

  type Scores = Reference & { readonly default?: Reference };
  const exported = ["bert", "gpt2", "t5"].map((name) => {
    const all = ["masked", "causal", "seq2seq"].flatMap((f) => exportFixtures<ExportCase<Scores>>(f));
    return all.find((fixture) => fixture.name === name)!;
  });

  it.each(exported)("$name: the reference's log-probabilities", async (fixture) => {
    const { reader, engine, facts } = await loadModel(fixture.folder, {
      cacheFolder: cache,
      device: "webgpu",
    });
    expect(facts.device).toBe("webgpu");
    try {
      const prepared = questionsOf(fixture).flatMap((question) => reader.prepare(question));
      const scored = await engine.score(prepared.map((question) => [question]));
      fixture.cases.forEach(({ scores }, k) => {
        scored[k]![0]!.forEach((answer, n) => {
          const { log_probs } = scores[n]!.default ?? scores[n]!;
          expect(worst(answer.tokenLogProbs, log_probs)).toBeLessThanOrEqual(TOLERANCE);
        });
      });
    } finally {
      await engine.close();
    }
  });
});
