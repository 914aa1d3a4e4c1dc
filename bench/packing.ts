import { planned, type Rows, tokenCount } from "./batches.js";
import { interleave, ratio } from "./measure.js";
import { question } from "./questions.js";
import { SHAPES, withRandomModel } from "./random-model.js";
import { generator } from "./seeded.js";
import { type Bench, ratioColumns, times } from "./table.js";

const ANSWER_TOKENS = 3;
const ANSWERS = [2, 4, 10];
const CONTEXTS = [60, 100, 230];
/** approximate tokens of the packed side */
const TOKENS = 400;
const AIM = 0.8;

/** All answers of a question in one row with its context once, against one row per answer. */
export const packing: Bench = {
  name: "packing",
  async *run({ threads }) {
    const { vocabSize } = SHAPES.base;
    yield* withRandomModel(SHAPES.base, [{}], threads, async function* ([engine]) {
      for (const context of CONTEXTS)
        for (const answers of ANSWERS) {
          const random = generator(context * answers);
          const lengths = new Array<number>(answers).fill(ANSWER_TOKENS);
          const count = Math.max(1, Math.round(TOKENS / (context + 1 + answers * ANSWER_TOKENS)));
          const together = Array.from({ length: count }, (_, k) =>
            question(`q${k}`, context, lengths, vocabSize, random),
          );
          const apart = together.flatMap((q) => q.answers.map((answer) => ({ ...q, answers: [answer] })));
          const sideOf = (batches: readonly Rows[]) => ({
            async run() {
              for (const batch of batches) await engine.score(batch);
              return count;
            },
          });
          const [packed, single] = [planned(together, engine), planned(apart, engine)];
          const rounds = await interleave([sideOf(single), sideOf(packed)], { seconds: 15 });
          const tokens = (batches: readonly Rows[]) =>
            batches.reduce((sum, rows) => sum + tokenCount(rows), 0);
          const tokenRatio = tokens(single) / tokens(packed);
          const faster = ratio(rounds, 1, 0);
          yield {
            bench: "packing",
            what: `base, ${answers} answers, context ${context}: time of one row per answer / packed`,
            ...ratioColumns(faster, times),
            aim: `≥ ${times(AIM * tokenRatio)}`,
            reached: faster.median >= AIM * tokenRatio,
            note: `token ratio ${times(tokenRatio)}`,
          };
        }
    });
  },
};
