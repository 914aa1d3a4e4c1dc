import { isOriginalGlm, readConfigJson } from "../models/config/index.js";
import { readExportConfig } from "../models/export/index.js";
import { readConfig } from "../models/glm/index.js";
import { loadJsonTokenizer, loadTokenizer } from "../models/tokenizers/index.js";
import type { ReaderOptions } from "../options/index.js";
import type { ClozeQuestion, TruncationRule } from "../patterns/index.js";
import { PROTOCOLS } from "../runner/index.js";
import { exportReader, type PreparedQuestion, prepareInfill } from "../scoring/index.js";
import { resolveFor } from "./commands/models/resolve.js";
import type { Progress } from "./terminal/progress.js";

/** How a model reads texts: its tokenizer and length, without its weights. */
export interface TextReader {
  /** the model as the user named it */
  readonly name: string;
  readonly maxLength: number;
  readonly truncation: TruncationRule;
  /** @param options first: the part begins the text, which matters to SentencePiece vocabularies */
  encode(text: string, options?: { readonly first: boolean }): readonly number[];
  /** the vocabulary's spelling of an id */
  token(id: number): string;
  /** the id of what the vocabulary cannot write; undefined where it can write everything */
  readonly unknown: number | undefined;
  /** Tokenises and cuts a question as a run does. @throws GlmEvalError("data") where it cannot be made to fit */
  prepare(question: ClozeQuestion): readonly PreparedQuestion[];
}

const UNKNOWN = new Set(["[UNK]", "<unk>"]);

/** Reads the tokenizer of the model that the command line names. @throws GlmEvalError as loading the model would */
export async function tokenizerFor(
  argv: ReaderOptions & { model: string },
  progress: Progress,
): Promise<TextReader> {
  const folder = await resolveFor(argv, progress);
  const name = argv.model;
  const truncation = argv.truncation ?? PROTOCOLS[argv.protocol].truncation;
  if (!isOriginalGlm(await readConfigJson(folder))) {
    const config = await readExportConfig(folder);
    const tokenizer = await loadJsonTokenizer(folder, { vocabSize: config.vocabSize });
    const { maxLength } = argv;
    const reader = exportReader(config, tokenizer, { truncation, ...(maxLength && { maxLength }) });
    return {
      ...reader,
      name,
      encode: (text, options) => tokenizer.encode(text, options),
      token: (id) => tokenizer.token(id),
      unknown: tokenizer.special.unk,
    };
  }
  const config = await readConfig(folder);
  const tokenizer = await loadTokenizer(folder, { convention: argv.protocol, vocabSize: config.vocabSize });
  const maxLength = Math.min(argv.maxLength ?? config.maxLength, config.maxLength);
  const ids = Array.from({ length: tokenizer.size }, (_, id) => id);
  return {
    name,
    maxLength,
    truncation,
    encode: (text) => tokenizer.encode(text),
    token: (id) => tokenizer.token(id),
    unknown: ids.find((id) => UNKNOWN.has(tokenizer.token(id))),
    prepare: (question) => prepareInfill(question, tokenizer, { maxLength, truncation }),
  };
}
