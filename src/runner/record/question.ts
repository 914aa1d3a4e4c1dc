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
  /** where each of them is in `text`: start and end in UTF-16 units, once in each of the question's texts */
  shotRanges: z.array(z.array(range)).optional(),
  /** how many texts were asked, where answers need texts of their own: each has one answer */
  texts: z.int().optional(),
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
  const { text, shotRanges } = plainText(question);
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

/** The text of a question as a model saw it that left out some few-shot examples, the first ones first. */
export function textWithoutShots({ text, shotRanges = [] }: QuestionRecord, dropped: number): string {
  const cuts = shotRanges.slice(0, dropped).flat();
  let from = 0;
  let kept = "";
  for (const { start, end } of cuts.sort((a, b) => a.start - b.start)) {
    kept += text.slice(from, start);
    from = end;
  }
  return kept + text.slice(from);
}

/** A question's texts as one reads them, and where in them its few-shot examples are. */
function plainText({ clozes }: ClozeQuestion): { text: string; shotRanges: Range[][] } {
  let text = "";
  const shotRanges: Range[][] = [];
  for (const [k, { pattern }] of clozes.entries()) {
    if (k > 0) text += "\n";
    const firstOf = new Map<number, number>();
    for (const part of pattern.parts) {
      const start = text.length;
      if (part.kind === "text") text += part.text;
      if (part.kind === "blank") text += pattern.spaceBeforeBlank ? " [MASK]" : "[MASK]";
      if (part.kind !== "text" || part.shot === undefined) continue;
      if (!firstOf.has(part.shot)) firstOf.set(part.shot, start);
      shotRanges[part.shot] ??= [];
      shotRanges[part.shot]![k] = { start: firstOf.get(part.shot)!, end: text.length };
    }
  }
  return { text, shotRanges };
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
