import { z } from "zod";

export const name = z
  .string({ error: "expected a name" })
  .regex(/^[\w.-]+$/, "expected a name of letters, digits, '_', '-' and '.'");
export const column = z
  .string({ error: "expected the name of a column" })
  .min(1, "expected the name of a column");
/** YAML reads false and 0 as a boolean and a number; labels and words are strings. */
export const word = z
  .union([z.string(), z.number(), z.boolean()], { error: "expected a word" })
  .transform(String);
export const template = z.string({ error: "expected a string" });
export const columns = z.array(column, { error: "expected a list of columns" });

/** One item or a list of items; always a list after parsing. */
export function oneOrMore<T extends z.ZodType>(item: T, expected: string) {
  return z.union([item, z.array(item).min(1, expected)], { error: expected }).transform(toList<z.output<T>>);
}

function toList<T>(value: T | T[]): T[] {
  return Array.isArray(value) ? value : [value];
}

export const paths = oneOrMore(z.string().min(1, "expected a path"), "expected a path or a list of paths");

const words = oneOrMore(
  word.refine((text) => text.trim() !== "", "expected a word"),
  "expected a word or a list of words",
);

export const aggregate = z.enum(["max", "mean", "sum"], { error: "expected max, mean or sum" }).optional();

// Editors show the descriptions and examples of the keys, and docs/tasks.md lists them: scripts/schemas.js.

export const patternSchema = z.strictObject(
  {
    // --patterns and the results use these names for something other than a pattern.
    id: word
      .pipe(
        name.refine((id) => id !== "all" && id !== "ensemble", "expected a name other than all and ensemble"),
      )
      .describe("The pattern's name, for --patterns and results; any name except all and ensemble.")
      .meta({ examples: ["p0"] }),
    text: template
      .describe(
        "The cloze text, with one [MASK] where the answer goes: {{ column }} inserts a column, | shorten marks what may be cut, || ends segment A. See docs/patterns.md.",
      )
      .meta({ examples: ["{{ sentence | shorten }} It was [MASK]."] }),
    verbalizer: z
      .record(z.string(), words, { error: "expected words for each label" })
      .optional()
      .describe(
        "The word or words that represent each label. A pattern needs exactly one of verbalizer, answers and answers_from.",
      )
      .meta({ examples: [{ negative: "bad", positive: ["good", "great"] }] }),
    answers: z
      .array(template, { error: "expected a list of strings" })
      .min(1, "expected an answer")
      .optional()
      .describe(
        "The answers as templates. If the task has labels, the first answer represents the first label, and so on.",
      )
      .meta({ examples: [["{{ choice1 }}", "{{ choice2 }}"]] }),
    answers_from: column
      .optional()
      .describe("A column with the list of answers, which may vary between examples.")
      .meta({ examples: ["entities"] }),
    choices: z
      .array(template, { error: "expected a list of strings" })
      .min(1, "expected a choice")
      .optional()
      .describe(
        "One template per label. The text is scored once for each, with {{ choice }} set to it; the label whose text gives the pattern's single answer the best score is predicted.",
      )
      .meta({ examples: [["{{ choice1 }}", "{{ choice2 }}"]] }),
    premise: template
      .optional()
      .describe(
        "For --calibration pmi: the text that remains of the pattern without the example, with one [MASK], the same answers and, if the pattern has choices, {{ choice }}. See docs/protocols.md.",
      )
      .meta({ examples: ["It was [MASK]."] }),
    decision: z
      .enum(["best", "first", "greedy"], { error: "expected best, first or greedy" })
      .default("best")
      .describe(
        "How the scores determine the label. best: the label of the best answer. first: the second label if the first answer is the best, otherwise the first label. greedy: the second label if every token of the only answer and the end-of-piece token are the model's most probable ones, otherwise the first label.",
      )
      .meta({ examples: ["first"] }),
    normalization: z
      .enum(["sum", "mean"], { error: "expected sum or mean" })
      .default("sum")
      .describe("Whether an answer's token log-probabilities are summed or averaged, with --protocol glm.")
      .meta({ examples: ["mean"] }),
    aggregate: aggregate
      .describe("Overrides the task's aggregate for this pattern.")
      .meta({ examples: ["max"] }),
  },
  {
    error: (issue) =>
      issue.code === "unrecognized_keys" ? undefined : "expected a pattern with id and text",
  },
);

export type PatternDefinition = z.infer<typeof patternSchema>;
