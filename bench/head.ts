import { planned, spread, tokenCount } from "./batches.js";
import { interleave, ratio } from "./measure.js";
import { type MixName, questions } from "./questions.js";
import { SHAPES, withRandomModel } from "./random-model.js";
import { type Bench, ratioColumns, times } from "./table.js";

const BATCHES = 5;
const AIM = 1.3;
/** The vocabularies of BERT (GLM-base's own) and, padded, of RoBERTa and GPT-2. */
const CASES: readonly { vocabSize: number; mixes: readonly MixName[] }[] = [
  { vocabSize: 30592, mixes: ["boolq", "record", "copa"] },
  { vocabSize: 50304, mixes: ["boolq", "record", "copa"] },
];

/** Logits at the targets only, against logits of every token, from which the targets' are selected. */
export const head: Bench = {
  name: "head",
  async *run({ threads }) {
    for (const { vocabSize, mixes } of CASES) {
      const config = { ...SHAPES.base, vocabSize };
      yield* withRandomModel(
        config,
        [{ head: "full" }, { head: "target" }],
        threads,
        async function* (engines) {
          for (const mix of mixes) {
            const batches = spread(planned(questions(mix, 400, vocabSize), engines[0]), BATCHES);
            const sides = engines.map((engine) => ({
              async run(round: number) {
                await engine.score(batches[round % BATCHES]!);
                return 1;
              },
            }));
            const rounds = await interleave(sides, { seconds: 20 });
            const faster = ratio(rounds, 1, 0);
            const all = batches.flat(2);
            const tokens = tokenCount([all]);
            const targets = tokens - all.reduce((sum, { context }) => sum + context.length, 0);
            yield {
              bench: "head",
              what: `base with ${vocabSize} words, ${mix}-like: time of full logits / targets only`,
              ...ratioColumns(faster, times),
              aim: `≥ ${times(AIM)}`,
              reached: faster.median >= AIM,
              note: `${Math.round((100 * targets) / tokens)} of 100 tokens are targets`,
            };
          }
        },
      );
    }
  },
};
