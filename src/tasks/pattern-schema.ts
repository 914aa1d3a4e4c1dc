import { z } from "zod";

export const name = z
  .string({ error: "expected a name" })
  .regex(/^[\w.-]+$/, "expected a name of letters, digits, '_', '-' and '.'");
export const column = z
  .string({ error: "expected the name of a column" })
  .min(1, "expected the name of a column");
/** YAML reads false and 0 as what they are; labels and words are texts. */
export const word = z
  .union([z.string(), z.number(), z.boolean()], { error: "expected a word" })
  .transform(String);
export const template = z.string({ error: "expected a text" });
export const columns = z.array(column, { error: "expected a list of columns" });

/** One of a thing or several of it: always a list once it is read. */
export function oneOrMore<T extends z.ZodType>(item: T, expected: string) {
  return z.union([item, z.array(item).min(1, expected)], { error: expected }).transform(listOf<z.output<T>>);
}

function listOf<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

export const paths = oneOrMore(z.string().min(1, "expected a path"), "expected a path or a list of paths");

const words = oneOrMore(
  word.refine((text) => text.trim() !== "", "expected a word"),
  "expected a word or a list of words",
);

export const aggregate = z.enum(["max", "mean", "sum"], { error: "expected max, mean or sum" }).optional();

// The descriptions and examples of the keys are what editors show, and what docs/tasks.md lists: scripts/schemas.js.

export const patternSchema = z.strictObject(
  {
    // What --patterns and the results mean by these names is not a pattern.
    id: word
      .pipe(
        name.refine((id) => id !== "all" && id !== "ensemble", "expected another name than all and ensemble"),
      )
      .describe("The pattern's name, for --patterns and the results; any but all and ensemble.")
      .meta({ examples: ["p0"] }),
    text: template
      .describe(
        "The text that is asked, with one [MASK] where the answer goes: {{ column }} puts a column in, | shorten marks what may be cut, || ends segment A. See docs/patterns.md.",
      )
      .meta({ examples: ["{{ sentence | shorten }} It was [MASK]."] }),
    verbalizer: z
      .record(z.string(), words, { error: "expected words for each label" })
      .optional()
      .describe(
        "The word, or the words, that stand for each label. One of verbalizer, answers and answers_from says what may fill the blank.",
      )
      .meta({ examples: [{ negative: "bad", positive: ["good", "great"] }] }),
    answers: z
      .array(template, { error: "expected a list of texts" })
      .min(1, "expected an answer")
      .optional()
      .describe(
        "The answers as templates. Where the task has labels, the first stands for the first label, and so on.",
      )
      .meta({ examples: [["{{ choice1 }}", "{{ choice2 }}"]] }),
    answers_from: column
      .optional()
      .describe("A column that holds the list of answers, which may differ from example to example.")
      .meta({ examples: ["entities"] }),
    choices: z
      .array(template, { error: "expected a list of texts" })
      .min(1, "expected a choice")
      .optional()
      .describe(
        "One template a label. The text is asked once for each, with {{ choice }} its value, and the label whose text gives the one answer the best score wins.",
      )
      .meta({ examples: [["{{ choice1 }}", "{{ choice2 }}"]] }),
    premise: template
      .optional()
      .describe(
        "For --calibration pmi: the text that remains of the pattern without the example, with one [MASK], the same answers and, where the pattern has choices, {{ choice }}. See docs/protocols.md.",
      )
      .meta({ examples: ["It was [MASK]."] }),
    decision: z
      .enum(["best", "first", "greedy"], { error: "expected best, first or greedy" })
      .default("best")
      .describe(
        "How the scores become a label. best: the best answer's. first: the second label where the first answer is the best, else the first label. greedy: the second label where every token of the only answer and the end of piece are the model's own first choice.",
      )
      .meta({ examples: ["first"] }),
    normalization: z
      .enum(["sum", "mean"], { error: "expected sum or mean" })
      .default("sum")
      .describe("Whether an answer's token log-probabilities are added up or averaged, under --protocol glm.")
      .meta({ examples: ["mean"] }),
    aggregate: aggregate
      .describe("As the task's key of this name, for this pattern.")
      .meta({ examples: ["max"] }),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "expected a pattern with id and text",
  },
);

export type PatternDefinition = z.infer<typeof patternSchema>;
