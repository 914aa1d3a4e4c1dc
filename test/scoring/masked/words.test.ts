import { describe, expect, it } from "vitest";
import { wordBeginnings } from "../../../src/scoring/masked/words.js";

const beginnings = (tokens: readonly string[]) => {
  const begins = wordBeginnings({ size: tokens.length, token: (id) => tokens[id]! });
  return tokens.filter((_, id) => begins(id));
};

describe("wordBeginnings", () => {
  it("knows WordPiece by the mark of what continues", () => {
    expect(beginnings(["[CLS]", "un", "##fin", "##ished", "##", "#", "▁"])).toEqual([
      "[CLS]",
      "un",
      "##",
      "#",
      "▁",
    ]);
  });

  it("knows byte-level BPE and SentencePiece by the mark of what begins, though they have ## too", () => {
    expect(beginnings(["<s>", "Ġun", "fin", "ished", "Ġ", "##", "####"])).toEqual(["Ġun", "Ġ"]);
    expect(beginnings(["<s>", "▁un", "fin", "ished", "▁##", "##"])).toEqual(["▁un", "▁##"]);
  });
});
