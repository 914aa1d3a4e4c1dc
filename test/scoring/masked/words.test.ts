import { describe, expect, it } from "vitest";
import { findWordStarts } from "../../../src/scoring/masked/words.js";

const beginnings = (tokens: readonly string[]) => {
  const begins = findWordStarts({ size: tokens.length, token: (id) => tokens[id]! });
  return tokens.filter((_, id) => begins(id));
};

describe("findWordStarts", () => {
  it("recognizes WordPiece by the mark of continuations", () => {
    expect(beginnings(["[CLS]", "un", "##fin", "##ished", "##", "#", "▁"])).toEqual([
      "[CLS]",
      "un",
      "##",
      "#",
      "▁",
    ]);
  });

  it("recognizes byte-level BPE and SentencePiece by the mark of word starts, although they contain ## too", () => {
    expect(beginnings(["<s>", "Ġun", "fin", "ished", "Ġ", "##", "####"])).toEqual(["Ġun", "Ġ"]);
    expect(beginnings(["<s>", "▁un", "fin", "ished", "▁##", "##"])).toEqual(["▁un", "▁##"]);
  });
});
