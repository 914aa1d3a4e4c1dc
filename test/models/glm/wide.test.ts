import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { convert } from "../../../src/models/glm/convert.js";
import { layOut } from "../../../src/models/glm/data-file-layout.js";
import {
  type Attention,
  type GlmDtype,
  makeRandomCheckpoint,
  writeGraph,
} from "../../../src/models/glm/index.js";
import { type Device, openSession } from "../../../src/models/onnx/index.js";
import { type InfillQuestion, infillEngine } from "../../../src/scoring/index.js";
import { noVulkan } from "../devices/vulkan.js";

interface WideModel {
  readonly config: Readonly<Record<string, number>>;
  readonly questions: readonly {
    readonly context: readonly number[];
    readonly answers: readonly (readonly number[])[];
    /** PyTorch's values for each answer's tokens and the end of piece */
    readonly logProbs: readonly (readonly number[])[];
  }[];
}
const { bound, special, models } = JSON.parse(readFileSync("test/fixtures/reference/wide.json", "utf8")) as {
  readonly bound: number;
  readonly special: { readonly [K in "cls" | "eos" | "pad" | "mask" | "sop" | "eop"]: number };
  readonly models: readonly WideModel[];
};
const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The maximum error of a log-probability. Measured: fp32 2.9e-6, fp16 1.3e-3, int8 0.051, q8 0.035, q4 0.43. */
const BOUNDS = { fp32: 1e-5, fp16: 2e-3, int8: 0.07, q8: 0.05, q4: 0.6 } satisfies Record<GlmDtype, number>;

const wide = models.map(({ config: c, questions }) => ({
  config: {
    layers: c.num_layers!,
    hidden: c.hidden_size!,
    heads: c.num_attention_heads!,
    vocabSize: c.vocab_size!,
    maxLength: c.max_sequence_length!,
  },
  questions: questions.map(
    ({ context, answers }, k): InfillQuestion => ({
      id: String(k),
      context,
      blank: context.indexOf(special.mask),
      answers,
      cut: 0,
    }),
  ),
  reference: questions.flatMap(({ logProbs }) => logProbs.flat()),
}));

describe.each(wide)("a GLM $config.hidden wide", ({ config, questions, reference }) => {
  const tokenizer = {
    family: "wordpiece" as const,
    special,
    size: config.vocabSize,
    masks: [],
    hash: "none",
    encode: () => [],
    token: String,
  };
  const converted: { [Dtype in GlmDtype]?: Promise<void> } = {};

  /** Returns the maximum deviation of a log-probability from PyTorch's. */
  async function findMaxDeviation(dtype: GlmDtype, attention: Attention, device: Device): Promise<number> {
    const folder = path.join(work, `${config.hidden}-${dtype}`);
    // Both kinds of attention read the same weights.
    converted[dtype] ??= convert(
      makeRandomCheckpoint(config, bound),
      { config, dtype, weights: "random" },
      folder,
    );
    await converted[dtype];
    expect(statSync(path.join(folder, "weights.bin")).size).toBe(layOut(config, dtype).bytes);
    const model = await writeGraph(folder, config, { gelu: "tanh", dtype, attention });
    const session = await openSession(model, { device });
    const engine = infillEngine({ config, tokenizer, session });
    const scores = await engine.score(questions.map((question) => [question]));
    await engine.close();
    const logProbs = scores
      .flat(2)
      .flatMap((answer) => [...answer.tokenLogProbs, ...answer.closing.logProbs]);
    expect(logProbs).toHaveLength(reference.length);
    return Math.max(...logProbs.map((value, k) => Math.abs(value - reference[k]!)));
  }

  const cases = (Object.keys(BOUNDS) as GlmDtype[]).flatMap((dtype) =>
    (["fused", "plain"] as const).map((attention) => ({ dtype, attention })),
  );

  it.each(cases)("in $dtype with $attention attention agrees with PyTorch", async ({ dtype, attention }) => {
    expect(await findMaxDeviation(dtype, attention, "cpu")).toBeLessThanOrEqual(BOUNDS[dtype]);
  });

  it.skipIf(noVulkan)(`on WebGPU agrees with PyTorch ${noVulkan ?? ""}`, async () => {
    expect(await findMaxDeviation("fp32", "plain", "webgpu")).toBeLessThanOrEqual(BOUNDS.fp32);
  });
});
