import type { Tensor } from "../../models/onnx/index.js";
import { int32List, int64Matrix } from "../feeds.js";
import { targetFeeds } from "../targets.js";
import type { DecoderRow } from "./decoder-rows.js";

/** The encoder's output for one pass. */
export interface Encoded {
  /** [B, S, H] */
  readonly hidden: Tensor;
  /** number of tokens of each of the B texts, without padding */
  readonly lengths: readonly number[];
}

/** Makes the encoder's inputs for B texts, padded on the right to the longest. */
export function encoderFeeds(texts: readonly (readonly number[])[], pad: number): Record<string, Tensor> {
  const lengths = texts.map(({ length }) => length);
  const width = Math.max(...lengths);
  return {
    input_ids: int64Matrix(texts.length, width, (r, c) => texts[r]![c] ?? pad),
    attention_mask: attentionMask(lengths, width),
  };
}

/**
 * Makes the edited decoder's inputs for A rows, padded on the right: tokens do not affect those before them.
 * @param rows each with the index of the text that it reads
 */
export function decoderFeeds(
  rows: readonly (DecoderRow & { readonly text: number })[],
  { hidden, lengths }: Encoded,
  pad: number,
): Record<string, Tensor> {
  const width = Math.max(...rows.map(({ ids }) => ids.length));
  return {
    input_ids: int64Matrix(rows.length, width, (r, c) => rows[r]!.ids[c] ?? pad),
    encoder_rows: int32List(rows.map(({ text }) => text)),
    encoder_hidden_states: hidden,
    encoder_attention_mask: attentionMask(lengths, hidden.dims[1]!),
    ...targetFeeds(
      rows.flatMap(({ targets }, r) => targets.map(({ at, id }) => ({ position: r * width + at - 1, id }))),
    ),
  };
}

/** Copies the encoder's output for the texts `from` … `end - 1`, for a pass of the decoder that reads only those. */
export function sliceEncoded({ hidden, lengths }: Encoded, from: number, end: number): Encoded {
  const [, span, size] = hidden.dims as [number, number, number];
  const data = hidden.data.slice(from * span * size, end * span * size);
  return {
    hidden: { type: hidden.type, data, dims: [end - from, span, size] },
    lengths: lengths.slice(from, end),
  };
}

function attentionMask(lengths: readonly number[], width: number): Tensor {
  return int64Matrix(lengths.length, width, (r, c) => (c < lengths[r]! ? 1 : 0));
}
