import { type ExternalData, GraphBuilder } from "../onnx/index.js";
import { type Gelu, type GlmConfig, glmTensors, LAYER_NORM_EPSILON } from "./config.js";

/** Changes whenever the graph or the layout of the data file does: part of the conversion cache's key. */
export const BUILDER_VERSION = 1;

const HIDDEN_FROM = -65504; // GLM's additive mask (the least float16); not -inf, so that a padding row gives no NaN

/**
 * "fused": ONNX Runtime's MultiHeadAttention. "plain": matrix products and a softmax, for devices whose fused
 * operator is wrong.
 */
export type Attention = "fused" | "plain";

/**
 * Which part of the model's output the graph gives. "target" is what scoring uses. "full" computes logits for
 * every token and reads the targets out of them: only for measuring what the other one saves.
 */
export type Head = "target" | "full";

export interface GraphOptions {
  readonly gelu: Gelu;
  readonly attention?: Attention;
  readonly head?: Head;
  /** where each weight's bytes lie */
  readonly weights: ReadonlyMap<string, ExternalData>;
}

/**
 * GLM as an ONNX graph that scores targets (glm.md §1.4–1.5; Du et al. 2022, arXiv:2103.10360).
 *
 * Inputs, all int32, B rows of S tokens: `input_ids`, `position_ids`, `block_position_ids` (0 in the context, 1 for
 * <|startofpiece|>, 2… in an answer), `question` (which question of the row; -1 for padding), `answer` (0 for the
 * context and the start of piece, 1… for the answers); `target_rows` [P], indices into the B·S tokens; and for each
 * of K targets `pick_rows` [K], an index into target_rows, and `pick_ids` [K], the token whose probability is asked.
 * Outputs: `log_probs` float32 [K], over the whole padded vocabulary, and `is_greedy` bool [K].
 *
 * Token i sees token j when both belong to the same question, j's block position is at most i's, and j is context,
 * start of piece, or of i's own answer. That one rule is GLM's prefix mask with all answers of a question sharing
 * the context and the start of piece, and any number of questions sharing a row.
 */
export function buildGlmGraph(config: GlmConfig, options: GraphOptions): GraphBuilder {
  const g = new GraphBuilder("glm");
  const { hidden: h } = config;
  const shapes = glmTensors(config);
  const declared = new Set<string>();
  const weight = (name: string): string => {
    if (!declared.has(name)) {
      declared.add(name);
      g.weight(name, shapes.get(name)!, options.weights.get(name)!);
    }
    return name;
  };
  // Weights keep torch's layout (out, in): Gemm with transB reads it as it is, so nothing is transposed anywhere.
  const linear = (x: string, name: string) =>
    g.op("Gemm", [x, weight(`${name}.weight`), weight(`${name}.bias`)], { transB: 1 });

  const ids = g.input("input_ids", "int32", ["B", "S"]);
  const positions = g.input("position_ids", "int32", ["B", "S"]);
  const blocks = g.input("block_position_ids", "int32", ["B", "S"]);
  const question = g.input("question", "int32", ["B", "S"]);
  const answer = g.input("answer", "int32", ["B", "S"]);
  const bias = attentionBias(g, { question, answer, blocks });
  const flat = g.constant("int64", [-1, h]);
  const rows3d = g.op("Concat", [g.op("Shape", [ids]), g.constant("int64", [-1])], { axis: 0 });

  const embed = (table: string, index: string) => g.op("Gather", [weight(table), index]);
  let stream = g.op("Add", [
    g.op("Add", [
      embed("word_embeddings.weight", ids),
      embed("transformer.position_embeddings.weight", positions),
    ]),
    embed("transformer.block_position_embeddings.weight", blocks),
  ]);
  stream = g.op("Reshape", [stream, flat]);
  const epsilon = { float: LAYER_NORM_EPSILON };
  const norm = (x: string, name: string) =>
    g.op("LayerNormalization", [x, weight(`${name}.weight`), weight(`${name}.bias`)], { axis: -1, epsilon });
  /** Adds a branch to the residual stream and normalises the sum, in one pass over memory. */
  const addAndNorm = (branch: string, name: string): string => {
    const inputs = [stream, branch, weight(`${name}.weight`), weight(`${name}.bias`)];
    const [normed, , , sum] = g.add(
      "SkipLayerNormalization",
      inputs,
      { epsilon },
      [true, false, false, true],
      "com.microsoft",
    );
    stream = sum!;
    return normed!;
  };

  let normed = norm(stream, "transformer.layers.0.input_layernorm");
  for (let i = 0; i < config.layers; i++) {
    const layer = `transformer.layers.${i}`;
    const qkv = linear(normed, `${layer}.attention.query_key_value`);
    const attended = attend(g, config, qkv, { bias, rows3d, attention: options.attention ?? "fused" });
    const attention = linear(g.op("Reshape", [attended, flat]), `${layer}.attention.dense`);
    normed = addAndNorm(attention, `${layer}.post_attention_layernorm`);
    const inner = g.op("Gelu", [linear(normed, `${layer}.mlp.dense_h_to_4h`)], {
      approximate: options.gelu === "tanh" ? "tanh" : "none",
    });
    const next =
      i + 1 < config.layers ? `transformer.layers.${i + 1}.input_layernorm` : "transformer.final_layernorm";
    normed = addAndNorm(linear(inner, `${layer}.mlp.dense_4h_to_h`), next);
  }
  targetHead(g, config, normed, weight("word_embeddings.weight"), options.head ?? "target");
  return g;
}

