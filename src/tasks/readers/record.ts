import type { ExampleReader } from "./example-reader.js";
import { Values } from "./row-values.js";

const PLACEHOLDER = "@placeholder";

/**
 * ReCoRD: news passages with queries that lack an entity, one example per query. The query is split at the placeholder
 * (`before`, `after`); `entities` are the distinct entity strings of the passage, sorted by code point, like the gold
 * answers.
 */
export const record: ExampleReader = {
  columns: ["passage", "query", "before", "after", "entities"],
  async *read(rows) {
    for await (const row of rows) {
      const values = new Values(row);
      const passage = values.inner("passage");
      const text = passage.text("text");
      const entities = readEntities(passage, text);
      for (const question of values.list("qas")) {
        const query = question.text("query");
        const [before, after, ...more] = query.split(PLACEHOLDER);
        if (after === undefined || more.length > 0) {
          const found = after === undefined ? "none" : String(more.length + 1);
          throw values.fail(
            `expected one ${PLACEHOLDER} in the query, found ${found}: ${JSON.stringify(query)}`,
          );
        }
        const gold = question.has("answers")
          ? { gold: sortUnique(question.list("answers").map((answer) => answer.text("text"))) }
          : {};
        yield {
          id: question.key("idx"),
          row: row.row,
          fields: {
            // After the entities are extracted, because their offsets count the marks.
            passage: text.replaceAll("@highlight\n", "- "),
            query,
            before,
            after,
            entities,
          },
          ...gold,
          cluster: values.key("idx"),
        };
      }
    }
  },
};

/**
 * Reads the entities: offsets into the text, or strings if the row was flat. Offsets are code points (Python's) and `end` is
 * the last character of the entity, not the one after it.
 */
function readEntities(passage: Values, text: string): string[] {
  const characters = Array.from(text);
  const entities = passage.list("entities").map((entity) => {
    if (entity.has("text")) return entity.text("text");
    const start = entity.integer("start");
    const end = entity.integer("end");
    if (start < 0 || end < start || end >= characters.length) {
      throw entity.fail(`entity ${start}–${end} is outside its passage of ${characters.length} characters`);
    }
    return characters.slice(start, end + 1).join("");
  });
  return sortUnique(entities);
}

function sortUnique(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareCodePoints);
}

/** JavaScript's default order is by UTF-16 unit, which puts characters beyond U+FFFF before U+E000–U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  const at = left.findIndex((character, i) => character !== right[i]);
  if (at < 0) return left.length - right.length;
  return left[at]!.codePointAt(0)! - (right[at]?.codePointAt(0) ?? -1);
}
