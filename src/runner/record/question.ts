import { z } from "zod";
import { camelKeys, type DeepReadonly, snakeKeys } from "../../json.js";
import type { ClozeQuestion, RenderedPattern } from "../../patterns/index.js";
import { type Example, goldTexts, type TaskPattern } from "../../tasks/index.js";

const ids = z.array(z.string());

const questionRecord = z.object({
  /** "boolq/p4/17", as in the journal */
  id: z.string(),
  pattern: z.string(),
  /** of the example */
  example: z.string(),
  /** what was asked, its blank written [MASK]; a line for each text where answers need texts of their own */
  text: z.string(),
  answerKind: z.enum(["words", "texts"]),
  /** in the order in which the journal has their scores */
  answers: z.array(z.object({ text: z.string(), label: z.string().optional() })),
  label: z.string().optional(),
  gold: ids.optional(),
  group: z.string().optional(),
  cluster: z.string().optional(),
  /** ids of the examples shown before it, in order */
  fewshot: ids.optional(),
  /** ids in the journal of the questions that calibrate this one */
  calibration: z.object({ contextual: ids.optional(), pmi: ids.optional() }).optional(),
});

/**
 * What was asked of one example by one pattern, and what is right: all that judging needs besides the scores. It is the
 * same for every model: a line of questions/<task>.jsonl.
 */
export type QuestionRecord = DeepReadonly<z.output<typeof questionRecord>>;

/** The ids of the questions that calibrate a question, by kind of calibration. */
export type CalibrationIds = NonNullable<QuestionRecord["calibration"]>;

/** @param asked.shown ids of the examples shown before it; undefined without few-shot examples */
export function questionRecordOf(
  pattern: TaskPattern,
  asked: {
    readonly example: Example;
    readonly question: ClozeQuestion;
    readonly shown: readonly string[] | undefined;
    readonly calibration: CalibrationIds | undefined;
  },
): QuestionRecord {
  const { example, question, shown, calibration } = asked;
  return {
    id: question.id,
    pattern: pattern.id,
    example: example.id,
    text: question.clozes.map((cloze) => plainText(cloze.pattern)).join("\n"),
    answerKind: question.answerKind,
    answers: question.clozes.flatMap(({ answers }) => answers.map(({ text, label }) => ({ text, label }))),
    label: example.label,
    // One that could not be rendered has no answers to count.
    gold: question.clozes.length > 0 ? goldTexts(example, question.clozes) : example.gold,
    group: example.group,
    cluster: example.cluster,
    fewshot: shown,
    calibration,
  };
}

/** A rendered pattern as one reads it. */
function plainText(pattern: RenderedPattern): string {
  return pattern.parts
    .map((part) =>
      part.kind === "text"
        ? part.text
        : part.kind === "blank"
          ? `${pattern.spaceBeforeBlank ? " " : ""}[MASK]`
          : "",
    )
    .join("");
}

/** A line of questions/<task>.jsonl, without its newline. */
export function questionLine(question: QuestionRecord): string {
  return JSON.stringify(snakeKeys(question));
}

/** What `questionLine` wrote; undefined for a line that is none. */
export function parseQuestion(line: string): QuestionRecord | undefined {
  try {
    return questionRecord.safeParse(camelKeys(JSON.parse(line))).data;
  } catch {
    return undefined;
  }
}
