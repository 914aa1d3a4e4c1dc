import { describe, expect, it } from "vitest";
import { type MaskedQuestion, maskedReader } from "../../../src/scoring/masked/masked-reader.js";
import { CLS, lettersModel, SEP, SPACE } from "../letters.js";
import { makeQuestion } from "../make-question.js";

const framed = (
  text: string,
  answers: readonly string[],
  options: { maxLength?: number; fields?: Record<string, string> } = {},
): MaskedQuestion => {
  const { maxLength = 100, fields = {} } = options;
  const question = makeQuestion("q/1", text, answers, fields);
  return maskedReader(lettersModel("masked"), { maxLength, truncation: "longest" }).prepare(question)[0]!;
};
const [a, b, c, d] = [10, 11, 12, 13] as const;

describe("the masked reader", () => {
  it("frames one text as the tokenizer does; the answer has its leading space", () => {
    expect(framed("ab [MASK]c", ["d"])).toEqual({
      id: "q/1",
      text: {
        left: { ids: [CLS, a, b], types: [0, 0, 0] },
        blankType: 0,
        right: { ids: [c, SEP], types: [0, 0] },
      },
      answers: [[SPACE, d]],
      cut: 0,
    });
  });

  it("frames two texts with the blank in the second: it and the last special token have B's type", () => {
    expect(framed("ab||c[MASK]d", ["a"]).text).toEqual({
      left: { ids: [CLS, a, b, SEP, c], types: [0, 0, 0, 0, 1] },
      blankType: 1,
      right: { ids: [d, SEP], types: [1, 1] },
    });
  });

  it("frames two texts with the blank in the first, or with nothing on one side of the border", () => {
    expect(framed("a[MASK]||c", ["a"]).text).toEqual({
      left: { ids: [CLS, a], types: [0, 0] },
      blankType: 0,
      right: { ids: [SEP, c, SEP], types: [0, 1, 1] },
    });
    expect(framed("a||[MASK]", ["a"]).text).toEqual({
      left: { ids: [CLS, a, SEP], types: [0, 0, 0] },
      blankType: 1,
      right: { ids: [SEP], types: [1] },
    });
    expect(framed("[MASK]||", ["a"]).text).toEqual({
      left: { ids: [CLS], types: [0] },
      blankType: 0,
      right: { ids: [SEP, SEP], types: [0, 1] },
    });
  });

  it("truncates once, for the longest answer, counting every special token", () => {
    const fields = { text: "aaaaaa" };
    const text = "{{ text | shorten }}||[MASK]";
    const short = framed(text, ["b", "bcd"], { maxLength: 9, fields });
    expect(short.cut).toBe(3);
    expect(short.text.left.ids).toEqual([CLS, a, a, a, SEP]);
    expect(framed(text, ["b", "bcd"], { maxLength: 12, fields }).cut).toBe(0);
  });

  it("rejects a text too long to truncate, and an answer that the vocabulary cannot represent", () => {
    expect(() => framed("abcd [MASK]", ["bb"], { maxLength: 8 })).toThrow(
      "q/1: text and answer have 9 tokens; at most 8 fit",
    );
    expect(() => framed("abcd[MASK]", ["好好"])).toThrow(
      'q/1: the vocabulary cannot represent the answer "好好"',
    );
    expect(framed("abcd[MASK]", ["好a"]).answers).toEqual([[1, a]]);
  });
});
