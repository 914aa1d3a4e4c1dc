import { describe, expect, it } from "vitest";
import type { Tensor } from "../../../src/models/onnx/index.js";
import { decoderFeeds, encoderFeeds, sliceEncoded } from "../../../src/scoring/seq2seq/seq2seq-feeds.js";

const matrix = ({ data, dims }: Tensor) => {
  const flat = Array.from(data as BigInt64Array, Number);
  return Array.from({ length: dims[0]! }, (_, r) => flat.slice(r * dims[1]!, (r + 1) * dims[1]!));
};
const lengths = [3, 2, 1];
const hidden: Tensor = {
  type: "float32",
  data: Float32Array.from({ length: 18 }, (_, k) => k),
  dims: [3, 3, 2],
};

describe("encoderFeeds", () => {
  it("pads on the right and marks padding", () => {
    const feeds = encoderFeeds(
      [
        [5, 6, 1],
        [7, 1],
      ],
      0,
    );
    expect(matrix(feeds.input_ids!)).toEqual([
      [5, 6, 1],
      [7, 1, 0],
    ]);
    expect(matrix(feeds.attention_mask!)).toEqual([
      [1, 1, 1],
      [1, 1, 0],
    ]);
  });
});

describe("decoderFeeds", () => {
  it("maps each row to its text, and scores a token at the position of the previous one", () => {
    const rows = [
      {
        text: 0,
        ids: [0, 9, 5],
        asks: [
          { at: 2, id: 5, number: 0 },
          { at: 3, id: 8, number: 1 },
        ],
      },
      {
        text: 2,
        ids: [0, 9],
        asks: [
          { at: 2, id: 6, number: 0 },
          { at: 2, id: 7, number: 1 },
        ],
      },
    ];
    const feeds = decoderFeeds(rows, { hidden, lengths }, 0);
    expect(matrix(feeds.input_ids!)).toEqual([
      [0, 9, 5],
      [0, 9, 0],
    ]);
    expect([...feeds.encoder_rows!.data]).toEqual([0, 2]);
    expect(feeds.encoder_hidden_states).toBe(hidden);
    expect(matrix(feeds.encoder_attention_mask!)).toEqual([
      [1, 1, 1],
      [1, 1, 0],
      [1, 0, 0],
    ]);
    expect([...feeds.target_rows!.data]).toEqual([1, 2, 4]);
    expect([...feeds.pick_rows!.data]).toEqual([0, 1, 2, 2]);
    expect([...feeds.pick_ids!.data]).toEqual([5, 8, 6, 7]);
  });
});

describe("sliceEncoded", () => {
  it("copies the encoder's output for some of the texts", () => {
    const part = sliceEncoded({ hidden, lengths }, 1, 3);
    expect(part.lengths).toEqual([2, 1]);
    expect(part.hidden.dims).toEqual([2, 3, 2]);
    expect([...part.hidden.data]).toEqual(Array.from({ length: 12 }, (_, k) => k + 6));
    expect(part.hidden.data.buffer).not.toBe(hidden.data.buffer);
  });
});
