import type { GlmConfig } from "../src/models/glm/index.js";
import type { Engine, InfillQuestion } from "../src/scoring/index.js";
import { BATCH_TOKENS, planned } from "./batches.js";
import { interleave, medianRate, ratio } from "./measure.js";
import type { Peer } from "./pytorch/peer.js";
import { engineSide, greatestDifference, pytorch, pytorchSide } from "./pytorch/sides.js";
import { type MixName, question, questions } from "./questions.js";
import { SHAPES, SPECIAL, withRandomModel, writeRandomModel } from "./random-model.js";
import { removeScratch, scratchFolder } from "./scratch.js";
import { generator } from "./seeded.js";
import { type Bench, type Row, ratioColumns, times } from "./table.js";

const ANSWER_TOKENS = 3;
const CONTEXT = 100;
/** for `MANY` answers, against one row per answer */
const AIM = 5;
const MANY = 10;
const ROUNDS = 3;
/** Seconds of a comparison after which no further round starts. */
const SECONDS = 10;

/** How PyTorch arranges the answers: see the top of glm_style.py. */
const ARRANGEMENTS = [
  { arrangement: "packed", name: "one row per question" },
  { arrangement: "rows", name: "one row per answer" },
] as const;

interface Case {
  readonly config: GlmConfig;
  readonly mixes: Partial<Record<MixName, number>>;
  readonly answers: readonly number[];
}

/** Questions of each mix, and numbers of answers. The larger shape has fewer, because its rounds take long. */
const CASES: Readonly<Record<keyof typeof SHAPES, Case>> = {
  base: { config: SHAPES.base, mixes: { copa: 10, boolq: 4, record: 2 }, answers: [2, 4, MANY] },
  large: { config: SHAPES.large, mixes: { copa: 10, boolq: 4 }, answers: [MANY] },
};

/** GLM scoring here and in PyTorch, with the same weights on the same questions. */
export const glm: Bench = {
  name: "glm",
  async *run({ threads }) {
    const start = pytorch("glm", "torch and safetensors");
    if (!start) return;
    for (const [shape, { config, mixes, answers }] of Object.entries(CASES)) {
      const folder = await scratchFolder();
      let peer: Peer | undefined;
      try {
        await writeRandomModel(folder, config);
        peer = await start("glm_style.py", [folder], threads);
        if (!peer) return;
        process.stderr.write(`GLM-${shape}: against ${peer.versions}\n`);
        const other = peer;
        yield* withRandomModel(config, [{}], threads, async function* ([engine]) {
          for (const [mix, count] of Object.entries(mixes) as [MixName, number][]) {
            const asked = questions(mix, count, config.vocabSize);
            yield* compare(`${shape}, ${mix}-like`, asked, engine, other);
          }
          for (const count of answers) {
            const asked = alike(count, config.vocabSize);
            const aim = count === MANY ? AIM : undefined;
            yield* compare(`${shape}, ${count} answers, context ${CONTEXT}`, asked, engine, other, aim);
          }
        });
      } finally {
        peer?.close();
        await removeScratch(folder);
      }
    }
  },
};

/** As many questions of one shape as fill one pass of ours. */
function alike(answers: number, vocabulary: number): InfillQuestion[] {
  const random = generator(answers);
  const lengths = new Array<number>(answers).fill(ANSWER_TOKENS);
  const count = Math.floor(BATCH_TOKENS / (CONTEXT + 1 + answers * ANSWER_TOKENS));
  return Array.from({ length: count }, (_, k) => question(`q${k}`, CONTEXT, lengths, vocabulary, random));
}

async function* compare(
  what: string,
  asked: readonly InfillQuestion[],
  engine: Engine<InfillQuestion>,
  peer: Peer,
  aim?: number,
): AsyncIterable<Row> {
  const theirs = ARRANGEMENTS.map(({ arrangement }) =>
    pytorchSide(peer, {
      questions: asked,
      arrangement,
      batch_tokens: BATCH_TOKENS,
      sop: SPECIAL.sop,
      eop: SPECIAL.eop,
    }),
  );
  const ours = engineSide(engine, planned(asked, engine));
  const rounds = await interleave([...theirs, ours], { rounds: ROUNDS, seconds: SECONDS });
  const rate = (side: number) => medianRate(rounds, side).toPrecision(3);
  for (const [side, { arrangement, name }] of ARRANGEMENTS.entries()) {
    const faster = ratio(rounds, theirs.length, side);
    const difference = greatestDifference(asked, ours.found, theirs[side]!.scores());
    yield {
      bench: "glm",
      what: `${what}: PyTorch's time with ${name} / ours`,
      ...ratioColumns(faster, times),
      ...(aim !== undefined &&
        arrangement === "rows" && { aim: `≥ ${times(aim)}`, reached: faster.median >= aim }),
      note: `${rate(theirs.length)} / ${rate(side)} questions/s; log p differ by ≤ ${difference.toExponential(0)}`,
    };
  }
}
