import { GlmEvalError } from "../errors.js";
import { type Conventions, type PlanOptions, PROTOCOLS } from "../runner/index.js";
import { loadModel, type Model } from "../scoring/index.js";
import { BUNDLED_MODEL } from "./bundled.js";
import type { ModelArguments, ScoringArguments } from "./options.js";
import type { Progress } from "./progress.js";

const STAGES = {
  download: "downloading",
  hash: "reading the weights for their hash",
  convert: "converting the weights (once)",
  load: "loading the model",
} as const;

/** The conventions that the command line asks for: the protocol's, and what is set by itself. */
export function conventionsOf(argv: ModelArguments & ScoringArguments): Conventions {
  const base = PROTOCOLS[argv.protocol];
  return {
    protocol: base.protocol,
    endOfPiece: argv.endOfPiece ?? base.endOfPiece,
    normalization: argv.normalization ?? base.normalization,
    truncation: argv.truncation ?? base.truncation,
  };
}

export function planOf(argv: ScoringArguments): PlanOptions {
  const rows = argv.batchSize === "auto" ? undefined : Number(argv.batchSize);
  if (rows !== undefined && !(Number.isInteger(rows) && rows > 0))
    throw new GlmEvalError("usage", `--batch-size ${argv.batchSize}: a number of rows, or auto`);
  positive("--max-batch-tokens", argv.maxBatchTokens);
  return { maxBatchTokens: argv.maxBatchTokens, ...(rows && { maxRows: rows }) };
}

/** @throws GlmEvalError("usage") where a number that must be a positive whole one is not */
export function positive(flag: string, value: number | undefined): void {
  if (value !== undefined && !(Number.isInteger(value) && value > 0))
    throw new GlmEvalError("usage", `${flag} must be a whole number above 0, not ${value}`);
}

/** Loads the model that the command line names, telling what takes time. */
export async function loadFor(argv: ModelArguments, progress: Progress): Promise<Model> {
  if (argv.device !== "cpu" && argv.device !== "auto")
    throw new GlmEvalError("model", `--device ${argv.device}: this version runs on cpu only`);
  positive("--threads", argv.threads);
  positive("--max-length", argv.maxLength);
  const mask = argv.maskToken;
  const name = argv.model ?? BUNDLED_MODEL;
  let stage: string | undefined;
  const model = await loadModel(name, {
    convention: argv.protocol,
    offline: argv.offline,
    allowExtraTensors: argv.allowExtraTensors,
    truncation: argv.truncation ?? PROTOCOLS[argv.protocol].truncation,
    ...(argv.revision !== undefined && { revision: argv.revision }),
    ...(argv.gelu && { gelu: argv.gelu }),
    ...(argv.eosToken !== undefined && { eosToken: argv.eosToken }),
    ...(mask !== undefined && { maskToken: /^\d+$/.test(mask) ? Number(mask) : mask }),
    ...(argv.maxLength && { maxLength: argv.maxLength }),
    ...(argv.threads && { threads: argv.threads }),
    onProgress: (event) => {
      const label = event.file ? `${STAGES[event.stage]} ${event.file}` : STAGES[event.stage];
      if (label !== stage) progress.say(`${label} …`);
      stage = label;
      if (event.total) progress.update(label, event.done ?? 0, event.total, "bytes");
    },
  });
  progress.end();
  for (const note of model.notes) progress.say(`note: ${note}`);
  return model;
}
