import { GlmEvalError } from "../errors.js";
import { type FilePosition, FindingError } from "../findings.js";
import type { Cloze, ClozeQuestion, CompiledPattern, CompiledText } from "../patterns/index.js";
import { type AnswerSource, getAnswers } from "../verbalizers/index.js";
import { CONTENT_FREE, makeCalibrationId } from "./calibration.js";
import type { TaskDraft } from "./check-schema.js";
import { goldTexts } from "./gold.js";
import type { PatternDefinition } from "./pattern-schema.js";
import { DEFAULT_SEPARATOR } from "./schema.js";
import { makeShot, withShots } from "./shots.js";
import type { Example, Shot, TaskPattern } from "./task.js";

/** The name that a pattern's text uses for the choice it is rendered for. */
export const CHOICE = "choice";

/** Builds the part of a valid pattern that renders questions. */
export function buildTaskPattern(
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

  /** @param content replaces each part that may be cut */
  const renderClozes = (template: CompiledPattern, { fields }: Example, content?: string): Cloze[] => {
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
  const addShots = (shots: readonly Shot[], clozes: readonly Cloze[]): readonly Cloze[] =>
    shots.length === 0 ? clozes : clozes.map((cloze) => withShots(cloze, shots, separator));
  const answerKind = source.kind === "words" ? "words" : "texts";

  /** Runs `render` and adds the example to its error. */
  const withExample = <T>({ id: example }: Example, render: () => T): T => {
    try {
      return render();
    } catch (cause) {
      if (cause instanceof FindingError) throw new FindingError({ ...cause.finding, example }, { cause });
      if (!(cause instanceof GlmEvalError)) throw cause;
      const { message, hint } = cause;
      throw new FindingError({ ...error, code: "bad-answers", example, message, hint }, { cause });
    }
  };
  const question = (example: Example, shots: readonly Shot[] = []): ClozeQuestion =>
    withExample(example, () => {
      const clozes = renderClozes(text, example);
      goldTexts(example, clozes);
      return { id: `${task.task}/${id}/${example.id}`, clozes: addShots(shots, clozes), answerKind };
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
            "pmi divides by the answers' probabilities without the example, but the pattern has no premise",
          hint: 'add a premise, the text that remains without the example, with the blank: premise: "Answer: [MASK]."',
        });
      if (kind === "contextual" && !text.isShortenable)
        throw new FindingError({
          ...error,
          code: "no-content",
          message: "contextual calibration replaces the parts that may be cut, but the text has none",
          hint: "mark the example's own text: {{ column | shorten }}",
        });
      const rendered = withExample(example, () =>
        kind === "pmi"
          ? [renderClozes(premise!, example)]
          : CONTENT_FREE.map((content) => addShots(shots, renderClozes(text, example, content))),
      );
      return rendered.map((clozes) => ({
        id: makeCalibrationId(task.task!, id, kind, clozes),
        clozes,
        answerKind,
      }));
    },
    shot: (example) => makeShot(example, question(example).clozes, { decision, labels }),
  };
}
