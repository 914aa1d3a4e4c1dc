import { GlmEvalError } from "../errors.js";
import { type FilePosition, FindingError } from "../findings.js";
import type { Cloze, ClozeQuestion, CompiledPattern, CompiledText } from "../patterns/index.js";
import { type AnswerSource, getAnswers } from "../verbalizers/index.js";
import { CONTENT_FREE, calibrationId } from "./calibration.js";
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
    readonly premise: CompiledPattern | undefined;
    readonly choices: readonly CompiledText[] | undefined;
    readonly source: AnswerSource;
  },
  position: FilePosition,
): TaskPattern {
  const { text, premise, choices, source } = templates;
  const { labels = [], fewshot_separator: separator = DEFAULT_SEPARATOR } = task;
  const { id, decision, normalization } = definition;
  const error = { severity: "error", ...position, pattern: id } as const;

  /** @param content in the place of what may be cut */
  const clozesOf = (template: CompiledPattern, { fields }: Example, content?: string): Cloze[] => {
    if (choices === undefined) {
      const pattern = template.render(fields, content);
      return [{ pattern, answers: getAnswers(source, pattern.spaceBeforeBlank, fields) }];
    }
    return choices.map((choice, i) => {
      const bound = { ...fields, [CHOICE]: choice.render(fields) };
      const pattern = template.render(bound, content);
      const answers = getAnswers(source, pattern.spaceBeforeBlank, bound);
      const label = labels[i];
      return {
        pattern,
        answers: label === undefined ? answers : answers.map((each) => ({ ...each, label })),
      };
    });
  };
  const behind = (shots: readonly Shot[], clozes: readonly Cloze[]): readonly Cloze[] =>
    shots.length === 0 ? clozes : clozes.map((cloze) => withShots(cloze, shots, separator));
  const answerKind = source.kind === "words" ? "words" : "texts";

  /** Names the example in what is wrong with it. */
  const asking = <T>({ id: example }: Example, ask: () => T): T => {
    try {
      return ask();
    } catch (cause) {
      if (cause instanceof FindingError) throw new FindingError({ ...cause.finding, example }, { cause });
      if (!(cause instanceof GlmEvalError)) throw cause;
      const { message, hint } = cause;
      throw new FindingError({ ...error, code: "bad-answers", example, message, hint }, { cause });
    }
  };
  const question = (example: Example, shots: readonly Shot[] = []): ClozeQuestion =>
    asking(example, () => {
      const clozes = clozesOf(text, example);
      goldTexts(example, clozes);
      return { id: `${task.task}/${id}/${example.id}`, clozes: behind(shots, clozes), answerKind };
    });

  const aggregate = definition.aggregate ?? task.aggregate;
  return {
    id,
    position,
    source: definition.text,
    premise: definition.premise,
    decision,
    normalization,
    ...(aggregate && { aggregate }),
    question,
    calibration(kind, example, shots = []) {
      if (kind === "pmi" && premise === undefined)
        throw new FindingError({
          ...error,
          code: "no-premise",
          message:
            "pmi compares with the answers' probabilities without the example, but there is no premise",
          hint: 'add what remains of the text without it, with the blank: premise: "Answer: [MASK]."',
        });
      if (kind === "contextual" && !text.isShortenable)
        throw new FindingError({
          ...error,
          code: "no-content",
          message: "contextual calibration replaces the parts that may be cut, but the text has none",
          hint: "mark what is the example's own: {{ column | shorten }}",
        });
      const asked = asking(example, () =>
        kind === "pmi"
          ? [clozesOf(premise!, example)]
          : CONTENT_FREE.map((content) => behind(shots, clozesOf(text, example, content))),
      );
      return asked.map((clozes) => ({
        id: calibrationId(task.task!, id, kind, clozes),
        clozes,
        answerKind,
      }));
    },
    shot: (example) => shotOf(example, question(example).clozes, { decision, labels }),
  };
}
