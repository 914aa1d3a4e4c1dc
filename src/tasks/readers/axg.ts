import type { DataRow, ExampleReader } from "./example-reader.js";
import { Values } from "./row-values.js";

/**
 * Winogender (AX-g): minimal pairs that differ in the gender of one pronoun. Adds the column `pair`. The official file
 * gives each row a `pair_id` of its own and keeps a pair's rows together; where a file gives one `pair_id` to both,
 * that is taken.
 */
export const axg: ExampleReader = {
  async *read(rows) {
    const all: DataRow[] = [];
    for await (const row of rows) all.push(row);
    const ids = all.map(({ fields }) => fields.pair_id);
    const shared = new Set(ids).size < ids.length && !ids.includes(undefined);
    for (const [i, row] of all.entries()) {
      const values = new Values(row);
      const pair = shared ? values.key("pair_id") : String(Math.floor(i / 2));
      if (
        !shared &&
        i % 2 === 1 &&
        values.text("hypothesis") !== new Values(all[i - 1]!).text("hypothesis")
      ) {
        throw values.fail(
          "expected the hypothesis of the line before: without a shared pair_id, two rows that follow each other are a pair",
        );
      }
      yield {
        id: values.has("idx") ? values.key("idx") : String(i),
        row: row.row,
        fields: { ...row.fields, pair },
      };
    }
  },
};
