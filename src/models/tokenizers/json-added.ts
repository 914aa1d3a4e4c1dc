import type { Section } from "./json-section.js";

/** An added token of tokenizer.json. */
export interface AddedToken {
  readonly content: string;
  readonly id: number;
  readonly special: boolean;
  /** searched for in the normalized text rather than in the original text */
  readonly normalized: boolean;
  readonly singleWord: boolean;
  readonly leftStrip: boolean;
  readonly rightStrip: boolean;
}

export function readAddedToken(section: Section): AddedToken {
  const content = section.text("content");
  const id = section.number("id");
  if (!content) throw section.error("content", content ?? null, "the token's text");
  if (id === undefined || !Number.isInteger(id) || id < 0)
    throw section.error("id", id ?? null, "a non-negative integer");
  const special = section.flag("special") ?? false;
  return {
    content,
    id,
    special,
    normalized: section.flag("normalized") ?? !special,
    singleWord: section.flag("single_word") ?? false,
    leftStrip: section.flag("lstrip") ?? false,
    rightStrip: section.flag("rstrip") ?? false,
  };
}

/** Splits a text at added tokens: returns the text between them, and their ids. */
export type Cut = (text: string) => (string | number)[];

const WORD = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}]";
const SPACES = "\\p{White_Space}*";

/** @param spelling how a token is spelled in the texts to split */
export function makeCutter(tokens: readonly AddedToken[], spelling: (token: AddedToken) => string): Cut {
  const spelled = tokens
    .map((token) => ({ ...token, text: spelling(token) }))
    .filter(({ text }) => text !== "")
    // Of tokens that start at the same position, the longest wins.
    .sort((a, b) => b.text.length - a.text.length);
  if (spelled.length === 0) return (text) => [text];
  const alternatives = spelled.map(({ text, singleWord, leftStrip, rightStrip }) => {
    const alone = singleWord ? [`(?<!${WORD})`, `(?!${WORD})`] : ["", ""];
    const literal = text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    return `${leftStrip ? SPACES : ""}${alone[0]}(${literal})${alone[1]}${rightStrip ? SPACES : ""}`;
  });
  const pattern = new RegExp(alternatives.join("|"), "gu");
  const ids = new Map(spelled.map(({ text, id }) => [text, id]));
  return (text) => {
    const out: (string | number)[] = [];
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      if (match.index > end) out.push(text.slice(end, match.index));
      out.push(ids.get(match.slice(1).find((group) => group !== undefined)!)!);
      end = match.index + match[0].length;
    }
    if (end < text.length) out.push(text.slice(end));
    return out;
  };
}
