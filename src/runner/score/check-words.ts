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

/** What takes the findings about a pattern. */
export function reporter(pattern: TaskPattern, problems: Problems): Say {
  return (severity, code, message, more) =>
    problems.add({ severity, code, ...pattern.position, pattern: pattern.id, message, ...more });
}

/** Findings that make a task's values say little about the model: a run reports them, and scores all the same. */
const GRAVE: ReadonlySet<FindingCode> = new Set(["same-tokens", "unknown-token"]);

/**
 * What a run says of its tasks' words before they are scored, in sentences: those that the model's vocabulary cannot
 * write, and labels that it cannot distinguish. `glm-eval tasks validate --model` reports the same.
 */
export function wordWarnings(prepared: readonly PreparedTask[], reader: Encoder): string[] {
  return prepared.flatMap((each) => {
    if (each.status !== "ready") return [];
    const { task, patterns, dataset } = each;
    const findings = new Findings();
    for (const pattern of dataset.examples.length > 0 ? patterns : []) {
      const question = pattern.question(dataset.examples[0]!);
      if (question.answerKind === "words") checkWords(question, reader, reporter(pattern, findings));
    }
    return findings.list
      .filter(({ code }) => GRAVE.has(code))
      .map(({ pattern, message }) => `${task.name}, pattern ${pattern}: ${message}`);
  });
}

/** Reports words of labels that the model cannot write, cannot distinguish, or writes with several tokens. */
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
          hint: "take words of one token where there are any: with several, the end of piece counts too (docs/protocols.md)",
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
          `${both(one, other)} begin with the same token: ${reader.token(one.ids[0])}`,
        );
    }
}

/**
 * Reports answers out of the data that the model cannot write or cannot distinguish.
 * @param checked answers that were looked at before: the same may be in many examples
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
    const message = `${both(one, other)} are the same to this model: ${spelled(one.ids, reader)}`;
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
  const message = `the answer ${quoted(text)} has what the vocabulary cannot write: ${spelled(ids, reader)}`;
  say("warning", "unknown-token", message, more);
}

function both(one: AnswerTokens, other: AnswerTokens): string {
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
