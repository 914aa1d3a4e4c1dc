import type { DataRow, ExampleReader } from "./example-reader.js";
import { Values } from "./row-values.js";

/**
 * Winogender (AX-g): minimal pairs that differ in the gender of one pronoun. Adds the column `pair`. The official file
 * gives each row its own `pair_id` and keeps a pair's rows together; if a file gives both rows the same `pair_id`, that is
 * used.
 */
export const axg: ExampleReader = {
  async *read(rows) {
    const all: DataRow[] = [];
    for await (const row of rows) all.push(row);
    const ids = all.map(({ fields }) => fields.pair_id);
    const isShared = new Set(ids).size < ids.length && !ids.includes(undefined);
    for (const [i, row] of all.entries()) {
      const values = new Values(row);
      const pair = isShared ? values.key("pair_id") : String(Math.floor(i / 2));
      if (
        !isShared &&
        i % 2 === 1 &&
        values.text("hypothesis") !== new Values(all[i - 1]!).text("hypothesis")
      ) {
        throw values.fail(
          "expected the hypothesis of the previous row: without a shared pair_id, two consecutive rows are a pair",
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
