import type { InfillQuestion, Model, Reader } from "../../src/scoring/index.js";
import { FACTS } from "./sittings.js";

/** A model without its name and facts. */
export type StandIn = Pick<Model<InfillQuestion>, "reader" | "engine">;

/** Makes a reader for which only `prepare` matters. */
export function readerThat(prepare: Reader<InfillQuestion>["prepare"]): Reader<InfillQuestion> {
  const { family, maxLength, truncation } = FACTS;
  const reading = { family, maxLength, truncation, facts: FACTS, notes: [], unknown: undefined };
  return { ...reading, prepare, encode: () => [], token: String };
}

/**
 * Makes a stand-in for a model: every answer is one token, and the first answer of a question is the most likely, or the one
 * chosen by `prefer`. It can simulate a bug in the questions of one task (`brokenFor`).
 */
export function standIn(
  options: { brokenFor?: string; prefer?: (id: string, answers: number) => number } = {},
): StandIn {
  const { brokenFor, prefer = () => 0 } = options;
  return {
    reader: readerThat(({ id, clozes }) => [
      { id, context: [], blank: 0, answers: clozes.flatMap((cloze) => cloze.answers).map(() => [1]), cut: 0 },
    ]),
    engine: {
      packs: true,
      work: { tokens: 0, padding: 0 },
      length: () => 1,
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
      close: async () => undefined,
    },
  };
}
