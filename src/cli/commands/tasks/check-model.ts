import { GlmEvalError } from "../../../errors.js";
import type { Finding, FindingCode, Problems } from "../../../findings.js";
import type { Answer, ClozeQuestion } from "../../../patterns/index.js";
import type { Reader } from "../../../scoring/index.js";
import type { Example, TaskPattern } from "../../../tasks/index.js";

type Say = (
  severity: Finding["severity"],
  code: FindingCode,
  message: string,
  more?: Partial<Finding>,
) => void;

/**
 * Reports what a model's tokenizer makes of a task's questions: texts that must be cut or cannot fit, and answers that
 * it cannot write, cannot tell apart, or writes with several tokens.
 */
export function checkWithModel(
  patterns: readonly TaskPattern[],
  examples: readonly Example[],
  reader: Reader,
  problems: Problems,
): void {
  for (const pattern of patterns) {
    const say: Say = (severity, code, message, more) =>
      problems.add({ severity, code, ...pattern.position, pattern: pattern.id, message, ...more });
    const asked = examples.flatMap((example) => {
      const question = questionOf(pattern, example);
      return question === undefined ? [] : [{ example: example.id, question }];
    });
    const words = asked.find(({ question }) => question.answerKind === "words");
    if (words !== undefined) checkWords(words.question, reader, say);
    const checked = new Set<string>();
    let cut = 0;
    for (const { example, question } of asked) {
      if (question.answerKind === "texts") checkTexts(question, reader, example, checked, say);
      try {
        if (reader.prepare(question).some((prepared) => prepared.cut > 0)) cut++;
      } catch (error) {
        if (!(error instanceof GlmEvalError)) throw error;
        const message = error.message.replace(`${question.id}: `, "");
        say("error", "too-long", message, { example, hint: error.hint });
      }
    }
    if (cut > 0) {
      const fit = `to fit ${reader.maxLength} tokens`;
      say("warning", "text-cut", `the text of ${cut} of ${asked.length} examples is cut ${fit}`);
    }
  }
}

/** What cannot be rendered has been reported without a model. */
function questionOf(pattern: TaskPattern, example: Example): ClozeQuestion | undefined {
  try {
    return pattern.question(example);
  } catch (error) {
    if (error instanceof GlmEvalError) return undefined;
    throw error;
  }
}

function checkWords({ clozes }: ClozeQuestion, reader: Reader, say: Say): void {
  const words = clozes[0]!.answers.map((answer) => ({ ...answer, ids: reader.encode(answer.text) }));
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
  for (const [i, one] of words.entries()) {
    for (const other of words.slice(i + 1)) {
      if (one.label === other.label) continue;
      checkPair(one, other, reader, say);
    }
  }
}

function checkPair(
  one: Answer & { readonly ids: readonly number[] },
  other: Answer & { readonly ids: readonly number[] },
  reader: Reader,
  say: Say,
): void {
  const both = `${quoted(one.text)} (${one.label}) and ${quoted(other.text)} (${other.label})`;
  if (one.ids.join() === other.ids.join() && one.ids.length > 0)
    say("warning", "same-tokens", `${both} are the same to this model: ${spelled(one.ids, reader)}`);
  else if (one.ids[0] !== undefined && one.ids[0] === other.ids[0])
    say("warning", "same-first-token", `${both} begin with the same token: ${reader.token(one.ids[0])}`);
}

/** @param checked answers that were looked at before: the same may stand in many examples */
function checkTexts(
  { clozes }: ClozeQuestion,
  reader: Reader,
  example: string,
  checked: Set<string>,
  say: Say,
): void {
  for (const { text } of clozes.flatMap(({ answers }) => answers)) {
    if (checked.has(text)) continue;
    checked.add(text);
    checkWriting(text, reader.encode(text), reader, say, { example });
  }
}

function checkWriting(
  text: string,
  ids: readonly number[],
  reader: Reader,
  say: Say,
  more: Partial<Finding>,
): void {
  if (ids.length === 0) say("error", "no-tokens", `the answer ${quoted(text)} has no tokens`, more);
  if (reader.unknown === undefined || !ids.includes(reader.unknown)) return;
  const message = `the answer ${quoted(text)} has what the vocabulary cannot write: ${spelled(ids, reader)}`;
  say("warning", "unknown-token", message, more);
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

function spelled(ids: readonly number[], reader: Reader): string {
  return ids.map((id) => reader.token(id)).join(" ");
}
