import { z } from "zod";
import { camelKeys, type DeepReadonly, snakeKeys } from "../../json.js";
import type { ClozeQuestion } from "../../patterns/index.js";
import { type Example, goldTexts, type TaskPattern } from "../../tasks/index.js";

const ids = z.array(z.string());
const range = z.object({ start: z.int(), end: z.int() });
type Range = z.output<typeof range>;

const questionRecord = z.object({
  /** "boolq/p4/17", as in the journal */
  id: z.string(),
  pattern: z.string(),
  /** id of the example */
  example: z.string(),
  /** the question's text, with the blank as [MASK]; one line per text if answers need separate texts */
  text: z.string(),
  answerKind: z.enum(["words", "texts"]),
  /** in the same order as their scores in the journal */
  answers: z.array(z.object({ text: z.string(), label: z.string().optional() })),
  label: z.string().optional(),
  gold: ids.optional(),
  group: z.string().optional(),
  cluster: z.string().optional(),
  /** ids of the examples shown before it, in order */
  fewshot: ids.optional(),
  /** position of each of them in `text`: start and end in UTF-16 units, once for each of the question's texts */
  shotRanges: z.array(z.array(range)).optional(),
  /** number of texts if answers need separate texts: each has one answer */
  texts: z.int().optional(),
  /** ids, in the journal, of the questions that calibrate this one */
  calibration: z.object({ contextual: ids.optional(), pmi: ids.optional() }).optional(),
});

/**
 * The question for one example in one pattern, with the correct answer: all that judging needs besides the scores. It is
 * the same for every model. A line of questions/<task>.jsonl.
 */
export type QuestionRecord = DeepReadonly<z.output<typeof questionRecord>>;

/** The ids of the questions that calibrate a question, by kind of calibration. */
export type CalibrationIds = NonNullable<QuestionRecord["calibration"]>;

/**
 * Makes the record of a question.
 * @param about.shown ids of the examples shown before it; undefined without few-shot examples
 */
export function makeQuestionRecord(
  pattern: TaskPattern,
  about: {
    readonly example: Example;
    readonly question: ClozeQuestion;
    readonly shown: readonly string[] | undefined;
    readonly calibration: CalibrationIds | undefined;
  },
): QuestionRecord {
  const { example, question, shown, calibration } = about;
  const { text, shotRanges } = renderPlainText(question);
  return {
    id: question.id,
    pattern: pattern.id,
    example: example.id,
    text,
    answerKind: question.answerKind,
    answers: question.clozes.flatMap(({ answers }) => answers.map(({ text, label }) => ({ text, label }))),
    label: example.label,
    // One that could not be rendered has no answers to count.
    gold: question.clozes.length > 0 ? goldTexts(example, question.clozes) : example.gold,
    group: example.group,
    cluster: example.cluster,
    fewshot: shown,
    shotRanges: shown && shotRanges,
    texts: question.clozes.length > 1 ? question.clozes.length : undefined,
    calibration,
  };
}

/** Returns the text of a question as seen by a model that dropped some few-shot examples, the first ones first. */
export function dropShots({ text, shotRanges = [] }: QuestionRecord, dropped: number): string {
  const cuts = shotRanges.slice(0, dropped).flat();
  let from = 0;
  let kept = "";
  for (const { start, end } of cuts.sort((a, b) => a.start - b.start)) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}

/** Renders a question's texts as plain text, with the positions of its few-shot examples. */
function renderPlainText({ clozes }: ClozeQuestion): { text: string; shotRanges: Range[][] } {
  let text = "";
  const shotRanges: Range[][] = [];
  for (const [k, { pattern }] of clozes.entries()) {
    if (k > 0) text += "\n";
    const shotStarts = new Map<number, number>();
    for (const part of pattern.parts) {
      const start = text.length;
      if (part.kind === "text") text += part.text;
      if (part.kind === "blank") text += pattern.spaceBeforeBlank ? " [MASK]" : "[MASK]";
      if (part.kind !== "text" || part.shot === undefined) continue;
      if (!shotStarts.has(part.shot)) shotStarts.set(part.shot, start);
      shotRanges[part.shot] ??= [];
      shotRanges[part.shot]![k] = { start: shotStarts.get(part.shot)!, end: text.length };
    }
  }
  return { text, shotRanges };
}

/** Formats a line of questions/<task>.jsonl, without its newline. */
export function formatQuestion(question: QuestionRecord): string {
  return JSON.stringify(snakeKeys(question));
}

/** Parses a line written by `formatQuestion`; undefined if it is not one. */
export function parseQuestion(line: string): QuestionRecord | undefined {
  try {
    return questionRecord.safeParse(camelKeys(JSON.parse(line))).data;
  } catch {
    return undefined;
  }
}
