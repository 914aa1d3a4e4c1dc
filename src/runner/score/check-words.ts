import { type Finding, type FindingCode, Findings, type Problems } from "../../findings.js";
import { isJudgedAlike } from "../../metrics/index.js";
import type { Cloze, ClozeQuestion } from "../../patterns/index.js";
import { type AnswerTokens, findSameTokens, type Reader } from "../../scoring/index.js";
import type { TaskPattern } from "../../tasks/index.js";
import type { PreparedTask } from "./prepare-tasks.js";

/** Reports one finding about a pattern. */
export type Say = (
  severity: Finding["severity"],
  code: FindingCode,
  message: string,
  more?: Partial<Finding>,
) => void;

type Encoder = Pick<Reader, "encode" | "token" | "unknown">;

/** Returns a function that reports findings about a pattern. */
export function makeReporter(pattern: TaskPattern, problems: Problems): Say {
  return (severity, code, message, more) =>
    problems.add({ severity, code, ...pattern.position, pattern: pattern.id, message, ...more });
}

/** Findings that make a task's values nearly meaningless: a run reports them, but still scores the task. */
const GRAVE: ReadonlySet<FindingCode> = new Set(["same-tokens", "unknown-token"]);

/**
 * Returns a run's warnings about its tasks' words before they are scored, as sentences: words that are not in the model's
 * vocabulary, and labels that the model cannot distinguish. `glm-eval tasks validate --model` reports the same.
 */
export function findWordWarnings(prepared: readonly PreparedTask[], reader: Encoder): string[] {
  return prepared.flatMap((each) => {
    if (each.status !== "ready") return [];
    const { task, patterns, dataset } = each;
    const findings = new Findings();
    for (const pattern of dataset.examples.length > 0 ? patterns : []) {
      const question = pattern.question(dataset.examples[0]!);
      if (question.answerKind === "words") checkWords(question, reader, makeReporter(pattern, findings));
    }
    return findings.list
      .filter(({ code }) => GRAVE.has(code))
      .map(({ pattern, message }) => `${task.name}, pattern ${pattern}: ${message}`);
  });
}

/** Reports words of labels that the model cannot encode, cannot distinguish, or encodes with several tokens. */
export function checkWords({ clozes }: ClozeQuestion, reader: Encoder, say: Say): void {
  const words = withTokens(clozes[0]!, reader);
  for (const { text, ids } of words) {
    checkWriting(text, ids, reader, say, {});
    if (ids.length > 1)
      say(
        "warning",
        "several-tokens",
        `the word ${quoted(text)} has ${ids.length} tokens: ${spelled(ids, reader)}`,
        {
          hint: "prefer single-token words: with several tokens, the end of piece is scored too (docs/protocols.md)",
        },
      );
  }
  saySameTokens(words, reader, say, {});
  for (const [i, one] of words.entries())
    for (const other of words.slice(i + 1)) {
      if (one.label === other.label || one.ids.join() === other.ids.join()) continue;
      if (one.ids[0] !== undefined && one.ids[0] === other.ids[0])
        say(
          "warning",
          "same-first-token",
          `${formatPair(one, other)} start with the same token: ${reader.token(one.ids[0])}`,
        );
    }
}

/**
 * Reports answers from the data that the model cannot encode or cannot distinguish.
 * @param checked answers already checked: the same answer may occur in many examples
 */
export function checkTexts(
  { clozes }: ClozeQuestion,
  reader: Encoder,
  example: string,
  checked: Set<string>,
  say: Say,
): void {
  for (const cloze of clozes) {
    const answers = withTokens(cloze, reader);
    saySameTokens(answers, reader, say, { example });
    for (const { text, ids } of answers) {
      if (checked.has(text)) continue;
      checked.add(text);
      checkWriting(text, ids, reader, say, { example });
    }
  }
}

function withTokens({ answers }: Cloze, reader: Encoder): AnswerTokens[] {
  return answers.map((answer) => ({ ...answer, ids: reader.encode(answer.text) }));
}

function saySameTokens(
  answers: readonly AnswerTokens[],
  reader: Encoder,
  say: Say,
  more: Partial<Finding>,
): void {
  for (const [one, other] of findSameTokens(answers, isJudgedAlike)) {
    const message = `${formatPair(one, other)} are the same to this model: ${spelled(one.ids, reader)}`;
    say("warning", "same-tokens", message, more);
  }
}

function checkWriting(
  text: string,
  ids: readonly number[],
  reader: Encoder,
  say: Say,
  more: Partial<Finding>,
): void {
  if (ids.length === 0) say("error", "no-tokens", `the answer ${quoted(text)} has no tokens`, more);
  if (reader.unknown === undefined || !ids.includes(reader.unknown)) return;
  const message = `the answer ${quoted(text)} has characters that are not in the vocabulary: ${spelled(ids, reader)}`;
  say("warning", "unknown-token", message, more);
}

function formatPair(one: AnswerTokens, other: AnswerTokens): string {
  const named = ({ text, label }: AnswerTokens) =>
    `${quoted(text)}${label === undefined ? "" : ` (${label})`}`;
  return `${named(one)} and ${named(other)}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function spelled(ids: readonly number[], reader: Encoder): string {
  return ids.map((id) => reader.token(id)).join(" ");
}
