import { didYouMean, nearest } from "../errors.js";
import type { FindingCode, Problems } from "../findings.js";
import {
  type CompiledPattern,
  type CompiledText,
  compilePattern,
  compileText,
  unknownColumn,
} from "../patterns/index.js";
import type { AnswerSource } from "../verbalizers/index.js";
import { askable, CHOICE } from "./ask.js";
import type { TaskDraft } from "./check-schema.js";
import type { PatternDefinition } from "./pattern-schema.js";
import type { TaskPattern } from "./task.js";
import type { Path, YamlFile } from "./yaml-file.js";

/** A pattern of which all is reported that is wrong with it. */
export interface CheckedPattern {
  /** undefined where something is */
  readonly pattern: TaskPattern | undefined;
  /** the columns that stand in its text as they are */
  readonly columns: readonly string[];
  /** Reports the names that are none of the columns. */
  checkColumns(columns: readonly string[], problems: Problems): void;
}

/** Says what is wrong at a key of the pattern, or in all of it. */
type Fail = (code: FindingCode, key: string | undefined, message: string, hint?: string) => undefined;

/** Compiles a pattern and reports what is wrong with it. */
export function buildPattern(
  task: TaskDraft,
  index: number,
  yaml: YamlFile,
  problems: Problems,
): CheckedPattern {
  const { keys, whole } = task.patterns[index]!;
  const path: Path = ["patterns", index];
  const named = keys.id === undefined ? {} : { pattern: keys.id };
  let isSound = true;
  const own: Problems = {
    add(finding) {
      if (finding.severity === "error") isSound = false;
      problems.add(finding);
    },
  };
  const fail: Fail = (code, key, message, hint) => {
    const position = key === undefined ? yaml.position(path) : yaml.position([...path, key]);
    own.add({ severity: "error", code, ...position, ...named, message, hint });
  };
  const origin = (...steps: Path) => ({ ...yaml.origin([...path, ...steps]), ...named });

  const text = keys.text === undefined ? undefined : compilePattern(keys.text, origin("text"), own);
  const premise =
    keys.premise === undefined ? undefined : compilePattern(keys.premise, origin("premise"), own);
  // Where either has no blank, that is what is wrong.
  if (isSound && text && premise) checkPremise(text, premise, fail);
  const choices = keys.choices?.map((choice, i) => compileText(choice, origin("choices", i), own));
  const answers = keys.answers?.map((answer, i) => compileText(answer, origin("answers", i), own));
  const source = whole && task.labels && answerSource(task.labels, whole, answers, fail);
  if (source && whole && task.labels) checkDecision(task.labels, whole, source, fail);
  if (task.prior !== undefined && keys.decision !== undefined && keys.decision !== "best") {
    const message = `the task's prior is added to the scores of labels, which "${keys.decision}" does not have`;
    fail("decision-prior", "decision", message);
  }

  const pattern =
    isSound && text && source && whole
      ? askable({ task, definition: whole }, { text, premise, choices, source }, yaml.position(path))
      : undefined;
  return {
    pattern,
    columns: text?.columns ?? [],
    checkColumns(columns, to) {
      const known = choices === undefined ? columns : [...columns, CHOICE];
      for (const template of [text, premise, ...(choices ?? []), ...(answers ?? [])])
        template?.checkNames(known, to);
      const { answers_from: column } = keys;
      if (column !== undefined && !known.includes(column))
        to.add({ ...unknownColumn(yaml.position([...path, "answers_from"]), column, known), ...named });
    },
  };
}

/**
 * The answers' texts, and so their tokens, must be the question's own. They are made of the same templates and words for
 * both, so that only the space before the blank can tell them apart.
 */
function checkPremise(text: CompiledPattern, premise: CompiledPattern, fail: Fail): void {
  if (text.spaceBeforeBlank === premise.spaceBeforeBlank) return;
  const found = (has: boolean) => (has ? "a space" : "no space");
  fail(
    "premise-answers",
    "premise",
    `found ${found(premise.spaceBeforeBlank)} before [MASK], but ${found(text.spaceBeforeBlank)} in the text`,
    "a space before the blank belongs to the answer: with another one the premise asks for other tokens",
  );
}

