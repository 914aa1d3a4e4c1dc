import type { Tensor } from "../../models/onnx/index.js";
import { int64Matrix } from "../feeds.js";
import { targetFeeds } from "../targets.js";
import type { Ask, Row } from "./rows.js";

/** The rows of one pass as the graph's inputs (except the past), and the predictions that it makes. */
export interface Pass {
  readonly feeds: Record<string, Tensor>;
  /** one for each of the graph's outputs, in order */
  readonly asks: readonly Ask[];
}

/**
 * Stacks rows, padded on the right with id 0. No token attends to anything on its right, so this padding needs no mask;
 * the padding of the earlier pass, which precedes the new tokens, must be masked. Positions count a row's own tokens.
 * @param past the row length of the pass that these rows continue, including padding; 0 if they start a text
 */
export function layOut(rows: readonly Row[], past: number): Pass {
  const width = Math.max(...rows.map(({ ids }) => ids.length));
  const asked = rows.flatMap((row, r) => row.asks.map((ask) => ({ ask, position: r * width + ask.column })));
  return {
    asks: asked.map(({ ask }) => ask),
    feeds: {
      input_ids: int64Matrix(rows.length, width, (r, column) => rows[r]!.ids[column] ?? 0),
      attention_mask: int64Matrix(rows.length, past + width, (r, column) =>
        column < rows[r]!.after || column >= past ? 1 : 0,
      ),
      position_ids: int64Matrix(rows.length, width, (r, column) => rows[r]!.after + column),
      ...targetFeeds(asked.map(({ ask: { of, number }, position }) => ({ position, id: of.ids[number]! }))),
    },
  };
}
