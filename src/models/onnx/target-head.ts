import { DATA_TYPE, type GraphBuilder } from "./builder.js";

/** What a graph is extended with: our own builder has it, and so has a graph that was read from a file. */
export type GraphOperators = Pick<GraphBuilder, "input" | "output" | "constant" | "op">;

/**
 * logits [P, V] → the graph's outputs.
 * log p(id) = logit(id) - max - log Σ exp(logit - max), in float32 over all V rows, for the asked ids only. Written
 * out because LogSoftmax has no WebGPU kernel.
 *
 * Adds the inputs `pick_rows` int32 [K], an index into the P rows, and `pick_ids` int32 [K], the token whose
 * probability is asked; the outputs `log_probs` float32 [K] and `is_greedy` bool [K].
 * @param logits float32 [P, V]
 */
export function scoreTargets(g: GraphOperators, vocabSize: number, logits: string): void {
  const pickRows = g.input("pick_rows", "int32", ["K"]);
  const pickIds = g.input("pick_ids", "int32", ["K"]);
  const lastAxis = g.constant("int64", [1]);
  const max = g.op("ReduceMax", [logits, lastAxis], { keepdims: 1 });
  const sum = g.op("ReduceSum", [g.op("Exp", [g.op("Sub", [logits, max])]), lastAxis], { keepdims: 1 });
  const one = g.constant("int64", [-1]);
  const perRow = (x: string) => g.op("Gather", [g.op("Reshape", [x, one]), pickRows]);
  // In int64: positions times vocabulary passes 2^31 in a big batch, and a wrapped index would give a wrong number.
  const wide = (x: string) => g.op("Cast", [x], { to: DATA_TYPE.int64 });
  const rowStart = g.op("Mul", [wide(pickRows), g.constant("int64", vocabSize)]);
  const index = g.op("Add", [rowStart, wide(pickIds)]);
  const picked = g.op("Gather", [g.op("Reshape", [logits, one]), index]);
  const highest = perRow(max);
  const logProbs = g.op("Sub", [g.op("Sub", [picked, highest]), perRow(g.op("Log", [sum]))]);
  g.output("log_probs", logProbs, "float32", ["K"]);
  g.output("is_greedy", g.op("GreaterOrEqual", [picked, highest]), "bool", ["K"]);
}