/** Where the answers come from; undefined where that is not clear, which is reported. */
function answerSource(
  labels: readonly string[],
  definition: PatternDefinition,
  templates: readonly CompiledText[] | undefined,
  fail: Fail,
): AnswerSource | undefined {
  const { verbalizer, answers_from: column, choices, decision } = definition;
  const given = [verbalizer, templates, column].filter((each) => each !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? "no" : given.length;
    return fail(
      "answer-sources",
      undefined,
      `found ${found} sources of answers; expected exactly one`,
      "give verbalizer (words for each label), answers (templates) or answers_from (a column)",
    );
  }
  // Positions stand for labels where the best answer decides; elsewhere answers have no label of their own.
  const labelled = decision === "best" && choices === undefined && labels.length > 0 ? { labels } : {};
  if (verbalizer !== undefined) return words(labels, verbalizer, fail);
  if (column !== undefined) return { kind: "column", column, ...labelled };
  if (labelled.labels && templates!.length !== labels.length) {
    return fail(
      "answer-count",
      "answers",
      `found ${templates!.length} answers; expected ${labels.length}, one for each label (${labels.join(", ")})`,
    );
  }
  return { kind: "templates", templates: templates!, ...labelled };
}

function words(
  labels: readonly string[],
  verbalizer: NonNullable<PatternDefinition["verbalizer"]>,
  fail: Fail,
): AnswerSource {
  // A mistyped label also leaves the right one without words: say it once.
  const meant = new Set<string>();
  for (const label of Object.keys(verbalizer)) {
    if (labels.includes(label)) continue;
    const near = nearest(
      label,
      labels.filter((each) => !Object.hasOwn(verbalizer, each)),
    );
    if (near !== undefined) meant.add(near);
    const message = `found words for "${label}", which is no label of this task`;
    fail("unknown-label", "verbalizer", message, didYouMean(label, labels, "labels"));
  }
  const owner = new Map<string, string>();
  const own = [...new Set(labels)].map((label) => {
    const given = Object.hasOwn(verbalizer, label) ? verbalizer[label]! : [];
    if (given.length === 0 && !meant.has(label))
      fail("label-without-word", "verbalizer", `found no word for label "${label}"`);
    for (const word of given) {
      const other = owner.get(word);
      if (other === label) fail("duplicate-word", "verbalizer", `found "${word}" twice for "${label}"`);
      else if (other !== undefined)
        fail("duplicate-word", "verbalizer", `"${word}" stands for both "${other}" and "${label}"`);
      owner.set(word, label);
    }
    return { label, words: given };
  });
  return { kind: "words", words: own };
}

function checkDecision(
  labels: readonly string[],
  { decision, choices, answers }: PatternDefinition,
  source: AnswerSource,
  fail: Fail,
): void {
  if (decision !== "best" && labels.length !== 2) {
    const message = `"${decision}" chooses between two labels; this task has ${labels.length}`;
    fail("decision-labels", "decision", message);
  }
  if (decision !== "best" && (source.kind === "words" || choices !== undefined)) {
    const message = `"${decision}" judges answers from the data: give answers or answers_from`;
    fail("decision-answers", "decision", message);
  }
  if (decision === "greedy" && answers?.length !== 1) {
    fail("decision-answers", "decision", '"greedy" judges a single answer: give answers with one text');
  }
  if (choices === undefined) return;
  if (answers?.length !== 1) {
    fail(
      "choice-answers",
      "choices",
      'each choice has a text of its own, whose blank has one answer: give "answers" with one text',
    );
  }
  if (choices.length !== labels.length) {
    fail(
      "choice-count",
      "choices",
      `found ${choices.length} choices; expected ${labels.length}, one for each label (${labels.join(", ")})`,
    );
  }
}
