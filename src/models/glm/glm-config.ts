import { z } from "zod";
import { GlmEvalError } from "../../errors.js";
import { isOriginalGlm } from "../config/index.js";

/**
 * The shape of an original GLM (blank infilling, 2-D learned positions), from its config.json. Defaults are those of
 * the reference's GLMConfig. Values that no config contains are fixed here: feed-forward width 4h, LayerNorm epsilon
 * 1e-5.
 */
export interface GlmConfig {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  /** padded: number of rows of the embedding table, all of which are part of the softmax */
  readonly vocabSize: number;
  /** L; both position tables have L + 1 rows */
  readonly maxLength: number;
  /** the activation in config.json, if set (published GLMs leave it to the code) */
  readonly gelu?: Gelu;
}

/** "tanh": as in the original training code; "erf": exact, as in the hub's code (they differ by ≤ 4.7e-4). */
export type Gelu = "erf" | "tanh";

export const LAYER_NORM_EPSILON = 1e-5;

const positive = z.number().int().positive();
const schema = z.object({
  num_layers: positive.optional(),
  num_hidden_layers: positive.optional(),
  vocab_size: positive.default(30592),
  hidden_size: positive.default(1024),
  num_attention_heads: positive.default(16),
  max_sequence_length: positive.default(512),
  relative_encoding: z.boolean().default(false),
  block_position_encoding: z.boolean().default(true),
  attention_scale: z.number().positive().default(1),
  hidden_act: z.enum(["gelu", "gelu_new", "gelu_pytorch_tanh"]).optional(),
});

/** Model types of other architectures that a config.json may name, with descriptions for messages. */
const OTHERS: Record<string, string> = {
  chatglm: "ChatGLM (rotary positions, its own tokenizer)",
  glm4: "GLM-4 (a causal decoder)",
};

const KNOWN_HINT = "`glm-eval models list` lists published checkpoints of that architecture.";

/**
 * Reads the shape from a parsed config.json.
 * @throws GlmEvalError (model) for another architecture, GlmEvalError (data) for an invalid config
 */
export function parseGlmConfig(json: unknown, file: string): GlmConfig {
  const raw = (json ?? {}) as Record<string, unknown>;
  const type = raw.model_type;
  if (type !== "glm") {
    const known = OTHERS[String(type)];
    throw new GlmEvalError(
      "model-not-supported",
      `${file}: model_type is ${type === undefined ? "missing" : JSON.stringify(type)}${known ? `, ${known}` : ""}; ` +
        `the supported architecture is "glm" (blank-infilling GLM: glm-roberta-large, glm-2b, glm-10b, …)`,
      { hint: KNOWN_HINT },
    );
  }
  if (!isOriginalGlm(raw))
    throw new GlmEvalError(
      "model-not-supported",
      `${file}: model_type is "glm" but the fields are those of GLM-4 (num_key_value_heads, intermediate_size), a causal ` +
        "decoder; only the original blank-infilling GLM is supported",
      { hint: KNOWN_HINT },
    );
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new GlmEvalError(
      "bad-config",
      `${file}: ${issue.path.join(".") || "top level"}: ${issue.message}`,
      {
        hint: "A GLM's config.json has num_layers, hidden_size, num_attention_heads, vocab_size and max_sequence_length.",
      },
    );
  }
  const c = parsed.data;
  if (c.relative_encoding || !c.block_position_encoding)
    throw new GlmEvalError(
      "model-not-supported",
      `${file}: relative_encoding ${c.relative_encoding}, block_position_encoding ${c.block_position_encoding}; only learned ` +
        "2-D positions (false, true) exist in released GLMs and are supported",
      { hint: KNOWN_HINT },
    );
  if (c.hidden_size % c.num_attention_heads !== 0)
    throw new GlmEvalError(
      "bad-config",
      `${file}: hidden_size ${c.hidden_size} is not a multiple of num_attention_heads ${c.num_attention_heads}`,
      { hint: "Use the config.json that the weights were published with." },
    );
  return {
    layers: c.num_layers ?? c.num_hidden_layers ?? 24,
    hidden: c.hidden_size,
    heads: c.num_attention_heads,
    vocabSize: c.vocab_size,
    maxLength: c.max_sequence_length,
    ...(c.hidden_act && { gelu: c.hidden_act === "gelu" ? "erf" : "tanh" }),
  };
}

/**
 * Lists the names and shapes of all tensors that a checkpoint of this shape must contain, in the order of
 * computation.
 */
export function listGlmTensors(c: GlmConfig): ReadonlyMap<string, readonly number[]> {
  const { hidden: h } = c;
  const tensors = new Map<string, readonly number[]>([
    ["word_embeddings.weight", [c.vocabSize, h]],
    ["transformer.position_embeddings.weight", [c.maxLength + 1, h]],
    ["transformer.block_position_embeddings.weight", [c.maxLength + 1, h]],
  ]);
  const withBias = (name: string, out: number, ...rest: number[]) =>
    tensors.set(`${name}.weight`, [out, ...rest]).set(`${name}.bias`, [out]);
  for (let i = 0; i < c.layers; i++) {
    const layer = `transformer.layers.${i}`;
    withBias(`${layer}.input_layernorm`, h);
    withBias(`${layer}.attention.query_key_value`, 3 * h, h);
    withBias(`${layer}.attention.dense`, h, h);
    withBias(`${layer}.post_attention_layernorm`, h);
    withBias(`${layer}.mlp.dense_h_to_4h`, 4 * h, h);
    withBias(`${layer}.mlp.dense_4h_to_h`, h, 4 * h);
  }
  withBias("transformer.final_layernorm", h);
  return tensors;
}

/** Counts the parameters: V·h + 2(L+1)·h + N(12h² + 13h) + 2h. */
export function countGlmParameters(c: GlmConfig): number {
  let count = 0;
  for (const shape of listGlmTensors(c).values()) count += shape.reduce((a, b) => a * b, 1);
  return count;
}
