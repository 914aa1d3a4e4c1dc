import { open } from "node:fs/promises";
import Papa from "papaparse";
import { z } from "zod";
import { GlmEvalError } from "../../../errors.js";
import { nearFiles } from "../../../hints.js";
import { type ClozeText, makeClozeQuestion } from "../../../runner/index.js";

/** A cloze text to be scored. Its `id` says in messages where it is from: "questions.jsonl:7 (q7)". */
export interface AskedText extends ClozeText {
  /** the id as it was given, for the results */
  readonly given: string | number;
}

export interface Questions {
  readonly texts: readonly AskedText[];
  /** what ended the questions, after these texts */
  readonly error?: GlmEvalError;
}

/** Texts scored together: enough to fill batches well, few enough to write results as they come. */
const CHUNK = 2000;

/**
 * The questions typed in: every text with all the answers.
 * @throws GlmEvalError (usage) where a text has no [MASK] or two, or an answer is empty or given twice
 */
export function typedQuestions(texts: readonly string[], answerLists: readonly string[]): AskedText[] {
  const answers = answerLists.flatMap(parseAnswers);
  if (answers.every((answer) => answer === ""))
    throw new GlmEvalError("missing-argument", "--answers is missing: what may stand in the blank?", {
      hint: "Separate answers by commas: --answers 'France,Italy,\"Trinidad, Tobago\"'",
    });
  const twice = findRepeated(answers);
  if (twice !== undefined)
    throw new GlmEvalError("bad-option", `--answers: found ${JSON.stringify(twice)} twice`, {
      hint: "Name each answer once: probabilities are shared among the answers given.",
    });
  return texts.map((text, k) => {
    const id = texts.length === 1 ? "the text" : `text ${k + 1}`;
    const asked = { id, given: String(k + 1), text, answers };
    try {
      makeClozeQuestion(asked);
    } catch (error) {
      if (!(error instanceof GlmEvalError)) throw error;
      throw new GlmEvalError("bad-text", error.message, { hint: error.hint });
    }
    return asked;
  });
}

/** The first answer that is given again, but for spaces around it. */
function findRepeated(answers: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return answers.find((answer) => seen.size === seen.add(answer.trim()).size);
}

/** One line of comma-separated values, where a space after a comma says nothing. */
function parseAnswers(line: string): string[] {
  const withoutSpaces = line.replace(/"(?:[^"]|"")*"|,\s+(?=")/g, (found) =>
    found.startsWith('"') ? found : ",",
  );
  const { data, errors } = Papa.parse<string[]>(withoutSpaces.trim(), { delimiter: "," });
  if (errors.length > 0)
    throw new GlmEvalError("bad-option", `--answers ${line}: ${errors[0]!.message}`, {
      hint: 'An answer with a comma stands in quotes, and a quote in it is doubled: "the ""old"" one, there"',
    });
  return data.flat().map((answer) => answer.trim());
}

const line = z.object({
  id: z.union([z.string(), z.number()]),
  text: z.string(),
  answers: z.array(z.string()).min(1),
});

/**
 * Opens questions in JSON lines; "-" is stdin. A file is checked to its end first, so that no model is loaded and nothing
 * is written for one with a bad line; what comes through a pipe is checked as it comes.
 * @throws GlmEvalError (data) where the file cannot be read, or has a bad line
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

/** Chunks of questions. A bad line ends them, after the questions before it. */
async function* readQuestions(name: string, stream: AsyncIterable<Buffer>): AsyncGenerator<Questions> {
  let texts: AskedText[] = [];
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
    throw new GlmEvalError("no-questions", `${name} holds no questions`, { hint: EXPECTED });
  yield { texts };
}

/** @param lines of the ids before it; its own is added */
function checkId(
  { given }: AskedText,
  { name, number }: { readonly name: string; readonly number: number },
  lines: Map<string, number>,
): void {
  const id = String(given);
  const before = lines.get(id);
  lines.set(id, number);
  if (before === undefined) return;
  throw new GlmEvalError("bad-question", `${name}:${number}: found id ${JSON.stringify(given)} again`, {
    hint: `Line ${before} has it already: give each line its own id, which its results go by.`,
  });
}

const EXPECTED = 'Expected lines like {"id": "1", "text": "… [MASK] …", "answers": ["…", "…"]}.';

function parseLine(bytes: Buffer, where: string): AskedText | undefined {
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
  const { id: given, text, answers } = parsed.data;
  const twice = findRepeated(answers);
  if (twice !== undefined) throw bad(`"answers" has ${JSON.stringify(twice)} twice`);
  const asked = { id: `${where} (${given})`, given, text, answers };
  makeClozeQuestion(asked);
  return asked;
}

/**
 * Lines end at "\n" and nowhere else: U+2028, at which Node's readline also splits, may stand inside a JSON string.
 * As bytes, so that a line that is not UTF-8 is that line's error and not its neighbours'.
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
