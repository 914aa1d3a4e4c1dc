import { GlmEvalError } from "../errors.js";
import { FindingError, type Place } from "../findings.js";
import type { Cloze, ClozeQuestion, CompiledPattern, CompiledText, Fields } from "../patterns/index.js";
import { type AnswerSource, answersFor } from "../verbalizers/index.js";
import type { TaskDraft } from "./check-schema.js";
import { goldTexts } from "./gold.js";
import type { PatternDefinition } from "./pattern-schema.js";
import { DEFAULT_SEPARATOR } from "./schema.js";
import { shotOf, withShots } from "./shots.js";
import type { Example, Shot, TaskPattern } from "./task.js";

/** The name by which a pattern's text reads the choice that it is rendered for. */
export const CHOICE = "choice";

/** A pattern without errors, as something that asks questions. */
export function askable(
  { task, definition }: { task: Omit<TaskDraft, "patterns">; definition: PatternDefinition },
  templates: {
    readonly text: CompiledPattern;
    readonly choices: readonly CompiledText[] | undefined;
    readonly source: AnswerSource;
  },
  place: Place,
): TaskPattern {
  const { text, choices, source } = templates;
  const { labels = [], fewshot_separator: separator = DEFAULT_SEPARATOR } = task;
  const asked = (fields: Fields): Cloze[] => {
    if (choices === undefined) {
      const pattern = text.render(fields);
      return [{ pattern, answers: answersFor(source, pattern.spaceBeforeBlank, fields) }];
    }
    return choices.map((choice, i) => {
      const bound = { ...fields, [CHOICE]: choice.render(fields) };
      const pattern = text.render(bound);
      const answers = answersFor(source, pattern.spaceBeforeBlank, bound);
      const label = labels[i];
      return {
        pattern,
        answers: label === undefined ? answers : answers.map((each) => ({ ...each, label })),
      };
    });
  };
  const { id, decision, normalization } = definition;
  const question = (example: Example, shots: readonly Shot[] = []): ClozeQuestion => {
    try {
      const clozes = asked(example.fields);
      goldTexts(example, clozes);
      return {
        id: `${task.task}/${id}/${example.id}`,
        clozes: shots.length === 0 ? clozes : clozes.map((cloze) => withShots(cloze, shots, separator)),
        answerKind: source.kind === "words" ? "words" : "texts",
      };
    } catch (cause) {
      if (cause instanceof FindingError)
        throw new FindingError({ ...cause.finding, example: example.id }, { cause });
      if (!(cause instanceof GlmEvalError)) throw cause;
      const { message, hint } = cause;
      const finding = { severity: "error", code: "bad-answers", ...place, pattern: id } as const;
      throw new FindingError({ ...finding, example: example.id, message, hint }, { cause });
    }
  };
  const aggregate = definition.aggregate ?? task.aggregate;
  return {
    id,
    place,
    source: definition.text,
    decision,
    normalization,
    ...(aggregate && { aggregate }),
    question,
    shot: (example) => shotOf(example, question(example).clozes, { decision, labels }),
  };
}
