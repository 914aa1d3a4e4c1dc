import { afterAll, beforeAll, expect, it } from "vitest";
import type { ClozeQuestion } from "../../src/patterns/index.js";
import type { AnswerScore, Engine, LoadedReader, PreparedQuestion } from "../../src/scoring/index.js";

/** Tests that every reader and engine must pass, whatever the model family. Call inside a `describe`. */
export function conformance(
  open: () => Promise<{ readonly reader: LoadedReader; readonly engine: Engine }>,
  questions: readonly ClozeQuestion[],
  tolerance = 1e-5,
): void {
  let reader: LoadedReader;
  let engine: Engine;
  let prepared: PreparedQuestion[];
  let alone: AnswerScore[][];
  beforeAll(async () => {
    ({ reader, engine } = await open());
    prepared = questions.flatMap((question) => reader.prepare(question));
    alone = [];
    for (const question of prepared) alone.push((await engine.score([[question]]))[0]![0]!);
  });
  afterAll(() => engine.close());

  const expectSame = (found: readonly AnswerScore[], expected: readonly AnswerScore[]): void => {
    expect(found.map((a) => a.tokenIds)).toEqual(expected.map((a) => a.tokenIds));
    found.forEach((answer, k) => {
      const of = (a: AnswerScore) => [...a.tokenLogProbs, ...a.closing.logProbs];
      of(answer).forEach((value, n) => {
        expect(Math.abs(value - of(expected[k]!)[n]!)).toBeLessThanOrEqual(tolerance);
      });
    });
  };

  it("gives each answer one log-probability and one flag per token, in order", () => {
    const answers = alone.flat();
    expect(answers.length).toBe(questions.flatMap((q) => q.clozes.flatMap((c) => c.answers)).length);
    for (const answer of answers) {
      expect(answer.tokenLogProbs.length).toBe(answer.tokenIds.length);
      expect(answer.isGreedy.length).toBe(answer.tokenIds.length);
      for (const value of [...answer.tokenLogProbs, ...answer.closing.logProbs]) {
        expect(value).toBeLessThanOrEqual(0);
        expect(Number.isFinite(value)).toBe(true);
      }
    }
  });

  it("prepares plain data, with the answers in scoring order", () => {
    expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
    expect(prepared.map(({ answers }) => answers)).toEqual(
      alone.map((scores) => scores.map(({ tokenIds }) => tokenIds)),
    );
  });

  it("reports how many tokens of a batch a question takes", () => {
    for (const question of prepared) {
      const length = engine.length(question);
      expect(Number.isInteger(length)).toBe(true);
      expect(length).toBeGreaterThan(0);
    }
  });

  it("reads as stated in its facts", () => {
    const { family, maxLength, truncation } = reader;
    expect(reader.facts).toMatchObject({ family, maxLength, truncation });
  });

  it("previews what it prepares, with every part of the text in place", () => {
    const previews = questions.flatMap((question) =>
      reader.preview(question).map((preview) => ({ ...preview, question })),
    );
    expect(previews.map((preview) => preview.prepared)).toEqual(prepared);
    for (const { prepared: of, parts, reads, cloze, question } of previews) {
      expect(parts.length).toBe(question.clozes[cloze]!.pattern.parts.length);
      expect(of.cut).toBe(parts.reduce((sum, { ids, kept }) => sum + ids.length - kept, 0));
      const read = `,${reads[0]!.tokens.join(",")},`;
      for (const { ids, kept } of parts)
        if (kept > 0) expect(read).toContain(`,${ids.slice(0, kept).join(",")},`);
    }
  });

  it("gives the same scores with all questions packed into one row", async () => {
    const [row] = await engine.score([prepared]);
    row!.forEach((answers, k) => {
      expectSame(answers, alone[k]!);
    });
  });

  it("gives the same scores in a batch with rows of other lengths, in any order", async () => {
    const order = prepared.map((_, k) => k).reverse();
    const rows = await engine.score(order.map((k) => [prepared[k]!]));
    order.forEach((k, r) => {
      expectSame(rows[r]![0]!, alone[k]!);
    });
  });

  it("gives an answer the same score whatever other answers are scored with it", async () => {
    const question = questions.find((q) => q.clozes[0]!.answers.length > 1)!;
    const [cloze] = question.clozes;
    const together = (await engine.score([reader.prepare(question)]))[0]!.flat();
    for (const [k, answer] of cloze!.answers.entries()) {
      const single = { ...question, clozes: [{ pattern: cloze!.pattern, answers: [answer] }] };
      expectSame((await engine.score([reader.prepare(single)]))[0]!.flat(), [together[k]!]);
    }
  });

  it("returns tokens in the vocabulary's spelling", () => {
    for (const answer of alone.flat())
      for (const id of answer.tokenIds) expect(reader.token(id).length).toBeGreaterThan(0);
  });
}
