import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import Table from "cli-table3";
import Papa from "papaparse";
import { z } from "zod";
import { GlmEvalError } from "../errors.js";
import {
  type ClozeText,
  type Conventions,
  type PlanOptions,
  type ScoredText,
  scoreTexts,
} from "../runner/index.js";
import type { Model } from "../scoring/index.js";
import { conventionsOf, loadFor, planOf } from "./load.js";
import type { ModelArguments, ScoringArguments } from "./options.js";
import { createProgress } from "./progress.js";

type ScoreArguments = ModelArguments &
  ScoringArguments & { text?: string[]; answers?: string[]; input?: string; output?: string; json: boolean };

/** Texts scored together: enough to fill batches well, few enough to write results as they come. */
const CHUNK = 2000;

/** `glm-eval score`: answers of cloze texts from the command line or from JSON lines. */
export async function score(argv: ScoreArguments): Promise<void> {
  const conventions = conventionsOf(argv);
  const plan = planOf(argv);
  const typed = typedTexts(argv);
  const out = openOutput(argv);
  const progress = createProgress();
  const model = await loadFor(argv, progress);
  let scored = 0;
  try {
    for await (const { texts, error } of typed
      ? [{ texts: typed, error: undefined }]
      : readTexts(argv.input!)) {
      const results = await scoreChunk(model, texts, { ...plan, conventions }, (results) => {
        if (out) out.write(results.map((result) => `${JSON.stringify(encode(result))}\n`).join(""));
        else for (const result of results) printTable(result, texts.find(({ id }) => id === result.id)!);
      });
      scored += results;
      progress.update("scored", scored, scored, "questions");
      if (error) throw error;
    }
    progress.end();
  } finally {
    progress.end();
    await model.scorer.close();
    if (out && out !== process.stdout) {
      out.end();
      await finished(out);
    }
  }
}

/** Scores a chunk; where one text is bad, those before it are still given out before the error is. */
async function scoreChunk(
  model: Model,
  texts: readonly ClozeText[],
  options: PlanOptions & { conventions: Conventions },
  give: (results: ScoredText[]) => void,
): Promise<number> {
  try {
    const results = await scoreTexts(model.scorer, texts, options);
    give(results);
    return results.length;
  } catch (error) {
    if (!(error instanceof GlmEvalError) || error.kind === "model" || texts.length < 2) throw error;
    const half = texts.length >> 1;
    const first = await scoreChunk(model, texts.slice(0, half), options, give);
    return first + (await scoreChunk(model, texts.slice(half), options, give));
  }
}

function typedTexts(argv: ScoreArguments): ClozeText[] | undefined {
  const texts = argv.text ?? [];
  if (argv.input !== undefined) {
    if (texts.length > 0 || argv.answers)
      throw new GlmEvalError("usage", "either texts with --answers, or --input, not both");
    return undefined;
  }
  if (texts.length === 0)
    throw new GlmEvalError("usage", "what is to be scored? A text with one [MASK], or --input FILE");
  const answers = (argv.answers ?? []).flatMap((line) => Papa.parse<string[]>(line).data.flat());
  if (answers.length === 0)
    throw new GlmEvalError("usage", "--answers is missing: what may stand in the blank, separated by commas");
  return texts.map((text, k) => ({ id: texts.length === 1 ? "text" : `text ${k + 1}`, text, answers }));
}

const line = z.strictObject({
  id: z.union([z.string(), z.number()]).transform(String),
  text: z.string(),
  answers: z.array(z.string()).min(1),
});

/** Chunks of questions from JSON lines. A bad line ends the stream, after the questions before it. */
async function* readTexts(input: string): AsyncGenerator<{ texts: ClozeText[]; error?: GlmEvalError }> {
  const name = input === "-" ? "stdin" : input;
  const stream = input === "-" ? process.stdin : createReadStream(input);
  let texts: ClozeText[] = [];
  let number = 0;
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const raw of lines) {
    number++;
    const content = number === 1 ? raw.replace(/^\uFEFF/, "") : raw;
    if (content.trim() === "") continue;
    const where = `${name}:${number}`;
    let json: unknown;
    try {
      json = JSON.parse(content);
    } catch (error) {
      yield { texts, error: new GlmEvalError("data", `${where}: not JSON: ${(error as Error).message}`) };
      return;
    }
    const parsed = line.safeParse(json);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      const message = `${where}: ${issue.path.join(".") || "the line"}: ${issue.message}`;
      const hint = 'A line is {"id": "1", "text": "… [MASK] …", "answers": ["…", "…"]}.';
      yield { texts, error: new GlmEvalError("data", message, { hint }) };
      return;
    }
    texts.push(parsed.data);
    if (texts.length === CHUNK) {
      yield { texts };
      texts = [];
    }
  }
  if (number === 0) throw new GlmEvalError("data", `${name} is empty: expected one JSON object a line`);
  yield { texts };
}

function openOutput(argv: ScoreArguments): NodeJS.WritableStream | undefined {
  if (argv.output !== undefined && argv.output !== "-") return createWriteStream(argv.output);
  return argv.json || argv.input !== undefined ? process.stdout : undefined;
}

function encode({ id, answers }: ScoredText): unknown {
  return {
    id,
    answers: answers.map((a) => ({
      answer: a.answer,
      token_ids: a.tokenIds,
      tokens: a.tokens,
      token_log_probs: a.tokenLogProbs,
      is_greedy: a.isGreedy,
      end_of_piece_log_prob: a.endOfPieceLogProb,
      end_of_piece_is_greedy: a.endOfPieceIsGreedy,
      score: a.score,
    })),
  };
}

function printTable({ answers }: ScoredText, { text }: ClozeText): void {
  const table = new Table({
    head: ["answer", "probability", "score", "tokens (log-probability)"],
    style: { head: [], border: [], compact: true },
    colAligns: ["left", "right", "right", "left"],
  });
  for (const a of [...answers].sort((x, y) => y.probability - x.probability)) {
    const tokens = a.tokens.map((token, k) => `${token} (${a.tokenLogProbs[k]!.toFixed(2)})`).join(" ");
    table.push([a.answer, a.probability.toFixed(4), a.score.toFixed(4), tokens]);
  }
  process.stdout.write(`${text}\n${table.toString()}\n`);
}
