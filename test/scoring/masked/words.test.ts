import { describe, expect, it } from "vitest";
import { makeWordStartTest } from "../../../src/scoring/masked/words.js";

const beginnings = (tokens: readonly string[]) => {
  const begins = makeWordStartTest({ size: tokens.length, token: (id) => tokens[id]! });
  return tokens.filter((_, id) => begins(id));
};

describe("makeWordStartTest", () => {
  it("detects WordPiece by its continuation prefix", () => {
    expect(beginnings(["[CLS]", "un", "##fin", "##ished", "##", "#", "▁"])).toEqual([
      "[CLS]",
      "un",
      "##",
      "#",
      "▁",
    ]);
  });

  it("detects byte-level BPE and SentencePiece by their start prefix, even if they have ## too", () => {
    expect(beginnings(["<s>", "Ġun", "fin", "ished", "Ġ", "##", "####"])).toEqual(["Ġun", "Ġ"]);
    expect(beginnings(["<s>", "▁un", "fin", "ished", "▁##", "##"])).toEqual(["▁un", "▁##"]);
  });
});
