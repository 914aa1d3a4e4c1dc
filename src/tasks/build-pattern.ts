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
import type { TaskDraft } from "./check-schema.js";
import type { PatternDefinition } from "./pattern-schema.js";
import type { TaskPattern } from "./task.js";
import { buildTaskPattern, CHOICE } from "./task-pattern.js";
import type { Path, YamlFile } from "./yaml-file.js";

/** A pattern whose errors have all been reported. */
export interface CheckedPattern {
  /** undefined if it has errors */
  readonly pattern: TaskPattern | undefined;
  /** the columns that its text uses unchanged */
  readonly columns: readonly string[];
  /** Reports the names that are not among the columns. */
  checkColumns(columns: readonly string[], problems: Problems): void;
}

/** Reports a problem at a key of the pattern, or of the pattern as a whole. */
type Fail = (code: FindingCode, key: string | undefined, message: string, hint?: string) => undefined;

/** Compiles a pattern and reports its errors. */
export function buildPattern(
  task: TaskDraft,
  index: number,
  yaml: YamlFile,
  problems: Problems,
): CheckedPattern {
  const { keys, complete } = task.patterns[index]!;
  const path: Path = ["patterns", index];
  const named = keys.id === undefined ? {} : { pattern: keys.id };
  let isValid = true;
  const own: Problems = {
    add(finding) {
      if (finding.severity === "error") isValid = false;
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
  // If either has no blank, that is already the error.
  if (isValid && text && premise) checkPremise(text, premise, fail);
  const choices = keys.choices?.map((choice, i) => compileText(choice, origin("choices", i), own));
  const answers = keys.answers?.map((answer, i) => compileText(answer, origin("answers", i), own));
  const source = complete && task.labels && getAnswerSource(task.labels, complete, answers, fail);
  if (source && complete && task.labels) checkDecision(task.labels, complete, source, fail);
  if (task.prior !== undefined && keys.decision !== undefined && keys.decision !== "best") {
    const message = `the task has a prior, which is added to label scores; decision "${keys.decision}" has none`;
    fail("decision-prior", "decision", message);
  }

  const pattern =
    isValid && text && source && complete
      ? buildTaskPattern(
          { task, definition: complete },
          { text, premise, choices, source },
          yaml.position(path),
        )
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
 * The premise's answers must have the same texts, and so the same tokens, as the question's. Both are made from the same
 * templates and words, so only the space before the blank can make a difference.
 */
function checkPremise(text: CompiledPattern, premise: CompiledPattern, fail: Fail): void {
  if (text.spaceBeforeBlank === premise.spaceBeforeBlank) return;
  const found = (has: boolean) => (has ? "a space" : "no space");
  fail(
    "premise-answers",
    "premise",
    `found ${found(premise.spaceBeforeBlank)} before [MASK], but ${found(text.spaceBeforeBlank)} in the text`,
    "a space before the blank belongs to the answer: with a different one, the premise scores different tokens",
  );
}

/** Returns where the answers come from; undefined if that is not clear, which is reported. */
function getAnswerSource(
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
      "use one of verbalizer (words for each label), answers (templates) and answers_from (a column)",
    );
  }
  // Positions map to labels if the best answer decides; otherwise answers have no label.
  const labeled = decision === "best" && choices === undefined && labels.length > 0 ? { labels } : {};
  if (verbalizer !== undefined) return getWordSource(labels, verbalizer, fail);
  if (column !== undefined) return { kind: "column", column, ...labeled };
  if (labeled.labels && templates!.length !== labels.length) {
    return fail(
      "answer-count",
      "answers",
      `found ${templates!.length} answers; expected ${labels.length}, one for each label (${labels.join(", ")})`,
    );
  }
  return { kind: "templates", templates: templates!, ...labeled };
}

function getWordSource(
  labels: readonly string[],
  verbalizer: NonNullable<PatternDefinition["verbalizer"]>,
  fail: Fail,
): AnswerSource {
  // A mistyped label also leaves the intended one without words: report it once.
  const meant = new Set<string>();
  for (const label of Object.keys(verbalizer)) {
    if (labels.includes(label)) continue;
    const near = nearest(
      label,
      labels.filter((each) => !Object.hasOwn(verbalizer, each)),
    );
    if (near !== undefined) meant.add(near);
    const message = `found words for "${label}", which is not a label of this task`;
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
        fail("duplicate-word", "verbalizer", `found "${word}" for both "${other}" and "${label}"`);
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
    const message = `"${decision}" judges answers from the data, but the pattern has a verbalizer or choices: use answers or answers_from`;
    fail("decision-answers", "decision", message);
  }
  if (decision === "greedy" && answers?.length !== 1) {
    fail("decision-answers", "decision", '"greedy" judges a single answer: list exactly one in answers');
  }
  if (choices === undefined) return;
  if (answers?.length !== 1) {
    fail(
      "choice-answers",
      "choices",
      "each choice has its own text, whose blank has one answer: list exactly one in answers",
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
