import { DATA_TYPE } from "./onnx-fields.js";
import type { GraphOperators } from "./onnx-graph.js";

/**
 * Adds the graph's outputs, computed from logits [P, V]:
 * log p(id) = logit(id) - max - log Σ exp(logit - max), in float32 over all V rows, for the requested ids only. Spelled
 * out because LogSoftmax has no WebGPU kernel.
 *
 * Adds the inputs `pick_rows` int32 [K], an index into the P rows, and `pick_ids` int32 [K], the token whose
 * probability is requested; and the outputs `log_probs` float32 [K] and `is_greedy` bool [K].
 * @param logits float32 [P, V]
 * @param exact for approximate logits: the requested ids' logits are computed as `hidden` [P, h] times rows of `table`
 *   [V, h]. They replace the approximate ones in the sum too, so that no log p is above 0; `is_greedy` compares
 *   approximate logits with each other
 */
export function scoreTargets(
  g: GraphOperators,
  vocabSize: number,
  logits: string,
  exact?: { readonly hidden: string; readonly table: string },
): void {
  const pickRows = g.input("pick_rows", "int32", ["K"]);
  const pickIds = g.input("pick_ids", "int32", ["K"]);
  const max = reduceRows(g, "ReduceMax", logits);
  const sum = reduceRows(g, "ReduceSum", g.op("Exp", [g.op("Sub", [logits, max])]));
  const one = g.constant("int64", [-1]);
  const perRow = (x: string) => g.op("Gather", [g.op("Reshape", [x, one]), pickRows]);
  // In int64: positions times vocabulary exceeds 2^31 in a big batch, and an overflowed index would give a wrong
  // number.
  const wide = (x: string) => g.op("Cast", [x], { to: DATA_TYPE.int64 });
  const rowStart = g.op("Mul", [wide(pickRows), g.constant("int64", vocabSize)]);
  const index = g.op("Add", [rowStart, wide(pickIds)]);
  const picked = g.op("Gather", [g.op("Reshape", [logits, one]), index]);
  const highest = perRow(max);
  const above = (logit: string) => g.op("Sub", [logit, highest]);
  const logProbs = exact
    ? addExactLogProbs(g, {
        requested: above(addExactLogits(g, exact, pickRows, pickIds)),
        approximate: above(picked),
        sum: perRow(sum),
      })
    : g.op("Sub", [above(picked), perRow(g.op("Log", [sum]))]);
  g.output("log_probs", logProbs, "float32", ["K"]);
  // Nothing exceeds the maximum, so "at least" means "equal", an older operator than GreaterOrEqual.
  g.output("is_greedy", g.op("Equal", [picked, highest]), "bool", ["K"]);
}

/** Computes [K]: row pick_rows of `hidden` times row pick_ids of `table`. */
function addExactLogits(
  g: GraphOperators,
  { hidden, table }: { readonly hidden: string; readonly table: string },
  pickRows: string,
  pickIds: string,
): string {
  const products = g.op("Mul", [g.op("Gather", [hidden, pickRows]), g.op("Gather", [table, pickIds])]);
  return g.op("Reshape", [reduceRows(g, "ReduceSum", products), g.constant("int64", [-1])]);
}

/**
 * Computes log p from logits that replace approximate ones in the sums over the vocabulary; all are [K], minus the
 * row's max.
 */
function addExactLogProbs(
  g: GraphOperators,
  {
    requested,
    approximate,
    sum,
  }: { readonly requested: string; readonly approximate: string; readonly sum: string },
): string {
  // If the requested id accounts for nearly all of the sum, rounding could leave a negative rest …
  const others = g.op("Relu", [g.op("Sub", [sum, g.op("Exp", [approximate])])]);
  const logSum = g.op("Log", [g.op("Add", [others, g.op("Exp", [requested])])]);
  // … and the logarithm of an exponential may be less than its argument by a rounding error.
  return g.op("Min", [g.op("Sub", [requested, logSum]), g.constant("float32", 0)]);
}

/**
 * The version of the standard operators since which a reduction takes its axes as an input rather than an attribute.
 */
const AXES_AS_INPUT = { ReduceSum: 13, ReduceMax: 18 } as const;

/** Reduces [P, V] to [P, 1] over the last axis, in the form required by the graph's operator version. */
function reduceRows(g: GraphOperators, op: keyof typeof AXES_AS_INPUT, x: string): string {
  return g.opset >= AXES_AS_INPUT[op]
    ? g.op(op, [x, g.constant("int64", [1])], { keepdims: 1 })
    : g.op(op, [x], { axes: [1], keepdims: 1 });
}
