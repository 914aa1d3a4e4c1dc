import { BATCH_TOKENS, planned } from "./batches.js";
import { interleave, medianRate, ratio } from "./measure.js";
import { type MixName, questions } from "./questions.js";
import { SHAPES, withRandomModel } from "./random-model.js";
import { type Bench, ratioColumns, times } from "./table.js";

const MIXES: readonly MixName[] = ["copa", "boolq"];
const BUDGETS = [BATCH_TOKENS, 256, 1024, 2048, 4096];
/** tokens scored per run: one full batch of the largest budget */
const TOKENS = 4096;

/** Batch sizes (--max-batch-tokens) against the default. */
export const batch: Bench = {
  name: "batch",
  async *run({ threads }) {
    const { vocabSize } = SHAPES.base;
    yield* withRandomModel(SHAPES.base, [{}], threads, async function* ([engine]) {
      for (const mix of MIXES) {
        let tokens = 0;
        const asked = questions(mix, 400, vocabSize).filter((question) => {
          const length = engine.length(question);
          const fits = tokens + length <= TOKENS;
          if (fits) tokens += length;
          return fits;
        });
        const sides = BUDGETS.map((budget) => {
          const batches = planned(asked, engine, budget);
          return {
            async run() {
              for (const rows of batches) await engine.score(rows);
              return tokens;
            },
          };
        });
        const rounds = await interleave(sides, { seconds: 60 });
        for (const [k, budget] of BUDGETS.entries())
          if (budget !== BATCH_TOKENS)
            yield {
              bench: "batch",
              what: `base, ${mix}-like: tokens per second at ${budget} tokens per batch / at ${BATCH_TOKENS}`,
              ...ratioColumns(ratio(rounds, k, 0), times),
              note: `${medianRate(rounds, k).toFixed(0)} tokens/s`,
            };
      }
    });
  },
};
