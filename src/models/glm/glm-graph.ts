import { GraphBuilder, scoreTargets } from "../onnx/index.js";
import { EMBEDDINGS, HEAD, type Layout } from "./data-file-layout.js";
import { type GlmDtype, getPrecision } from "./formats/index.js";
import { type Gelu, type GlmConfig, LAYER_NORM_EPSILON } from "./glm-config.js";

/** Must change whenever the graph or the layout of the data file changes: part of the conversion cache's key. */
export const BUILDER_VERSION = 6;

const MASKED = -65504; // GLM's additive mask (the lowest float16); not -inf, which would give NaN for a padding row

/**
 * "fused": ONNX Runtime's MultiHeadAttention. "plain": matrix products and a softmax, for devices on which the fused
 * operator gives wrong results.
 */
export type Attention = "fused" | "plain";

/**
 * The part of the model's output that the graph computes. "target" is used for scoring. "full" computes logits for
 * every token and selects the targets from them: only for measuring what "target" saves.
 */
export type Head = "target" | "full";

/** Values for queries, keys and values. */
type QKV = readonly [string, string, string];

export interface GraphOptions {
  readonly gelu: Gelu;
  readonly attention?: Attention;
  readonly head?: Head;
  readonly dtype: GlmDtype;
  /** the location of each weight's bytes */
  readonly weights: Layout["tensors"];
}

/**
 * Builds GLM as an ONNX graph that scores targets (glm.md §1.4–1.5; Du et al. 2022, arXiv:2103.10360).
 *
 * Inputs, all int32, B rows of S tokens: `input_ids`, `position_ids`, `block_position_ids` (0 in the context, 1 for
 * <|startofpiece|>, 2… in an answer), `question` (index of the question in the row; -1 for padding), `answer` (0 for
 * the context and the start of piece, 1… for the answers); `target_rows` [P], indices into the B·S tokens; and for each
 * of K targets `pick_rows` [K], an index into target_rows, and `pick_ids` [K], the token whose probability is
 * requested.
 * Outputs: `log_probs` float32 [K], over the entire padded vocabulary, and `is_greedy` bool [K].
 *
 * Token i attends to token j if both belong to the same question, j's block position is at most i's, and j is context,
 * start of piece, or part of i's own answer. This single rule implements GLM's prefix mask with all answers of a
 * question sharing the context and the start of piece, and any number of questions sharing a row.
 */
export function buildGlmGraph(config: GlmConfig, options: GraphOptions): GraphBuilder {
  const g = new GraphBuilder("glm");
  const { hidden: h } = config;
  const { linear, other, head: vocabulary } = getPrecision(options.dtype);
  const matrices = (name: string) => options.weights.get(name)!.matrices;
  const weight = (name: string): string => other.read(g, matrices(name)[0]!);
  // The following operator adds the biases: Gemm's own bias is copied by a single thread beforehand.
  const products = (x: string, name: string): string[] => {
    const stored = matrices(`${name}.weight`);
    const { columns, given } = stored[0]!;
    // Padding takes less than 1 % of the time. The MLP's inner activations already have the width of the next stored
    // matrix.
    const missing = given.columns === h ? columns - h : 0;
    const wide = missing > 0 ? g.op("Pad", [x, g.constant("int64", [0, 0, 0, missing])]) : x;
    return linear.products(g, wide, stored);
  };
  const linearWithoutBias = (x: string, name: string): string => products(x, name)[0]!;

  const ids = g.input("input_ids", "int32", ["B", "S"]);
  const positions = g.input("position_ids", "int32", ["B", "S"]);
  const blocks = g.input("block_position_ids", "int32", ["B", "S"]);
  const question = g.input("question", "int32", ["B", "S"]);
  const answer = g.input("answer", "int32", ["B", "S"]);
  const targetRows = g.input("target_rows", "int32", ["P"]);
  const head = options.head ?? "target";
  const mask = buildAttentionMask(g, { question, answer, blocks });
  const flat = g.constant("int64", [-1, h]);
  const rows3d = g.op("Concat", [g.op("Shape", [ids]), g.constant("int64", [-1])], { axis: 0 });

  const embed = (table: string, index: string) => g.op("Gather", [weight(table), index]);
  let stream = g.op("Add", [
    g.op("Add", [embed(EMBEDDINGS, ids), embed("transformer.position_embeddings.weight", positions)]),
    embed("transformer.block_position_embeddings.weight", blocks),
  ]);
  stream = g.op("Reshape", [stream, flat]);
  const epsilon = { float: LAYER_NORM_EPSILON };
  const norm = (x: string, name: string) =>
    g.op("LayerNormalization", [x, weight(`${name}.weight`), weight(`${name}.bias`)], { axis: -1, epsilon });
  /**
   * Adds a branch to the residual stream and normalizes the sum. Not with the fused SkipLayerNormalization, whose CPU
   * kernel takes five times as long as Add and LayerNormalization together.
   */
  const addAndNorm = (branch: string, branchName: string, normName: string): string => {
    stream = g.op("Add", [g.op("Add", [branch, weight(`${branchName}.bias`)]), stream]);
    return norm(stream, normName);
  };

  let normed = norm(stream, "transformer.layers.0.input_layernorm");
  for (let i = 0; i < config.layers; i++) {
    const layer = `transformer.layers.${i}`;
    const isLast = i + 1 === config.layers;
    const qkv = `${layer}.attention.query_key_value`;
    const made = products(normed, qkv);
    const three = made.length === 1 ? g.add("Split", made, { axis: 1, num_outputs: 3 }, 3) : made;
    const [q, k, v] = three.map((x) => g.op("Reshape", [x, rows3d]));
    const projected: QKV = [q!, k!, v!];
    const biases = weight(`${qkv}.bias`);
    const seen =
      options.attention === "plain"
        ? attend(g, config, projected, biases, mask)
        : attendFused(g, config, projected, biases, mask);
    let attended = g.op("Reshape", [seen, flat]);
    if (isLast && head === "target") {
      // From here on, no token attends to another: only the targets are needed.
      attended = g.op("Gather", [attended, targetRows]);
      stream = g.op("Gather", [stream, targetRows]);
    }
    const dense = `${layer}.attention.dense`;
    normed = addAndNorm(linearWithoutBias(attended, dense), dense, `${layer}.post_attention_layernorm`);
    const up = `${layer}.mlp.dense_h_to_4h`;
    const down = `${layer}.mlp.dense_4h_to_h`;
    const inner = addGelu(g, options.gelu, linearWithoutBias(normed, up), weight(`${up}.bias`));
    const next = isLast ? "transformer.final_layernorm" : `transformer.layers.${i + 1}.input_layernorm`;
    normed = addAndNorm(linearWithoutBias(inner, down), down, next);
  }
  const targets = (x: string) => (head === "target" ? x : g.op("Gather", [x, targetRows]));
  if (vocabulary) {
    const [logits] = vocabulary.products(g, normed, matrices(HEAD));
    scoreTargets(g, config.vocabSize, targets(logits!), {
      hidden: targets(normed),
      table: weight(EMBEDDINGS),
    });
  } else {
    const logits = g.op("Gemm", [normed, weight(EMBEDDINGS)], { transB: 1 });
    scoreTargets(g, config.vocabSize, targets(logits));
  }
  return g;
}

