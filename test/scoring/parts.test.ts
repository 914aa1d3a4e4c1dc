import { describe, expect, it } from "vitest";
import { parseCloze } from "../../src/patterns/index.js";
import { encodeAnswers } from "../../src/scoring/parts.js";

const UNKNOWN = 0;
const SPACE = 1;
/** One token per letter a … z (from 2), one for the space; everything else is unknown. */
const letters = (text: string) =>
  [...text].map((c) => (c === " " ? SPACE : /[a-z]/.test(c) ? c.charCodeAt(0) - 95 : UNKNOWN));

describe("encodeAnswers", () => {
  const cloze = (...texts: string[]) => ({
    pattern: parseCloze("this is [MASK]."),
    answers: texts.map((text) => ({ text })),
  });

  it("accepts an answer that the vocabulary can partly represent", () => {
    expect(encodeAnswers("q", cloze(" a", " b是"), letters, UNKNOWN)).toEqual([
      [SPACE, 2],
      [SPACE, 3, UNKNOWN],
    ]);
  });

  it.each(["是", " 是", " 不是"])("rejects %j, which has only unknown tokens", (answer) => {
    expect(() => encodeAnswers("q/1", cloze(" a", answer), letters, UNKNOWN)).toThrow(
      `q/1: the vocabulary cannot represent the answer "${answer}": all its tokens are unknown`,
    );
  });

  it("treats unknown tokens like others if no unknown token is given", () => {
    expect(encodeAnswers("q", cloze("是"), letters)).toEqual([[UNKNOWN]]);
  });

  it("rejects an answer without tokens", () => {
    expect(() => encodeAnswers("q/1", cloze(""), letters)).toThrow('q/1: the answer "" has no tokens');
  });

  it("passes to the tokenizer whether the answer starts the text", () => {
    const seen: boolean[] = [];
    const spy = (_: string, { first }: { first: boolean }) => {
      seen.push(first);
      return [2];
    };
    encodeAnswers("q", { pattern: parseCloze("[MASK] it is."), answers: [{ text: "a" }] }, spy);
    encodeAnswers("q", cloze("a"), spy);
    expect(seen).toEqual([true, false]);
  });
});
