import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  evaluate,
  findTask,
  loadModel,
  loadTask,
  type ModelOptions,
  PROTOCOLS,
  type Reader,
  scoreTexts,
} from "../../src/index.js";
import type { AnswerScore, Closing } from "../../src/scoring/index.js";
import type { InfillQuestion } from "../../src/scoring/infill/index.js";

/** One question as computed by test/oracles/glm_reference.py in PyTorch, one row per answer. */
interface Expected {
  readonly id: string;
  /** [CLS] … [EOS], cut to fit; each answer says which is its own */
  readonly contexts: readonly (readonly number[])[];
  readonly answers: readonly {
    readonly text: string;
    readonly context: number;
    readonly ids: readonly number[];
    readonly logProbs: readonly number[];
    readonly endOfPiece: number;
    /** one flag per token and one for the end of piece: whether it was the arg max */
    readonly greedy: readonly (0 | 1)[];
    /** Σ log p, with the end of piece where `closed` */
    readonly score: number;
  }[];
  /** whether the end of piece counts */
  readonly closed: boolean;
  readonly predicted: string;
}

interface Reference {
  readonly gelu: "erf" | "tanh";
  readonly special: Readonly<Record<string, number>>;
  readonly questions: readonly Expected[];
  readonly texts?: readonly { readonly text: string; readonly answers: readonly string[] }[];
}

/** The same of our library. */
interface Found {
  readonly contexts: readonly (readonly number[])[];
  readonly answers: readonly (Omit<AnswerScore, "closing"> & {
    readonly closing: Omit<Closing, "tokenIds">;
    readonly score: number;
  })[];
  readonly predicted: string;
}

const TOLERANCE = 1e-4;
const at = (name: string) => fileURLToPath(new URL(`../fixtures/reference/${name}`, import.meta.url));
const data = fileURLToPath(new URL("../../data/", import.meta.url));
const reference = (name: string): Reference => JSON.parse(readFileSync(at(`${name}.json`), "utf8"));

const cache = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** A model that also keeps, by question, the framed text that each answer is asked in. */
async function open(folder: string, { gelu, special }: Reference, options: ModelOptions = {}) {
  const { reader, engine, facts } = await loadModel(folder, { cacheFolder: cache, ...options });
  expect(facts.gelu).toBe(gelu);
  expect(facts.specialTokens).toMatchObject(special);
  const contexts = new Map<string, (readonly number[])[]>();
  const watched: Reader = {
    ...reader,
    prepare(question) {
      const prepared = reader.prepare(question);
      const each = (prepared as InfillQuestion[]).flatMap((p) => p.answers.map(() => p.context));
      contexts.set(question.id, each);
      return prepared;
    },
  };
  return { model: { reader: watched, engine }, contexts };
}

function compare(expected: Expected, found: Found | undefined): void {
  expect(found, expected.id).toBeDefined();
  const { answers, contexts, predicted } = found!;
  expect(answers.map(({ tokenIds }) => tokenIds)).toEqual(expected.answers.map(({ ids }) => ids));
  expect(contexts).toEqual(expected.answers.map(({ context }) => expected.contexts[context]));
  answers.forEach((answer, k) => {
    const golden = expected.answers[k]!;
    const flags = [...answer.isGreedy, ...answer.closing.isGreedy].map(Number);
    expect(flags, `${expected.id}: arg maxes of ${golden.text}`).toEqual(golden.greedy);
    const values = [...answer.tokenLogProbs, ...answer.closing.logProbs];
    [...golden.logProbs, golden.endOfPiece].forEach((value, n) => {
      expect(Math.abs(values[n]! - value), `${expected.id}: ${golden.text}, token ${n}`).toBeLessThanOrEqual(
        TOLERANCE,
      );
    });
    const scored = golden.ids.length + (expected.closed ? 1 : 0);
    expect(Math.abs(answer.score - golden.score)).toBeLessThanOrEqual(scored * TOLERANCE);
  });
  expect(predicted, expected.id).toBe(expected.predicted);
}

describe("glm-tiny on the SuperGLUE sample", () => {
  const golden = reference("glm-tiny");
  const found = new Map<string, Found>();

  beforeAll(async () => {
    const { model, contexts } = await open(path.join(data, "models/glm-tiny"), golden);
    const asked = new Map<string, Set<string>>();
    for (const { id } of golden.questions) {
      const [task, pattern] = id.split("/") as [string, string];
      asked.set(task, (asked.get(task) ?? new Set()).add(pattern));
    }
    for (const [name, patterns] of asked) {
      const task = await (name === "one-token" ? loadTask(at("one-token.yaml")) : findTask(name));
      const scores = new Map<string, readonly AnswerScore[]>();
      const { error } = await evaluate(model, [task], {
        conventions: PROTOCOLS.glm,
        dataRoot: path.join(data, "superglue-sample"),
        limit: 6,
        patterns: [...patterns],
        maxBatchTokens: 1024,
        async onScored(entries) {
          for (const { id, answers } of entries) scores.set(id, answers);
        },
        async onSamples(_, samples) {
          for (const { id: example, pattern, predicted, answers } of samples) {
            const id = `${name}/${pattern}/${example}`;
            found.set(id, {
              contexts: contexts.get(id)!,
              answers: scores.get(id)!.map((answer, k) => ({ ...answer, score: answers[k]!.score })),
              predicted,
            });
          }
        },
      });
      expect(error).toBeUndefined();
    }
    await model.engine.close();
  });

  it("is asked the questions that the reference was, and no others", () => {
    expect([...found.keys()].sort()).toEqual(golden.questions.map(({ id }) => id).sort());
    expect(new Set(golden.questions.map(({ id }) => id.split("/")[0])).size).toBe(9);
  });

  it.each(golden.questions.map((question) => [question.id, question] as const))(
    "agrees on %s",
    (id, question) => compare(question, found.get(id)),
  );
});

describe.each(["random-roberta", "random-chinese"])("%s on texts with multi-token answers", (name) => {
  const golden = reference(name);
  const found = new Map<string, Found>();

  beforeAll(async () => {
    const { model, contexts } = await open(at(name), golden, { gelu: golden.gelu });
    const texts = golden.questions.map(({ id }, k) => ({ id, ...golden.texts![k]! }));
    for (const { id, answers } of await scoreTexts(model, texts, {
      conventions: PROTOCOLS.glm,
      maxBatchTokens: 256,
    })) {
      const best = answers.reduce((a, b) => (b.score > a.score ? b : a));
      found.set(id, { contexts: contexts.get(id)!, answers, predicted: best.answer });
    }
    await model.engine.close();
  });

  it.each(golden.questions.map((question, k) => [golden.texts![k]!.text, question] as const))(
    "agrees on %j",
    (_, question) => compare(question, found.get(question.id)),
  );

  it("has answers of several tokens, and some that the model would write itself", () => {
    const answers = golden.questions.flatMap((question) => question.answers);
    expect(answers.filter(({ ids }) => ids.length > 1).length).toBeGreaterThan(10);
    expect(answers.some(({ greedy }) => greedy[0] === 1)).toBe(true);
  });
});
