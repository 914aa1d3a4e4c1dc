import type { Part, RenderedPattern } from "./cloze-question.js";

/** What a pattern is made of, in order, before spaces have found their place. */
export type Piece =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "value"; readonly text: string; readonly shortenable: boolean }
  /** starts a new part and gives no text */
  | { readonly kind: "seam" }
  | { readonly kind: "blank" }
  | { readonly kind: "segment" };

/**
 * Puts every space where it belongs: to what follows it. Whitespace at the end of a literal becomes the front of the
 * next part, or the answer's leading space where the blank is next. The values of expressions are left as they are.
 * A part of nothing but whitespace is left out, as it has no tokens.
 */
export function layout(pieces: readonly Piece[]): RenderedPattern {
  const parts: Part[] = [];
  let literal = "";
  let space = "";
  let spaceBeforeBlank = false;
  const push = (text: string, shortenable: boolean) => {
    if (text.trim() !== "") parts.push({ kind: "text", text, shortenable });
  };
  const endLiteral = () => {
    const whole = space + literal;
    const text = whole.trimEnd();
    push(text, false);
    space = whole.slice(text.length);
    literal = "";
  };
  for (const piece of pieces) {
    if (piece.kind === "literal") {
      literal += piece.text;
      continue;
    }
    endLiteral();
    if (piece.kind === "value") {
      push(space + piece.text, piece.shortenable);
      space = "";
    } else if (piece.kind === "blank") {
      spaceBeforeBlank = space !== "";
      space = "";
      parts.push({ kind: "blank" });
    } else if (piece.kind === "segment") {
      parts.push({ kind: "segment" });
    }
  }
  endLiteral();
  return { parts, spaceBeforeBlank };
}
