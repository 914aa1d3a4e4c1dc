import { DATA_TYPE } from "./onnx-fields.js";
import type { GraphOperators } from "./onnx-graph.js";

/**
 * logits [P, V] → the graph's outputs.
 * log p(id) = logit(id) - max - log Σ exp(logit - max), in float32 over all V rows, for the asked ids only. Written
 * out because LogSoftmax has no WebGPU kernel.
 *
 * Adds the inputs `pick_rows` int32 [K], an index into the P rows, and `pick_ids` int32 [K], the token whose
 * probability is asked; the outputs `log_probs` float32 [K] and `is_greedy` bool [K].
 * @param logits float32 [P, V]
 * @param exact where the logits are approximate: those of the asked ids are `hidden` [P, h] times rows of `table` [V, h],
 *   and take the place of the approximate ones in the sum too, so that no log p is above 0; `is_greedy` compares
 *   approximate ones with each other
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
  // In int64: positions times vocabulary passes 2^31 in a big batch, and a wrapped index would give a wrong number.
  const wide = (x: string) => g.op("Cast", [x], { to: DATA_TYPE.int64 });
  const rowStart = g.op("Mul", [wide(pickRows), g.constant("int64", vocabSize)]);
  const index = g.op("Add", [rowStart, wide(pickIds)]);
  const picked = g.op("Gather", [g.op("Reshape", [logits, one]), index]);
  const highest = perRow(max);
  const above = (logit: string) => g.op("Sub", [logit, highest]);
  const logProbs = exact
    ? exactLogProbs(g, {
        asked: above(exactLogits(g, exact, pickRows, pickIds)),
        approximate: above(picked),
        sum: perRow(sum),
      })
    : g.op("Sub", [above(picked), perRow(g.op("Log", [sum]))]);
  g.output("log_probs", logProbs, "float32", ["K"]);
  // Nothing is above the highest, so "at least" is "equal", which has been there for longer than GreaterOrEqual.
  g.output("is_greedy", g.op("Equal", [picked, highest]), "bool", ["K"]);
}

/** [K]: row pick_rows of `hidden` times row pick_ids of `table`. */
function exactLogits(
  g: GraphOperators,
  { hidden, table }: { readonly hidden: string; readonly table: string },
  pickRows: string,
  pickIds: string,
): string {
  const products = g.op("Mul", [g.op("Gather", [hidden, pickRows]), g.op("Gather", [table, pickIds])]);
  return g.op("Reshape", [reduceRows(g, "ReduceSum", products), g.constant("int64", [-1])]);
}

/**
 * log p of logits that take the place of approximate ones in the sums over the vocabulary; all [K], less the row's max.
 */
function exactLogProbs(
  g: GraphOperators,
  { asked, approximate, sum }: { readonly asked: string; readonly approximate: string; readonly sum: string },
): string {
  // Where the asked id has nearly all of the sum, rounding could leave less than nothing of the others …
  const others = g.op("Relu", [g.op("Sub", [sum, g.op("Exp", [approximate])])]);
  const logSum = g.op("Log", [g.op("Add", [others, g.op("Exp", [asked])])]);
  // … and the logarithm of an exponential may be a rounding less than what it was taken of.
  return g.op("Min", [g.op("Sub", [asked, logSum]), g.constant("float32", 0)]);
}

/** The version of the standard operators from which a reduction takes its axes as an input, not as an attribute. */
const AXES_AS_INPUT = { ReduceSum: 13, ReduceMax: 18 } as const;

/** [P, V] → [P, 1] over the last axis, as the graph's version of the operators writes it. */
function reduceRows(g: GraphOperators, op: keyof typeof AXES_AS_INPUT, x: string): string {
  return g.opset >= AXES_AS_INPUT[op]
    ? g.op(op, [x, g.constant("int64", [1])], { keepdims: 1 })
    : g.op(op, [x], { axes: [1], keepdims: 1 });
}
