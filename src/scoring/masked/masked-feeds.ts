import type { Tensor } from "../../models/onnx/index.js";
import { int64Matrix } from "../feeds.js";
import { targetFeeds } from "../targets.js";
import { type Row, rowLength } from "./rounds.js";

/** Makes the inputs of a masked model's edited graph for B rows, padded on the right to the longest. */
export function maskedFeeds(
  rows: readonly Row[],
  { pad, tokenTypes }: { readonly pad: number; readonly tokenTypes: boolean },
): Record<string, Tensor> {
  const width = Math.max(...rows.map(rowLength));
  const ids = rows.map(({ text, blank }) => [...text.left.ids, ...blank, ...text.right.ids]);
  const types = rows.map(({ text, blank }) => [
    ...text.left.types,
    ...blank.map(() => text.blankType),
    ...text.right.types,
  ]);
  const targets = rows.flatMap(({ text, picks }, r) =>
    picks.map(({ slot, id }) => ({ position: r * width + text.left.ids.length + slot, id })),
  );
  const matrix = (at: (row: number, column: number) => number) => int64Matrix(rows.length, width, at);
  return {
    input_ids: matrix((r, c) => ids[r]![c] ?? pad),
    attention_mask: matrix((r, c) => (c < ids[r]!.length ? 1 : 0)),
    ...(tokenTypes && { token_type_ids: matrix((r, c) => types[r]![c] ?? 0) }),
    ...targetFeeds(targets),
  };
}
