import type { Tensor } from "../../models/onnx/index.js";
import { int64Matrix } from "../feeds.js";
import { targetFeeds } from "../targets.js";
import type { Row, ScoredToken } from "./rows.js";

/** The rows of one pass as the graph's inputs (except the past), and the tokens that it scores. */
export interface Pass {
  readonly feeds: Record<string, Tensor>;
  /** one per output value of the graph, in order */
  readonly targets: readonly ScoredToken[];
}

/**
 * Lays out rows as a matrix, padded on the right with id 0. No token attends to tokens on its right, so this padding needs
 * no mask; the padding of the earlier pass, which precedes the new tokens, must be masked.
 * Positions count a row's own tokens.
 * @param past length of the rows of the pass that these continue, including padding; 0 if they start a text
 */
export function layOut(rows: readonly Row[], past: number): Pass {
  const width = Math.max(...rows.map(({ ids }) => ids.length));
  const placed = rows.flatMap((row, r) =>
    row.targets.map((target) => ({ target, position: r * width + target.column })),
  );
  return {
    targets: placed.map(({ target }) => target),
    feeds: {
      input_ids: int64Matrix(rows.length, width, (r, column) => rows[r]!.ids[column] ?? 0),
      attention_mask: int64Matrix(rows.length, past + width, (r, column) =>
        column < rows[r]!.after || column >= past ? 1 : 0,
      ),
      position_ids: int64Matrix(rows.length, width, (r, column) => rows[r]!.after + column),
      ...targetFeeds(
        placed.map(({ target: { continuation, number }, position }) => ({
          position,
          id: continuation.ids[number]!,
        })),
      ),
    },
  };
}
