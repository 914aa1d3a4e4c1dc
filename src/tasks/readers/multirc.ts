import type { ExampleReader } from "./example-reader.js";
import { Values } from "./row-values.js";

/**
 * MultiRC: passages with questions and answer options, one example per option. Options are judged together by question, and
 * those of one passage are not independent. Question numbers are unique in the official files, but not everywhere, so a
 * group is named by passage and question.
 */
export const multirc: ExampleReader = {
  columns: ["passage", "question", "answer", "label"],
  async *read(rows) {
    for await (const row of rows) {
      const paragraph = new Values(row);
      const cluster = paragraph.key("idx");
      const passage = paragraph.inner("passage");
      for (const question of passage.list("questions")) {
        const group = `${cluster}-${question.key("idx")}`;
        for (const answer of question.list("answers")) {
          yield {
            id: `${group}-${answer.key("idx")}`,
            row: row.row,
            fields: {
              passage: passage.text("text"),
              question: question.text("question"),
              answer: answer.text("text"),
              label: answer.raw("label"),
            },
            group,
            cluster,
          };
        }
      }
    }
  },
};
