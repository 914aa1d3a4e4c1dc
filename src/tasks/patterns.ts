import { GlmEvalError, nearest } from "../errors.js";
import { type Cloze, compilePattern, compileText, missingColumn } from "../patterns/index.js";
import { type AnswerSource, answerColumns, answersFor } from "../verbalizers/index.js";
import type { PatternDefinition, TaskDefinition } from "./schema.js";
import type { TaskPattern } from "./types.js";
import type { Path, YamlFile } from "./yaml-file.js";

export interface CheckedPattern extends TaskPattern {
  /** @throws GlmEvalError("data") with file:line:column of the first name that is none of the columns */
  checkColumns(columns: readonly string[]): void;
}

/** The name by which a pattern's text reads the choice that it is rendered for. */
const CHOICE = "choice";

/** @throws GlmEvalError("data") with file:line:column */
export function buildPattern(task: TaskDefinition, index: number, yaml: YamlFile): CheckedPattern {
  const definition = task.patterns[index]!;
  const path: Path = ["patterns", index];
  const fail = (key: string | undefined, message: string, hint?: string): GlmEvalError =>
    new GlmEvalError(
      "data",
      `${yaml.where(key === undefined ? path : [...path, key])}: pattern ${definition.id}: ${message}`,
      hint === undefined ? {} : { hint },
    );
  const origin = (...keys: Path) => ({ ...yaml.origin([...path, ...keys]), pattern: definition.id });

  const text = compilePattern(definition.text, origin("text"));
  const choices = definition.choices?.map((choice, i) => compileText(choice, origin("choices", i)));
  const source = answerSource(
    task,
    definition,
    (answer, i) => compileText(answer, origin("answers", i)),
    fail,
  );
  checkDecision(task, definition, source, fail);

  const asked = (fields: Readonly<Record<string, unknown>>): Cloze[] => {
    if (choices === undefined) {
      const pattern = text.render(fields);
      return [{ pattern, answers: answersFor(source, pattern.spaceBeforeBlank, fields) }];
    }
    return choices.map((choice, i) => {
      const bound = { ...fields, [CHOICE]: choice.render(fields) };
      const pattern = text.render(bound);
      const answers = answersFor(source, pattern.spaceBeforeBlank, bound);
      const label = task.labels[i];
      return {
        pattern,
        answers: label === undefined ? answers : answers.map((each) => ({ ...each, label })),
      };
    });
  };

  return {
    id: definition.id,
    source: definition.text,
    decision: definition.decision,
    normalization: definition.normalization,
    question(example) {
      const id = `${task.task}/${definition.id}/${example.id}`;
      try {
        return { id, clozes: asked(example.fields), answerKind: source.kind === "words" ? "words" : "texts" };
      } catch (error) {
        if (!(error instanceof GlmEvalError)) throw error;
        const where = error.message.startsWith(yaml.file)
          ? ""
          : `${yaml.where(path)}: pattern ${definition.id}: `;
        throw new GlmEvalError("data", `${where}${error.message} (example ${example.id})`, {
          ...(error.hint !== undefined && { hint: error.hint }),
          cause: error,
        });
      }
    },
    checkColumns(columns) {
      const known = choices === undefined ? columns : [...columns, CHOICE];
      const templates = [text, ...(choices ?? []), ...(source.kind === "templates" ? source.templates : [])];
      for (const template of templates) {
        const unknown = template.names.find((name) => !known.includes(name));
        if (unknown !== undefined) throw missingColumn(template.where(unknown), unknown, known);
      }
      const unknown = answerColumns(source).find((name) => !known.includes(name));
      if (unknown !== undefined) throw missingColumn(yaml.where([...path, "answers_from"]), unknown, known);
    },
  };
}

type Fail = (key: string | undefined, message: string, hint?: string) => GlmEvalError;

function answerSource(
  task: TaskDefinition,
  definition: PatternDefinition,
  compile: (answer: string, index: number) => ReturnType<typeof compileText>,
  fail: Fail,
): AnswerSource {
  const { verbalizer, answers, answers_from: column, choices, decision } = definition;
  const given = [verbalizer, answers, column].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw fail(
      undefined,
      `found ${given.length === 0 ? "no" : given.length} sources of answers; expected exactly one`,
      "give verbalizer (words for each label), answers (templates) or answers_from (a column)",
    );
  }
  // Positions stand for labels where the best answer decides; elsewhere answers have no label of their own.
  const labelled = decision === "best" && choices === undefined && task.labels.length > 0;
  const labels = labelled ? { labels: task.labels } : {};
  if (verbalizer !== undefined) return words(task, verbalizer, fail);
  if (column !== undefined) return { kind: "column", column, ...labels };
  if (labelled && answers!.length !== task.labels.length) {
    throw fail(
      "answers",
      `found ${answers!.length} answers; expected ${task.labels.length}, one for each label (${task.labels.join(", ")})`,
    );
  }
  return { kind: "templates", templates: answers!.map(compile), ...labels };
}

function words(
  task: TaskDefinition,
  verbalizer: NonNullable<PatternDefinition["verbalizer"]>,
  fail: Fail,
): AnswerSource {
  const { labels } = task;
  for (const label of Object.keys(verbalizer)) {
    if (labels.includes(label)) continue;
    const near = nearest(label, labels);
    throw fail(
      "verbalizer",
      `found words for "${label}", which is no label of this task`,
      `${near === undefined ? "" : `did you mean "${near}"? `}The labels are: ${labels.join(", ")}`,
    );
  }
  const missing = labels.find((label) => !Object.hasOwn(verbalizer, label));
  if (missing !== undefined) throw fail("verbalizer", `found no word for label "${missing}"`);
  const owner = new Map<string, string>();
  for (const label of labels) {
    for (const word of verbalizer[label]!) {
      const other = owner.get(word);
      if (other !== undefined)
        throw fail("verbalizer", `"${word}" stands for both "${other}" and "${label}"`);
      owner.set(word, label);
    }
  }
  return { kind: "words", words: labels.map((label) => ({ label, words: verbalizer[label]! })) };
}

function checkDecision(
  task: TaskDefinition,
  { decision, choices, answers }: PatternDefinition,
  source: AnswerSource,
  fail: Fail,
): void {
  if (decision !== "best" && task.labels.length !== 2) {
    throw fail("decision", `"${decision}" chooses between two labels; this task has ${task.labels.length}`);
  }
  if (decision !== "best" && (source.kind === "words" || choices !== undefined)) {
    throw fail("decision", `"${decision}" judges answers from the data: give answers or answers_from`);
  }
  if (decision === "greedy" && answers?.length !== 1) {
    throw fail("decision", '"greedy" judges a single answer: give answers with one text');
  }
  if (choices === undefined) return;
  if (answers?.length !== 1) {
    throw fail(
      "choices",
      'each choice has a text of its own, whose blank has one answer: give "answers" with one text',
    );
  }
  if (choices.length !== task.labels.length) {
    throw fail(
      "choices",
      `found ${choices.length} choices; expected ${task.labels.length}, one for each label (${task.labels.join(", ")})`,
    );
  }
}