/** [B, 1, S, S]: 0 where a token sees another, -65504 where it does not. */
function attentionBias(g: GraphBuilder, t: { question: string; answer: string; blocks: string }): string {
  const seeing = (x: string) => g.op("Unsqueeze", [x, g.constant("int64", [2])]);
  const seen = (x: string) => g.op("Unsqueeze", [x, g.constant("int64", [1])]);
  const sameQuestion = g.op("Equal", [seeing(t.question), seen(t.question)]);
  const notLater = g.op("LessOrEqual", [seen(t.blocks), seeing(t.blocks)]);
  const shared = seen(g.op("LessOrEqual", [t.blocks, g.constant("int32", 1)]));
  const sameAnswer = g.op("Equal", [seeing(t.answer), seen(t.answer)]);
  const visible = g.op("And", [g.op("And", [sameQuestion, notLater]), g.op("Or", [shared, sameAnswer])]);
  const bias = g.op("Where", [visible, g.constant("float32", 0), g.constant("float32", HIDDEN_FROM)]);
  return g.op("Unsqueeze", [bias, g.constant("int64", [1])]);
}

/**
 * softmax(Q·Kᵀ/√d + bias)·V for every head. [B·S, 3h] → [B, S, h]. Q, K and V are contiguous thirds; head j owns
 * columns j·d … j·d + d - 1. The reference's `attention_scale` s divides and multiplies by s: the result is the same
 * for every s, so none is applied.
 */
function attend(
  g: GraphBuilder,
  { hidden, heads }: GlmConfig,
  qkv: string,
  { bias, rows3d, attention }: { bias: string; rows3d: string; attention: Attention },
): string {
  const [q, k, v] = g.add("Split", [g.op("Reshape", [qkv, rows3d])], { axis: -1, num_outputs: 3 }, 3) as [
    string,
    string,
    string,
  ];
  if (attention === "fused")
    return g.add("MultiHeadAttention", [q, k, v, "", "", bias], { num_heads: heads }, 1, "com.microsoft")[0]!;
  const perHead = g.constant("int64", [0, 0, heads, hidden / heads]);
  const split = (x: string, perm: number[]) => g.op("Transpose", [g.op("Reshape", [x, perHead])], { perm });
  const scores = g.op("MatMul", [split(q, [0, 2, 1, 3]), split(k, [0, 2, 3, 1])]);
  const scaled = g.op("Mul", [scores, g.constant("float32", 1 / Math.sqrt(hidden / heads))]);
  const weights = g.op("Softmax", [g.op("Add", [scaled, bias])], { axis: -1 });
  const context = g.op("MatMul", [weights, split(v, [0, 2, 1, 3])]);
  return g.op("Reshape", [
    g.op("Transpose", [context], { perm: [0, 2, 1, 3] }),
    g.constant("int64", [0, 0, hidden]),
  ]);
}

/**
 * log p(id) = logit(id) - max - log Σ exp(logit - max), in float32 over all V rows, for the asked ids only. Written
 * out because LogSoftmax has no WebGPU kernel.
 */
function targetHead(
  g: GraphBuilder,
  config: GlmConfig,
  normed: string,
  embeddings: string,
  head: Head,
): void {
  const targetRows = g.input("target_rows", "int32", ["P"]);
  const pickRows = g.input("pick_rows", "int32", ["K"]);
  const pickIds = g.input("pick_ids", "int32", ["K"]);
  const logits =
    head === "target"
      ? g.op("Gemm", [g.op("Gather", [normed, targetRows]), embeddings], { transB: 1 })
      : g.op("Gather", [g.op("Gemm", [normed, embeddings], { transB: 1 }), targetRows]);
  const lastAxis = g.constant("int64", [1]);
  const max = g.op("ReduceMax", [logits, lastAxis], { keepdims: 1 });
  const sum = g.op("ReduceSum", [g.op("Exp", [g.op("Sub", [logits, max])]), lastAxis], { keepdims: 1 });
  const one = g.constant("int64", [-1]);
  const perRow = (x: string) => g.op("Gather", [g.op("Reshape", [x, one]), pickRows]);
  const index = g.op("Add", [g.op("Mul", [pickRows, g.constant("int32", config.vocabSize)]), pickIds]);
  const picked = g.op("Gather", [g.op("Reshape", [logits, one]), index]);
  const highest = perRow(max);
  const logProbs = g.op("Sub", [g.op("Sub", [picked, highest]), perRow(g.op("Log", [sum]))]);
  g.output("log_probs", logProbs, "float32", ["K"]);
  g.output("is_greedy", g.op("GreaterOrEqual", [picked, highest]), "bool", ["K"]);
}
