import type { GlmDtype } from "../src/models/glm/index.js";
import { planned, spread, tokenCount } from "./batches.js";
import { interleave, medianRate, ratio } from "./measure.js";
import { type MixName, questions } from "./questions.js";
import { SHAPES, withRandomModel } from "./random-model.js";
import { type Bench, ratioColumns, times } from "./table.js";

const BATCHES = 3;
const MIXES: readonly MixName[] = ["boolq", "copa"];
const DTYPES = ["fp16", "int8", "q8", "q4"] as const satisfies readonly GlmDtype[];
const AIMS: Partial<Record<GlmDtype, number>> = { int8: 2.5 };

/** Speed of scoring in each number format of the weights, against float32. */
export const precision: Bench = {
  name: "precision",
  async *run({ threads }) {
    for (const [shape, config] of Object.entries(SHAPES))
      for (const dtype of DTYPES)
        yield* withRandomModel(config, [{}, { dtype }], threads, async function* (engines) {
          for (const mix of MIXES) {
            const batches = spread(planned(questions(mix, 400, config.vocabSize), engines[0]), BATCHES);
            const tokens = batches.reduce((sum, rows) => sum + tokenCount(rows), 0);
            // A turn is several batches in a row, as in a run: a single batch would always be the first after the other side's.
            const sides = engines.map((engine) => ({
              async run() {
                for (const rows of batches) await engine.score(rows);
                return tokens;
              },
            }));
            const rounds = await interleave(sides, { seconds: 20 });
            const faster = ratio(rounds, 1, 0);
            const aim = AIMS[dtype];
            yield {
              bench: "precision",
              what: `${shape}, ${mix}-like: tokens per second in ${dtype} / in fp32`,
              ...ratioColumns(faster, times),
              ...(aim !== undefined && { aim: `≥ ${times(aim)}`, reached: faster.median >= aim }),
              note: `${medianRate(rounds, 1).toFixed(0)} / ${medianRate(rounds, 0).toFixed(0)} tokens/s`,
            };
          }
        });
  },
};
