import { planned, spread, tokenCount } from "./batches.js";
import { usefulFlops } from "./flops.js";
import { fastestMatMul } from "./matmul-peak.js";
import { interleave, medianRate, ratio } from "./measure.js";
import { MIXES, type MixName, questions } from "./questions.js";
import { SHAPES, withRandomModel } from "./random-model.js";
import { type Bench, percent, ratioColumns } from "./table.js";

const BATCHES = 5;
const AIM = 0.85;

/** Useful FLOPs per second of scoring, against those of ONNX Runtime's fastest matrix product. */
export const peak: Bench = {
  name: "peak",
  async *run({ threads }) {
    const { best } = await fastestMatMul(threads);
    try {
      for (const [shape, config] of Object.entries(SHAPES)) {
        yield* withRandomModel(config, [{}], threads, async function* ([engine]) {
          for (const mix of Object.keys(MIXES) as MixName[]) {
            const batches = spread(planned(questions(mix, 400, config.vocabSize), engine), BATCHES);
            const batchOf = (round: number) => batches[round % BATCHES]!;
            const model = {
              async run(round: number) {
                await engine.score(batchOf(round));
                return usefulFlops(batchOf(round).flat(), config).model;
              },
            };
            const rounds = await interleave([best, model], { seconds: 25 });
            const flops = batches.map((rows) => usefulFlops(rows.flat(), config));
            const needed = flops.reduce((sum, f) => sum + f.needed / f.model, 0) / BATCHES;
            const tokens =
              batches.reduce((sum, rows, k) => sum + tokenCount(rows) / flops[k]!.model, 0) / BATCHES;
            const reached = ratio(rounds, 1, 0);
            const gflops = (side: number) => (medianRate(rounds, side) / 1e9).toFixed(0);
            yield {
              bench: "peak",
              what: `${shape}, ${mix}-like: model FLOPs per second / ${best.name}`,
              ...ratioColumns(reached, percent),
              aim: `≥ ${percent(AIM)}`,
              reached: reached.median >= AIM,
              note:
                `${gflops(1)} / ${gflops(0)} GFLOP/s, ${(tokens * medianRate(rounds, 1)).toFixed(0)} tokens/s; ` +
                `${percent(reached.median * needed)} counting only what is computed`,
            };
          }
        });
      }
    } finally {
      await best.close();
    }
  },
};
