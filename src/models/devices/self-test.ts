import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { type Attention, convert, type GlmConfig, makeRandomCheckpoint, writeGraph } from "../glm/index.js";
import { type Device, openSession, type SessionOptions } from "../onnx/index.js";
import { withScratch } from "./scratch-folder.js";
import { makeSelfTestQuestions } from "./self-test-questions.js";

/** The test results of a device that computes correctly. */
export interface Tested {
  readonly device: Device;
  /** the fastest attention that is correct on it */
  readonly attention: Attention;
  /** the largest difference of a log-probability from the CPU's */
  readonly difference: number;
  /** why fused attention is not used, if it is not */
  readonly because?: string;
}

/** Maximum difference of a log-probability from the CPU's. A different summation order causes 1e-5 here. */
const TOLERANCE = 1e-3;

/**
 * Small, but with heads as wide as in published GLMs (64), because kernels are selected by head size. Not a wide model:
 * with 16 heads, the same wrong attention changes a log-probability by 0.03 or by less than rounding; here, by 4.
 */
const SHAPE: GlmConfig = { layers: 2, hidden: 128, heads: 2, vocabSize: 64, maxLength: 320 };
/** Large enough to make attention very uneven, so that wrong attention becomes visible. */
const WEIGHTS = 0.25;

/** Row lengths in tokens: full and partial GPU tiles. Wrong kernels were correct below 32. */
const LENGTHS = [64, 100] as const;

interface Outputs {
  readonly logProbs: Float32Array;
  readonly isGreedy: Uint8Array;
}

/**
 * A small GLM with random weights, whose log-probabilities on the CPU every device must reproduce. ONNX Runtime's fused
 * attention has been wrong on several WebGPU devices on which plain matrix products are correct.
 */
export class SelfTest {
  private constructor(
    private readonly models: Readonly<Record<Attention, string>>,
    private readonly expected: readonly Outputs[],
  ) {}

  /** @throws GlmEvalError (model) if not even the CPU can run it */
  static async prepare<T>(use: (test: SelfTest) => Promise<T>): Promise<T> {
    return await withScratch(async (scratch) => {
      const folder = path.join(scratch, "model");
      const conversion = { config: SHAPE, dtype: "fp32", weights: "random" } as const;
      await convert(makeRandomCheckpoint(SHAPE, WEIGHTS), conversion, folder);
      const graph = (attention: Attention) =>
        writeGraph(folder, SHAPE, { gelu: "tanh", dtype: "fp32", attention });
      const models = { fused: await graph("fused"), plain: await graph("plain") };
      // In a separate process, because this also tests whether ONNX Runtime works at all.
      return await use(new SelfTest(models, await runModel(models.plain, { ownProcess: true })));
    });
  }

  /**
   * Tests a device in separate processes, which a driver may abort.
   * @throws GlmEvalError (model) if the device is not usable, or its results are off by more than rounding
   */
  async check(device: Device): Promise<Tested> {
    const fused = await this.#measureDifference(device, "fused").catch(asError);
    if (typeof fused === "number" && isCorrect(fused))
      return { device, attention: "fused", difference: fused };
    const plain = await this.#measureDifference(device, "plain");
    if (!isCorrect(plain))
      throw new GlmEvalError(
        "device-wrong",
        `${device} computes a small GLM incorrectly: ${describeDeviation(plain)}, expected at most ${TOLERANCE}`,
        { hint: "Use --device cpu, or try a newer driver." },
      );
    const because =
      typeof fused === "number" ? `fused attention is wrong: ${describeDeviation(fused)}` : fused.message;
    return { device, attention: "plain", difference: plain, because };
  }

  async #measureDifference(device: Device, attention: Attention): Promise<number> {
    const outputs = await runModel(this.models[attention], { device, ownProcess: true });
    return outputs.reduce((worst, found, k) => maxOrNaN(worst, compareOutputs(this.expected[k]!, found)), 0);
  }
}

async function runModel(model: string, options: SessionOptions): Promise<Outputs[]> {
  const session = await openSession(model, options);
  try {
    const all: Outputs[] = [];
    for (const length of LENGTHS) {
      const { log_probs, is_greedy } = await session.run(makeSelfTestQuestions(length, SHAPE.vocabSize));
      all.push({
        logProbs: log_probs!.data as Float32Array,
        isGreedy: is_greedy!.data as Uint8Array,
      });
    }
    return all;
  } finally {
    await session.close();
  }
}

/**
 * Returns the largest difference of a log-probability, or of the most likely token's log-probability from that of the
 * token that the device considers most likely; NaN if the device returns NaN or no most likely token.
 */
function compareOutputs(expected: Outputs, found: Outputs): number {
  const { vocabSize } = SHAPE;
  let worst = 0;
  for (let from = 0; from < expected.logProbs.length; from += vocabSize) {
    const right = expected.logProbs.subarray(from, from + vocabSize);
    const best = Math.max(...right);
    let greedy = Number.NaN;
    right.forEach((value, id) => {
      worst = maxOrNaN(worst, Math.abs(value - found.logProbs[from + id]!));
      if (found.isGreedy[from + id] === 1) greedy = maxOrNaN(best - value, Number.isNaN(greedy) ? 0 : greedy);
    });
    worst = maxOrNaN(worst, greedy);
  }
  return worst;
}

/** Returns the larger of two numbers; NaN, which means disagreement, counts as the largest. */
function maxOrNaN(a: number, b: number): number {
  return Number.isNaN(a) || a > b ? a : b;
}

function isCorrect(found: number): boolean {
  return found <= TOLERANCE;
}

function describeDeviation(found: number): string {
  return Number.isNaN(found)
    ? "its log-probabilities are NaN"
    : `its log-probabilities differ from the CPU's by ${found.toPrecision(2)}`;
}

function asError(error: unknown): GlmEvalError {
  if (error instanceof GlmEvalError) return error;
  throw error;
}
