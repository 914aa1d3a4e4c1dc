import { z } from "zod";

/** One file of a submission. */
export interface SubmissionFile {
  /** by our name */
  readonly task: string;
  readonly name: string;
  /** what a line holds, as JSON */
  readonly line: z.ZodType;
  /** the official spelling of our labels; undefined where the label is a text of the data */
  readonly labels?: Readonly<Record<string, string | number>>;
  /** predictions in the test split: the lines, but of MultiRC the answer options */
  readonly predictions: number;
}

const idx = z.int().min(0);

const same = (...labels: string[]) => Object.fromEntries(labels.map((label) => [label, label]));

function labelled(
  task: string,
  name: string,
  labels: Readonly<Record<string, string | number>>,
  predictions: number,
): SubmissionFile {
  const line = z.strictObject({ idx, label: z.literal(Object.values(labels)) });
  return { task, name, line, labels, predictions };
}

const ENTAILMENT = same("entailment", "not_entailment");
const ZERO_ONE = { "0": 0, "1": 1 };

/** A line of MultiRC: a passage with its questions and their answer options, which have labels. */
export const multircLine = z.strictObject({
  idx,
  passage: z.strictObject({
    questions: z
      .array(
        z.strictObject({
          idx,
          answers: z.array(z.strictObject({ idx, label: z.literal(Object.values(ZERO_ONE)) })).min(1),
        }),
      )
      .min(1),
  }),
});

/**
 * What super.gluebenchmark.com takes: the files' names, the spelling of labels and the nesting as in the writer of the
 * benchmark's authors (jiant, `evaluate.py`; WSC alone has capitals), the numbers of predictions as in the official
 * test files (SuperGLUE 2.0). A line of ReCoRD is a query, by the query's own idx.
 */
export const LAYOUT: readonly SubmissionFile[] = [
  labelled("boolq", "BoolQ.jsonl", same("false", "true"), 3245),
  labelled("cb", "CB.jsonl", same("entailment", "contradiction", "neutral"), 250),
  labelled("copa", "COPA.jsonl", ZERO_ONE, 500),
  { task: "multirc", name: "MultiRC.jsonl", line: multircLine, labels: ZERO_ONE, predictions: 9693 },
  {
    task: "record",
    name: "ReCoRD.jsonl",
    line: z.strictObject({ idx, label: z.string().min(1) }),
    predictions: 10_000,
  },
  labelled("rte", "RTE.jsonl", ENTAILMENT, 3000),
  labelled("wic", "WiC.jsonl", same("false", "true"), 1400),
  labelled("wsc", "WSC.jsonl", { false: "False", true: "True" }, 146),
  labelled("axb", "AX-b.jsonl", ENTAILMENT, 1104),
  labelled("axg", "AX-g.jsonl", ENTAILMENT, 356),
];
