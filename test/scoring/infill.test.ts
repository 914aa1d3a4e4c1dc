import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCloze } from "../../src/patterns/index.js";
import { loadModel, type Scorer } from "../../src/scoring/index.js";
import { scorerConformance } from "./conformance.js";
import { type GoldenModel, goldenModels } from "./golden.js";

const cache = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const open = async (model: GoldenModel, attention: "fused" | "plain" = "fused"): Promise<Scorer> =>
  (await loadModel(model.folder, { cache, gelu: model.gelu, attention })).scorer;

const questionsOf = (model: GoldenModel) =>
  model.cases.map(({ text, answers }, k) => ({
    id: `${model.name} ${k}`,
    answerKind: "texts" as const,
    clozes: [{ pattern: parseCloze(text), answers: answers.map((answer) => ({ text: answer })) }],
  }));

it("there are golden models of all six formats", () => {
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
    let scorer: Scorer;
    beforeAll(async () => {
      scorer = await open(model, attention);
    });
    afterAll(() => scorer.close());

    it("gives the reference's token log-probabilities within 1e-4, and its flags", async () => {
      const prepared = questionsOf(model).flatMap((question) => scorer.prepare(question));
      const scored = await scorer.score(prepared.map((question) => [question]));
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

describe("the conformance of the infill scorer", () => {
  const model = goldenModels.find(({ name }) => name === "wordpiece-fp32")!;
  scorerConformance(() => open(model), questionsOf(model));
});
