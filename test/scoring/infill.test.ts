import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadGlm, readGlm } from "../../src/models/glm/index.js";
import { parseCloze } from "../../src/patterns/index.js";
import { infillEngine, infillReader } from "../../src/scoring/index.js";
import { conformance } from "./conformance.js";
import { type GoldenModel, goldenModels } from "./golden.js";

const cache = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const open = async ({ folder, gelu }: GoldenModel, attention: "fused" | "plain" = "fused") => {
  const glm = await loadGlm(await readGlm(folder), { cacheFolder: cache, gelu, attention });
  return { reader: infillReader(glm), engine: infillEngine(glm) };
};

const questionsOf = (model: GoldenModel) =>
  model.cases.map(({ text, answers }, k) => ({
    id: `${model.name} ${k}`,
    answerKind: "texts" as const,
    clozes: [{ pattern: parseCloze(text), answers: answers.map((answer) => ({ text: answer })) }],
  }));

it("golden models cover all six formats", () => {
  expect(goldenModels.map(({ name }) => name)).toEqual([
    "original-megatron",
    "scale8-legacy",
    "sharded-fp16",
    "tanh-prefixed",
    "wordpiece-fp16-safetensors",
    "wordpiece-fp32",
  ]);
});

describe.each(goldenModels)("GLM from $name", (model) => {
  describe.each(["fused", "plain"] as const)("with %s attention", (attention) => {
    let pair: Awaited<ReturnType<typeof open>>;
    beforeAll(async () => {
      pair = await open(model, attention);
    });
    afterAll(() => pair.engine.close());

    it("matches the reference's token log-probabilities within 1e-4, and its flags", async () => {
      const prepared = questionsOf(model).flatMap((question) => pair.reader.prepare(question));
      const scored = await pair.engine.score(prepared.map((question) => [question]));
      model.cases.forEach((golden, k) => {
        const answers = scored[k]![0]!;
        expect(answers.map((a) => a.tokenIds)).toEqual(golden.answers_ids);
        expect(answers.map((a) => a.isGreedy)).toEqual(golden.is_greedy);
        answers.forEach((answer, n) => {
          const found = [...answer.tokenLogProbs, ...answer.closing.logProbs];
          const expected = [...golden.token_log_probs[n]!, golden.end_of_piece_log_probs[n]!];
          const worst = Math.max(...found.map((value, i) => Math.abs(value - expected[i]!)));
          expect(worst).toBeLessThanOrEqual(1e-4);
        });
      });
    });
  });
});

describe("the conformance of the infill family", () => {
  const model = goldenModels.find(({ name }) => name === "wordpiece-fp32")!;
  conformance(() => open(model), questionsOf(model));
});
