import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { type Attention, convert, type GlmConfig, randomCheckpoint, writeGraph } from "../glm/index.js";
import { type Device, openSession, type SessionOptions } from "../onnx/index.js";
import { withScratch } from "./scratch-folder.js";
import { selfTestQuestions } from "./self-test-questions.js";

/** What a device that computes rightly was found to be. */
export interface Tested {
  readonly device: Device;
  /** the faster way of attention that is right on it */
  readonly attention: Attention;
  /** the greatest difference of a log-probability from the CPU's */
  readonly difference: number;
  /** why the fused attention is not used, where it is not */
  readonly because?: string;
}

/** How far a log-probability may be from the CPU's. Other orders of sums give 1e-5 here. */
const TOLERANCE = 1e-3;

/**
 * Small, but with heads as wide as those of published GLMs (64), by which kernels are chosen. Not a wide one: with 16 heads
 * the same wrong attention moves a log-probability by 0.03 or by less than rounding, here by 4.
 */
const SHAPE: GlmConfig = { layers: 2, hidden: 128, heads: 2, vocabSize: 64, maxLength: 320 };
/** So large that attention is far from even: a wrong one shows. */
const WEIGHTS = 0.25;

/** Tokens of a row: whole tiles of a GPU and not. Wrong kernels were right below 32. */
const LENGTHS = [64, 100] as const;

interface Outputs {
  readonly logProbs: Float32Array;
  readonly isGreedy: Uint8Array;
}

/**
 * A small GLM with random weights, whose log-probabilities on the CPU every device must give. ONNX Runtime's fused
 * attention has been wrong on several WebGPU devices, where plain products of matrices are right.
 */
export class SelfTest {
  private constructor(
    private readonly models: Readonly<Record<Attention, string>>,
    private readonly expected: readonly Outputs[],
  ) {}

  /** @throws GlmEvalError (model) where not even the CPU can run it */
  static async prepare<T>(use: (test: SelfTest) => Promise<T>): Promise<T> {
    return await withScratch(async (scratch) => {
      const folder = path.join(scratch, "model");
      const conversion = { config: SHAPE, dtype: "fp32", weights: "random" } as const;
      await convert(randomCheckpoint(SHAPE, WEIGHTS), conversion, folder);
      const graph = (attention: Attention) =>
        writeGraph(folder, SHAPE, { gelu: "tanh", dtype: "fp32", attention });
      const models = { fused: await graph("fused"), plain: await graph("plain") };
      // In a process of its own, as this also finds out whether ONNX Runtime works at all.
      return await use(new SelfTest(models, await outputsOf(models.plain, { ownProcess: true })));
    });
  }

  /**
   * Tests a device in processes of their own, which a driver may abort.
   * @throws GlmEvalError (model) where the device cannot be used, or is wrong by more than rounding
   */
  async check(device: Device): Promise<Tested> {
    const fused = await this.#differenceOf(device, "fused").catch(asError);
    if (typeof fused === "number" && isRight(fused)) return { device, attention: "fused", difference: fused };
    const plain = await this.#differenceOf(device, "plain");
    if (!isRight(plain))
      throw new GlmEvalError(
        "device-wrong",
        `${device} computes a small GLM wrongly: ${apart(plain)} the CPU's, expected at most ${TOLERANCE}`,
        { hint: "A newer driver may help; --device cpu is right." },
      );
    const because =
      typeof fused === "number" ? `the fused one is wrong: ${apart(fused)} the CPU's` : fused.message;
    return { device, attention: "plain", difference: plain, because };
  }

  async #differenceOf(device: Device, attention: Attention): Promise<number> {
    const outputs = await outputsOf(this.models[attention], { device, ownProcess: true });
    return outputs.reduce((worst, found, k) => greater(worst, difference(this.expected[k]!, found)), 0);
  }
}

async function outputsOf(model: string, options: SessionOptions): Promise<Outputs[]> {
  const session = await openSession(model, options);
  try {
    const all: Outputs[] = [];
    for (const length of LENGTHS) {
      const { log_probs, is_greedy } = await session.run(selfTestQuestions(length, SHAPE.vocabSize));
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
 * The greatest difference of a log-probability, or of the likeliest token's from that of the token that the device
 * takes for it; NaN where the device gives NaN or takes none.
 */
function difference(expected: Outputs, found: Outputs): number {
  const { vocabSize } = SHAPE;
  let worst = 0;
  for (let from = 0; from < expected.logProbs.length; from += vocabSize) {
    const right = expected.logProbs.subarray(from, from + vocabSize);
    const best = Math.max(...right);
    let greedy = Number.NaN;
    right.forEach((value, id) => {
      worst = greater(worst, Math.abs(value - found.logProbs[from + id]!));
      if (found.isGreedy[from + id] === 1) greedy = greater(best - value, Number.isNaN(greedy) ? 0 : greedy);
    });
    worst = greater(worst, greedy);
  }
  return worst;
}

/** The greater of two; NaN, which is no agreement, is greater than all. */
function greater(a: number, b: number): number {
  return Number.isNaN(a) || a > b ? a : b;
}

function isRight(found: number): boolean {
  return found <= TOLERANCE;
}

function apart(found: number): string {
  return Number.isNaN(found)
    ? "its log-probabilities are no numbers, unlike"
    : `log-probabilities ${found.toPrecision(2)} from`;
}

function asError(error: unknown): GlmEvalError {
  if (error instanceof GlmEvalError) return error;
  throw error;
}
