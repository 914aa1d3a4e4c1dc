import { describe, expect, it } from "vitest";
import type { JsonTokenizer } from "../../../src/models/tokenizers/index.js";
import { chooseFraming } from "../../../src/scoring/seq2seq/choose-framing.js";
import { countTokens } from "../../../src/scoring/seq2seq/seq2seq-engine.js";
import { seq2seqReader } from "../../../src/scoring/seq2seq/seq2seq-reader.js";
import { ask } from "../ask.js";
import { CLS, letters, lettersModel, MASK, SEP, SPACE } from "../letters.js";

const [START, S0, S1] = [36, 38, 37] as const;
const [a, b, c, d] = [10, 11, 12, 13] as const;
const config = { decoderStartTokenId: START };
const withSentinels: JsonTokenizer = {
  ...letters,
  special: { ...letters.special, sentinels: [S0, S1] },
  frame: { before: [], between: [SEP], after: [SEP], typeOfB: 0 },
};

const framed = (
  tokenizer: JsonTokenizer,
  text: string,
  answers: readonly string[],
  options: { maxLength?: number; closing?: boolean; fields?: Record<string, string> } = {},
) => {
  const { maxLength = 100, closing, fields = {} } = options;
  const reader = seq2seqReader(lettersModel("seq2seq", tokenizer, config), {
    ...{ closing, maxLength },
    truncation: "longest",
  });
  return reader.prepare(ask("q/1", text, answers, fields))[0]!;
};

describe("the seq2seq reader", () => {
  it("puts T5's first sentinel into the blank, starts the decoder with it and ends an answer with the second", () => {
    const found = framed(withSentinels, "ab [MASK]c", ["d"]);
    expect(found).toEqual({
      id: "q/1",
      encoder: [a, b, S0, c, SEP],
      before: [START, S0],
      answers: [[SPACE, d]],
      closing: [S1],
      cut: 0,
    });
    expect(countTokens(found)).toBe(5);
  });

  it("puts BART's mask into the blank, and lets the decoder write the complete text", () => {
    const found = framed(letters, "ab [MASK]c", ["d", "aa"]);
    expect(found).toEqual({
      id: "q/1",
      encoder: [CLS, a, b, MASK, c, SEP],
      before: [START, CLS, a, b],
      answers: [
        [SPACE, d],
        [SPACE, a, a],
      ],
      closing: [c, SEP],
      cut: 0,
    });
    expect(countTokens(found)).toBe(7 + 8);
  });

  it("reads a text of two segments as one", () => {
    expect(framed(letters, "ab||c[MASK]", ["d"])).toEqual(framed(letters, "abc[MASK]", ["d"]));
  });

  it("omits the closing on request", () => {
    const found = framed(letters, "ab[MASK]c", ["d", "a", "b"], { closing: false });
    expect(found.closing).toEqual([]);
    // One decoder row of four tokens for all three answers, fewer than the encoder's six.
    expect(countTokens(found)).toBe(6);
  });

  it("truncates once, for the longest answer, so that the text fits both encoder and decoder", () => {
    const fields = { text: "aaaaaa" };
    const cut = framed(letters, "{{ text | shorten }}[MASK]c", ["b", "bcd"], { maxLength: 9, fields });
    expect(cut.cut).toBe(3);
    expect(cut.encoder).toEqual([CLS, a, a, a, MASK, c, SEP]);
    const written = [...cut.before, ...cut.answers[1]!, ...cut.closing.slice(0, -1)];
    expect(written.length).toBe(9);
  });

  it("refuses a text that is too long to truncate, and an answer that the vocabulary cannot represent", () => {
    expect(() => framed(letters, "abcd [MASK]", ["bb"], { maxLength: 8 })).toThrow(
      "q/1: text and answer take 9 tokens; at most 8 fit",
    );
    expect(() => framed(letters, "abcd[MASK]", ["好"])).toThrow(
      'q/1: the vocabulary cannot write the answer "好"',
    );
  });
});

describe("chooseFraming", () => {
  it("refuses a vocabulary that has neither sentinels nor a mask", () => {
    const neither = { ...letters, special: { pad: 0, sentinels: [] } };
    expect(() => chooseFraming({ config, tokenizer: neither })).toThrow(
      "has neither <extra_id_0> and <extra_id_1> nor a mask token, so the model cannot fill a blank",
    );
  });

  it("refuses a config that does not state the decoder's start token", () => {
    expect(() => chooseFraming({ config: {}, tokenizer: letters })).toThrow(
      "config.json has no decoder_start_token_id",
    );
  });
});
