import { describe, expect, it } from "vitest";
import type { JsonTokenizer } from "../../../src/models/tokenizers/index.js";
import type { ClozeQuestion } from "../../../src/patterns/index.js";
import { countTokens } from "../../../src/scoring/causal/causal-engine.js";
import { type CausalReaderOptions, causalReader } from "../../../src/scoring/causal/causal-reader.js";
import { ask } from "../ask.js";
import { CLS, letters, lettersModel } from "../letters.js";

const START = 3;
const bare = { ...letters, frame: { ...letters.frame, before: [] } };
const ids = (text: string) => letters.encode(text);
const prepare = (
  question: ClozeQuestion,
  tokenizer: JsonTokenizer,
  options: CausalReaderOptions = {},
  config: { readonly bosTokenId?: number } = { bosTokenId: START },
) =>
  causalReader(lettersModel("causal", tokenizer, config), {
    maxLength: 100,
    truncation: "longest",
    ...options,
  }).prepare(question);
const asked = (text: string, ...answers: string[]) => ask("q", text, answers);
const shortenable = (before: string, after: string): ClozeQuestion => ({
  id: "q",
  answerKind: "texts",
  clozes: [
    {
      answers: [{ text: "xy" }, { text: "z" }],
      pattern: {
        spaceBeforeBlank: false,
        parts: [
          { kind: "text", text: before, shortenable: true },
          { kind: "blank" },
          { kind: "text", text: after, shortenable: false },
        ],
      },
    },
  ],
});

describe("the causal reader", () => {
  it("puts the template's first tokens and the text before the blank before the answers", () => {
    const found = prepare(asked("It is [MASK] now.", "hot", "cold"), letters);
    expect(found).toEqual([
      {
        id: "q",
        context: [CLS, ...ids("It is")],
        answers: [ids(" hot"), ids(" cold")],
        closing: ids(" now."),
        cut: 0,
      },
    ]);
    // the context once, each answer with the text after it
    expect(countTokens(found[0]!, true)).toBe(6 + 4 + 5 + 5 + 5);
  });

  it("counts the context with every answer if it is computed with every answer", () => {
    const [question] = prepare(asked("It is([MASK]", "a", "bc"), letters);
    expect(countTokens(question!, false)).toBe(7 + 1 + 7 + 2);
  });

  it("omits the text after the blank if it is not scored", () => {
    const [question] = prepare(asked("It is [MASK] now.", "a"), letters, { closing: false });
    expect(question).toMatchObject({ context: [CLS, ...ids("It is")], closing: [] });
    expect(countTokens(question!, true)).toBe(6 + 2);
  });

  it("starts with a special token if nothing precedes the blank", () => {
    const [question] = prepare(asked("[MASK] it is", "So"), bare);
    expect(question!.context).toEqual([START]);
    expect(prepare(asked("[MASK] it is", "So"), letters)[0]!.context).toEqual([CLS]);
    expect(prepare(asked("Is [MASK]", "it"), bare)[0]!.context).toEqual(ids("Is"));
  });

  it("reports that the model has no token to start with", () => {
    expect(() => prepare(asked("[MASK] it is", "So"), bare, {}, {})).toThrow(
      "q: nothing precedes the blank, and the model has no token to start a text with",
    );
  });

  it("truncates a text once, for the longest answer, to the model's limit", () => {
    const [question] = prepare(shortenable("abcdefgh", "!"), letters, { maxLength: 8 });
    expect(question).toMatchObject({
      cut: 4,
      context: [CLS, ...ids("abcd")],
      closing: ids("!"),
      answers: [ids("xy"), ids("z")],
    });
  });

  it("has room for the start token if nothing is left before the blank", () => {
    const at = (maxLength: number) => prepare(shortenable("ab", "12345"), bare, { maxLength })[0]!;
    expect(at(8)).toMatchObject({ cut: 1, context: ids("a") });
    expect(() => at(7)).toThrow("q: text and answer take 10 tokens; at most 7 fit");
  });

  it("refuses an answer that the vocabulary cannot represent", () => {
    expect(() => prepare(asked("It is [MASK]", "a", "是"), letters)).toThrow(
      'q: the vocabulary cannot write the answer " 是": its tokens are all unknown',
    );
  });
});
