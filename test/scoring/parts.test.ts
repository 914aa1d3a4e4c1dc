import { describe, expect, it } from "vitest";
import { parseCloze } from "../../src/patterns/index.js";
import { answerTokens } from "../../src/scoring/parts.js";

const UNKNOWN = 0;
const SPACE = 1;
/** One token per letter a … z (from 2), one for the space; everything else is unknown. */
const letters = (text: string) =>
  [...text].map((c) => (c === " " ? SPACE : /[a-z]/.test(c) ? c.charCodeAt(0) - 95 : UNKNOWN));

describe("answerTokens", () => {
  const cloze = (...texts: string[]) => ({
    pattern: parseCloze("this is [MASK]."),
    answers: texts.map((text) => ({ text })),
  });

  it("accepts an answer that the vocabulary can partly represent", () => {
    expect(answerTokens("q", cloze(" a", " b是"), letters, UNKNOWN)).toEqual([
      [SPACE, 2],
      [SPACE, 3, UNKNOWN],
    ]);
  });

  it.each(["是", " 是", " 不是"])("refuses %j, which it cannot represent at all", (answer) => {
    expect(() => answerTokens("q/1", cloze(" a", answer), letters, UNKNOWN)).toThrow(
      `q/1: the vocabulary cannot write the answer "${answer}": its tokens are all unknown`,
    );
  });

  it("treats unknown tokens like others if no unknown token is named", () => {
    expect(answerTokens("q", cloze("是"), letters)).toEqual([[UNKNOWN]]);
  });

  it("refuses an answer without tokens", () => {
    expect(() => answerTokens("q/1", cloze(""), letters)).toThrow('q/1: the answer "" has no tokens');
  });

  it("tells the tokenizer whether the answer starts the text", () => {
    const seen: boolean[] = [];
    const spy = (_: string, { first }: { first: boolean }) => {
      seen.push(first);
      return [2];
    };
    answerTokens("q", { pattern: parseCloze("[MASK] it is."), answers: [{ text: "a" }] }, spy);
    answerTokens("q", cloze("a"), spy);
    expect(seen).toEqual([true, false]);
  });
});
