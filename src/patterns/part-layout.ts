import type { Part, RenderedPattern } from "./cloze-question.js";

/** One piece of a pattern, in order, before spaces are assigned to parts. */
export type Piece =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "value"; readonly text: string; readonly shortenable: boolean }
  /** starts a new part and adds no text */
  | { readonly kind: "seam" }
  | { readonly kind: "blank" }
  | { readonly kind: "segment" };

/**
 * Assigns every space to what follows it. Whitespace at the end of a literal moves to the start of the next part, or
 * becomes the answer's leading space if the blank is next. The values of expressions are not changed. A part that is only
 * whitespace is omitted, since it has no tokens.
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
    const full = space + literal;
    const text = full.trimEnd();
    push(text, false);
    space = full.slice(text.length);
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
