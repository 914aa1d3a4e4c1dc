import type { InfillQuestion, Scorer } from "../../src/scoring/index.js";

/**
 * Stands in for a model: every answer is one token, and the first of a question is the likeliest, or another where
 * `prefer` says which. It can be made to fail, where no model does: a defect in the questions of one task.
 */
export function standIn(
  options: { brokenFor?: string; prefer?: (id: string, answers: number) => number } = {},
): Scorer<InfillQuestion> {
  const { brokenFor, prefer = () => 0 } = options;
  return {
    family: "infill",
    packs: true,
    work: { tokens: 0, padding: 0 },
    prepare: ({ id, clozes }) => [
      {
        id,
        context: [],
        blank: 0,
        answers: clozes.flatMap((cloze) => cloze.answers).map(() => [1]),
        length: 1,
        cut: 0,
      },
    ],
    async score(rows) {
      if (rows.flat().some(({ id }) => id.startsWith(`${brokenFor}/`))) throw new TypeError("a defect");
      const answer = { isGreedy: [true], closing: { tokenIds: [2], logProbs: [-1], isGreedy: [false] } };
      return rows.map((row) =>
        row.map(({ id, answers }) => {
          const best = prefer(id, answers.length);
          return answers.map((tokenIds, k) => ({
            ...answer,
            tokenIds,
            tokenLogProbs: [k === best ? -0.5 : -1 - k],
          }));
        }),
      );
    },
    token: String,
    close: async () => undefined,
  };
}