/** Builds the mask [B, 1, S, S]: 0 where a token attends to another, -65504 elsewhere. */
function buildAttentionMask(
  g: GraphBuilder,
  t: { question: string; answer: string; blocks: string },
): string {
  const seeing = (x: string) => g.op("Unsqueeze", [x, g.constant("int64", [2])]);
  const seen = (x: string) => g.op("Unsqueeze", [x, g.constant("int64", [1])]);
  const sameQuestion = g.op("Equal", [seeing(t.question), seen(t.question)]);
  const notLater = g.op("LessOrEqual", [seen(t.blocks), seeing(t.blocks)]);
  const shared = seen(g.op("LessOrEqual", [t.blocks, g.constant("int32", 1)]));
  const sameAnswer = g.op("Equal", [seeing(t.answer), seen(t.answer)]);
  const visible = g.op("And", [g.op("And", [sameQuestion, notLater]), g.op("Or", [shared, sameAnswer])]);
  const mask = g.op("Where", [visible, g.constant("float32", 0), g.constant("float32", MASKED)]);
  return g.op("Unsqueeze", [mask, g.constant("int64", [1])]);
}

/** Adds GELU(x + bias), exact or by the tanh formula. */
function addGelu(g: GraphBuilder, kind: Gelu, x: string, bias: string): string {
  return g.add(kind === "tanh" ? "FastGelu" : "BiasGelu", [x, bias], {}, 1, "com.microsoft")[0]!;
}

/**
 * Adds softmax(Q·Kᵀ/√d + mask)·V for every head: from three times [B, S, h] and biases [h] to [B, S, h]. Head j owns
 * columns j·d … j·d + d - 1. The reference divides and multiplies by `attention_scale` s: the result is the same for
 * every s, so it is not applied.
 */
function attend(
  g: GraphBuilder,
  { hidden, heads }: GlmConfig,
  [q, k, v]: QKV,
  biases: string,
  mask: string,
): string {
  const [qBias, kBias, vBias] = g.add("Split", [biases], { axis: 0, num_outputs: 3 }, 3) as [
    string,
    string,
    string,
  ];
  const perHead = g.constant("int64", [0, 0, heads, hidden / heads]);
  const split = (x: string, bias: string, perm: number[]) =>
    g.op("Transpose", [g.op("Reshape", [g.op("Add", [x, bias]), perHead])], { perm });
  const scores = g.op("MatMul", [split(q, qBias, [0, 2, 1, 3]), split(k, kBias, [0, 2, 3, 1])]);
  const scaled = g.op("Mul", [scores, g.constant("float32", 1 / Math.sqrt(hidden / heads))]);
  const weights = g.op("Softmax", [g.op("Add", [scaled, mask])], { axis: -1 });
  const context = g.op("MatMul", [weights, split(v, vBias, [0, 2, 1, 3])]);
  return g.op("Reshape", [
    g.op("Transpose", [context], { perm: [0, 2, 1, 3] }),
    g.constant("int64", [0, 0, hidden]),
  ]);
}

/** Does the same with one operator, which also adds the biases of Q, K and V (stacked, [3h]). */
function attendFused(
  g: GraphBuilder,
  { heads }: GlmConfig,
  [q, k, v]: QKV,
  bias: string,
  mask: string,
): string {
  const inputs = [q, k, v, bias, "", mask];
  return g.add("MultiHeadAttention", inputs, { num_heads: heads }, 1, "com.microsoft")[0]!;
}
