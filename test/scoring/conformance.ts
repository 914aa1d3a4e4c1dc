import { afterAll, beforeAll, expect, it } from "vitest";
import type { ClozeQuestion } from "../../src/patterns/index.js";
import type { AnswerScore, PreparedQuestion, Scorer } from "../../src/scoring/index.js";

/** What every scorer must keep, whatever the model family. Call inside a `describe`. */
export function scorerConformance(
  open: () => Promise<Scorer>,
  questions: readonly ClozeQuestion[],
  tolerance = 1e-5,
): void {
  let scorer: Scorer;
  let prepared: PreparedQuestion[];
  let alone: AnswerScore[][];
  beforeAll(async () => {
    scorer = await open();
    prepared = questions.flatMap((question) => scorer.prepare(question));
    alone = [];
    for (const question of prepared) alone.push((await scorer.score([[question]]))[0]![0]!);
  });
  afterAll(() => scorer.close());

  const expectSame = (found: readonly AnswerScore[], expected: readonly AnswerScore[]): void => {
    expect(found.map((a) => a.tokenIds)).toEqual(expected.map((a) => a.tokenIds));
    found.forEach((answer, k) => {
      const of = (a: AnswerScore) => [...a.tokenLogProbs, ...a.closing.logProbs];
      of(answer).forEach((value, n) => {
        expect(Math.abs(value - of(expected[k]!)[n]!)).toBeLessThanOrEqual(tolerance);
      });
    });
  };

  it("gives each answer one log-probability and one flag a token, in the order asked", () => {
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

  it("prepares plain data, which names the answers as they are scored", () => {
    expect(JSON.parse(JSON.stringify(prepared))).toEqual(prepared);
    expect(prepared.map(({ answers }) => answers)).toEqual(
      alone.map((scores) => scores.map(({ tokenIds }) => tokenIds)),
    );
  });

  it("gives the same scores with all questions packed into one row", async () => {
    const [row] = await scorer.score([prepared]);
    row!.forEach((answers, k) => {
      expectSame(answers, alone[k]!);
    });
  });

  it("gives the same scores in a batch with rows of other lengths, in any order", async () => {
    const order = prepared.map((_, k) => k).reverse();
    const rows = await scorer.score(order.map((k) => [prepared[k]!]));
    order.forEach((k, r) => {
      expectSame(rows[r]![0]!, alone[k]!);
    });
  });

  it("gives an answer the same score whatever other answers are asked with it", async () => {
    const question = questions.find((q) => q.clozes[0]!.answers.length > 1)!;
    const [cloze] = question.clozes;
    const together = (await scorer.score([scorer.prepare(question)]))[0]!.flat();
    for (const [k, answer] of cloze!.answers.entries()) {
      const single = { ...question, clozes: [{ pattern: cloze!.pattern, answers: [answer] }] };
      expectSame((await scorer.score([scorer.prepare(single)]))[0]!.flat(), [together[k]!]);
    }
  });

  it("says tokens as its vocabulary spells them", () => {
    for (const answer of alone.flat())
      for (const id of answer.tokenIds) expect(scorer.token(id).length).toBeGreaterThan(0);
  });
}
