import type { Tensor } from "../models/onnx/index.js";
import { int32List } from "./feeds.js";

/** The outputs of a graph with the target head: one number and one flag per pick. */
export const HEAD_OUTPUTS: readonly string[] = ["log_probs", "is_greedy"];

/** A token whose probability is requested at a position: an index into the flattened B·S positions of a pass. */
export interface Target {
  readonly position: number;
  readonly id: number;
}

/** Makes the target head's inputs, one pick per target in order; each position is gathered once for all its targets. */
export function targetFeeds(targets: readonly Target[]): Record<string, Tensor> {
  const gathered = new Map<number, number>();
  const pickRows = targets.map(({ position }) => {
    const row = gathered.get(position) ?? gathered.size;
    gathered.set(position, row);
    return row;
  });
  return {
    target_rows: int32List([...gathered.keys()]),
    pick_rows: int32List(pickRows),
    pick_ids: int32List(targets.map(({ id }) => id)),
  };
}
