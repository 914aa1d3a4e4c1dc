import { z } from "zod";

/** One file of a submission. */
export interface SubmissionFile {
  /** our name for the task */
  readonly task: string;
  readonly name: string;
  /** the JSON of a line */
  readonly line: z.ZodType;
  /** the official spelling of our labels; undefined if the label is a text from the data */
  readonly labels?: Readonly<Record<string, string | number>>;
  /** predictions in the test split: lines, except for MultiRC, where they are answer options */
  readonly predictions: number;
}

const idx = z.int().min(0);

const mapToSelf = (...labels: string[]) => Object.fromEntries(labels.map((label) => [label, label]));

function labeledFile(
  task: string,
  name: string,
  labels: Readonly<Record<string, string | number>>,
  predictions: number,
): SubmissionFile {
  const line = z.strictObject({ idx, label: z.literal(Object.values(labels)) });
  return { task, name, line, labels, predictions };
}

const ENTAILMENT = mapToSelf("entailment", "not_entailment");
const ZERO_ONE = { "0": 0, "1": 1 };

/** A line of MultiRC: a passage with its questions and their labeled answer options. */
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
 * What super.gluebenchmark.com accepts: file names, spelling of labels and nesting as written by the benchmark authors'
 * own code (jiant, `evaluate.py`; only WSC has capitals), numbers of predictions as in the official test files (SuperGLUE
 * 2.0). A line of ReCoRD is a query, identified by the query's own idx.
 */
export const LAYOUT: readonly SubmissionFile[] = [
  labeledFile("boolq", "BoolQ.jsonl", mapToSelf("false", "true"), 3245),
  labeledFile("cb", "CB.jsonl", mapToSelf("entailment", "contradiction", "neutral"), 250),
  labeledFile("copa", "COPA.jsonl", ZERO_ONE, 500),
  { task: "multirc", name: "MultiRC.jsonl", line: multircLine, labels: ZERO_ONE, predictions: 9693 },
  {
    task: "record",
    name: "ReCoRD.jsonl",
    line: z.strictObject({ idx, label: z.string().min(1) }),
    predictions: 10_000,
  },
  labeledFile("rte", "RTE.jsonl", ENTAILMENT, 3000),
  labeledFile("wic", "WiC.jsonl", mapToSelf("false", "true"), 1400),
  labeledFile("wsc", "WSC.jsonl", { false: "False", true: "True" }, 146),
  labeledFile("axb", "AX-b.jsonl", ENTAILMENT, 1104),
  labeledFile("axg", "AX-g.jsonl", ENTAILMENT, 356),
];
