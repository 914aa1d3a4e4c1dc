import type { ExampleReader } from "./example-reader.js";
import { findDistractors } from "./noun-phrases.js";
import { Values } from "./row-values.js";

/** In places, the tagger's time is quadratic in the length of a text; official texts have a few hundred characters. */
const MOST_TAGGED = 5_000;

/**
 * WSC: a text with a pronoun, and a phrase that it may refer to. The pronoun is put in asterisks. `candidates` starts with
 * that phrase; the others are those of the record if it has any (GLM's own data did), otherwise noun phrases found in the
 * text, because the official data has none.
 */
export const wsc: ExampleReader = {
  columns: ["text", "pronoun", "span1_text", "candidates", "label"],
  async *read(rows) {
    let number = 0;
    for await (const row of rows) {
      const values = new Values(row);
      const target = values.inner("target");
      const text = values.text("text");
      const span1 = target.text("span1_text").trim();
      const pronoun = target.text("span2_text").trim();
      if (span1 === "") throw values.fail('"target.span1_text" is empty; expected a phrase');
      if (!values.has("candidates") && text.length > MOST_TAGGED) {
        throw values.fail(
          `"text" has ${text.length} characters; noun phrases are searched for in at most ${MOST_TAGGED}`,
          'list the phrases that the pronoun may refer to: "candidates": [{ "text": … }]',
        );
      }
      const listed = values.has("candidates")
        ? values.list("candidates").map((candidate) => candidate.text("text"))
        : undefined;
      let candidates: readonly string[] | undefined;
      yield {
        id: values.has("idx") ? values.key("idx") : String(number),
        row: row.row,
        fields: {
          text: markPronoun(values, text, pronoun, target.integer("span2_index")),
          pronoun,
          span1_text: span1,
          // Found when a pattern first reads them: tagging takes much longer than the rest of reading.
          get candidates() {
            candidates ??= [...new Set([span1, ...(listed ?? findDistractors(text, span1, pronoun))])];
            return candidates;
          },
          label: values.raw("label"),
        },
      };
      number++;
    }
  },
};

/**
 * Puts asterisks around the pronoun, whose position is counted in whitespace tokens and may be off by one. Punctuation that
 * is attached to it becomes a separate token. Both as in GLM's WscProcessor.
 */
function markPronoun(values: Values, text: string, pronoun: string, index: number): string {
  const tokens = text.trim().split(/\s+/);
  const exact = [index, index - 1, index + 1].find((i) => tokens[i] === pronoun);
  const at = exact ?? index;
  const token = tokens[at];
  if (token === undefined || !token.startsWith(pronoun)) {
    throw values.fail(
      `expected the pronoun "${pronoun}" at token ${index} of the text, found ${JSON.stringify(token ?? "its end")}`,
      "target.span2_index counts the text's words from 0",
    );
  }
  const rest = token.slice(pronoun.length);
  tokens.splice(at, 1, `*${pronoun}*`, ...(rest === "" ? [] : [rest]));
  return tokens.join(" ");
}
