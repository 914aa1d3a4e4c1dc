import { open } from "node:fs/promises";
import Papa from "papaparse";
import { z } from "zod";
import { GlmEvalError } from "../../../errors.js";
import { nearFiles } from "../../../hints.js";
import { type ClozeText, makeClozeQuestion } from "../../../runner/index.js";

/** A cloze text to score. Its `id` gives its origin in messages: "questions.jsonl:7 (q7)". */
export interface InputText extends ClozeText {
  /** the id from the input, for the results */
  readonly givenId: string | number;
}

export interface Questions {
  readonly texts: readonly InputText[];
  /** the error that ended the input after these texts */
  readonly error?: GlmEvalError;
}

/** Number of texts scored together: enough to fill batches, few enough to write results continuously. */
const CHUNK = 2000;

/**
 * Makes questions from the command line: each text with all answers.
 * @throws GlmEvalError (usage) if a text does not have exactly one [MASK], or an answer is empty or repeated
 */
export function makeTypedQuestions(texts: readonly string[], answerLists: readonly string[]): InputText[] {
  const answers = answerLists.flatMap(parseAnswers);
  if (answers.every((answer) => answer === ""))
    throw new GlmEvalError(
      "missing-argument",
      "--answers is missing; expected the answers that may fill the blank",
      {
        hint: "Separate answers by commas: --answers 'France,Italy,\"Trinidad, Tobago\"'",
      },
    );
  const duplicate = findDuplicate(answers);
  if (duplicate !== undefined)
    throw new GlmEvalError("bad-option", `--answers: found ${JSON.stringify(duplicate)} twice`, {
      hint: "List each answer once: the probabilities of the given answers add up to 1.",
    });
  return texts.map((text, k) => {
    const id = texts.length === 1 ? "the text" : `text ${k + 1}`;
    const question = { id, givenId: String(k + 1), text, answers };
    try {
      makeClozeQuestion(question);
    } catch (error) {
      if (!(error instanceof GlmEvalError)) throw error;
      throw new GlmEvalError("bad-text", error.message, { hint: error.hint });
    }
    return question;
  });
}

/** Finds the first repeated answer, ignoring spaces around it. */
function findDuplicate(answers: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return answers.find((answer) => seen.size === seen.add(answer.trim()).size);
}

/** Parses a line of comma-separated values; spaces after commas are ignored. */
function parseAnswers(line: string): string[] {
  const withoutSpaces = line.replace(/"(?:[^"]|"")*"|,\s+(?=")/g, (found) =>
    found.startsWith('"') ? found : ",",
  );
  const { data, errors } = Papa.parse<string[]>(withoutSpaces.trim(), { delimiter: "," });
  if (errors.length > 0)
    throw new GlmEvalError("bad-option", `--answers ${line}: ${errors[0]!.message}`, {
      hint: 'Quote an answer that has a comma, and double the quotes in it: "the ""old"" one, there"',
    });
  return data.flat().map((answer) => answer.trim());
}

const line = z.object({
  id: z.union([z.string(), z.number()]),
  text: z.string(),
  answers: z.array(z.string()).min(1),
});

/**
 * Opens questions in JSON lines; "-" is stdin. A file is checked to its end first: if it has an invalid line, no model is
 * loaded and nothing is written. A pipe is checked while it is read.
 * @throws GlmEvalError (data) if the file is unreadable, or has an invalid line
 */
export async function openQuestions(input: string): Promise<AsyncGenerator<Questions>> {
  if (input === "-") return readQuestions("stdin", process.stdin);
  try {
    const file = await open(input);
    const stats = await file.stat();
    if (stats.isDirectory()) {
      await file.close();
      throw new GlmEvalError("is-a-folder", `--input ${input} is a folder; expected a file of JSON lines`, {
        hint: EXPECTED,
      });
    }
    if (!stats.isFile()) return readQuestions(input, file.createReadStream());
    const checked = readQuestions(input, file.createReadStream({ start: 0, autoClose: false }));
    for await (const { error } of checked) {
      if (error === undefined) continue;
      await file.close();
      throw error;
    }
    return readQuestions(input, file.createReadStream({ start: 0 }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new GlmEvalError("file-not-found", `--input ${input}: no such file`, {
      hint: nearFiles(input) ?? "- reads from stdin.",
      cause: error,
    });
  }
}

/** Yields questions in chunks. An invalid line ends them, after the questions before it. */
async function* readQuestions(name: string, stream: AsyncIterable<Buffer>): AsyncGenerator<Questions> {
  let texts: InputText[] = [];
  const lines = new Map<string, number>();
  let number = 0;
  let found = 0;
  for await (const bytes of splitLines(stream)) {
    number++;
    try {
      const text = parseLine(bytes, `${name}:${number}`);
      if (text === undefined) continue;
      checkId(text, { name, number }, lines);
      texts.push(text);
    } catch (error) {
      if (!(error instanceof GlmEvalError)) throw error;
      yield { texts, error };
      return;
    }
    if (texts.length < CHUNK) continue;
    found += texts.length;
    yield { texts };
    texts = [];
  }
  if (found + texts.length === 0)
    throw new GlmEvalError("no-questions", `${name} contains no questions`, { hint: EXPECTED });
  yield { texts };
}

/** @param lines line numbers by the ids so far; the text's own is added */
function checkId(
  { givenId }: InputText,
  { name, number }: { readonly name: string; readonly number: number },
  lines: Map<string, number>,
): void {
  const id = String(givenId);
  const before = lines.get(id);
  lines.set(id, number);
  if (before === undefined) return;
  throw new GlmEvalError("bad-question", `${name}:${number}: id ${JSON.stringify(givenId)} is not unique`, {
    hint: `Line ${before} has the same id. Give each line its own id, which identifies its results.`,
  });
}

const EXPECTED = 'Expected lines like {"id": "1", "text": "… [MASK] …", "answers": ["…", "…"]}.';

function parseLine(bytes: Buffer, where: string): InputText | undefined {
  const bad = (message: string) =>
    new GlmEvalError("bad-question", `${where}: ${message}`, { hint: EXPECTED });
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw bad("the line is not UTF-8");
  }
  if (content.trim() === "") return undefined;
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw bad(`the line is not JSON: ${(error as Error).message}`);
  }
  const parsed = line.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    const [key] = path;
    const isMissing = typeof json === "object" && json !== null && key !== undefined && !(key in json);
    if (isMissing) throw bad(`"${String(key)}" is missing`);
    throw bad(`${path.length === 0 ? "the line" : `"${path.join(".")}"`}: ${message}`);
  }
  const { id: givenId, text, answers } = parsed.data;
  const duplicate = findDuplicate(answers);
  if (duplicate !== undefined) throw bad(`"answers" contains ${JSON.stringify(duplicate)} twice`);
  const question = { id: `${where} (${givenId})`, givenId, text, answers };
  makeClozeQuestion(question);
  return question;
}

/**
 * Splits a stream at "\n" and nowhere else: U+2028, at which Node's readline also splits, is valid inside a JSON string.
 * Yields bytes, so that invalid UTF-8 in one line is no error in its neighbors.
 */
async function* splitLines(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of stream) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)]);
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest.push(chunk.subarray(start));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}
