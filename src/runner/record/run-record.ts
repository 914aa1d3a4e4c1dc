import { z } from "zod";
import { type ErrorCode, GlmEvalError } from "../../errors.js";
import { camelKeys, type DeepReadonly, snakeKeys } from "../../json.js";
import { conventionsSchema } from "../../options/index.js";

/** The version of a run's folder: of run.json, and with it of all lines beside it. */
export const RECORD_VERSION = 3;

const text = z.string();
const texts = z.array(text);
const count = z.int().min(0);
const aggregate = z.enum(["max", "mean", "sum"]);

/** What a run saw of a model's score cache. */
const scoreCache = z.object({
  file: text.nullable(),
  bytes: count,
  checksum: count,
  hits: count,
  asked: count,
  notes: texts,
});

/** One model of a run. Its facts (see `ModelFacts`) are there once it was loaded. */
const model = z.looseObject({
  /** as results call it */
  name: text,
  /** whether it is the one that comes with the package */
  bundled: z.boolean(),
  family: z.enum(["infill", "masked", "seq2seq", "causal"]).exactOptional(),
  weightsSha256: text.exactOptional(),
  /** tokens of a batch, where that was measured */
  maxBatchTokens: count.exactOptional(),
  notes: texts.exactOptional(),
  scoreCache: scoreCache.exactOptional(),
  /** why it could not be loaded */
  error: text.exactOptional(),
  /** tasks that it could not be asked, and why */
  failures: z.array(z.object({ task: text, message: text })).exactOptional(),
});

/** What judging needs to know of a pattern. */
const pattern = z.object({
  id: text,
  decision: z.enum(["best", "first", "greedy"]),
  normalization: z.enum(["sum", "mean"]),
  aggregate: aggregate.exactOptional(),
});

const task = z.object({
  name: text,
  title: text,
  file: text,
  sha256: text,
  reader: z.object({ file: text, sha256: text }).exactOptional(),
  labels: texts,
  /** in the order of the labels */
  prior: z.array(z.number()).exactOptional(),
  /** metrics of the user's own have a module */
  metrics: z.array(z.object({ name: text, file: text.exactOptional(), sha256: text.exactOptional() })),
  defaultPattern: text,
  /** those that were asked */
  patterns: z.array(pattern),
  status: z.enum(["ready", "missing", "failed"]),
  /** why it is missing or failed */
  message: text.exactOptional(),
});

const suite = z.object({
  name: text,
  title: text,
  file: text,
  sha256: text,
  tasks: texts,
  weight: z.enum(["equal", "examples"]),
  metrics: z.array(z.object({ task: text, metrics: texts })),
});

const fewshot = z.object({ count, seed: z.int(), balanced: z.boolean() });

const dataFile = z.object({
  task: text,
  split: text,
  /** of several shards, the first */
  file: text,
  /** of several shards, of their bytes in order */
  sha256: text,
  examples: count,
  /** row layout, for tasks whose data is published in two */
  layout: z.enum(["official", "hub"]).exactOptional(),
  /** whether the limit left out some of the file's examples */
  isPart: z.boolean().exactOptional(),
});

const runRecord = z.object({
  schema: z.literal(RECORD_VERSION),
  glmEval: text,
  command: texts,
  started: text,
  /** when later processes resumed it */
  resumed: texts,
  finished: text.nullable(),
  /** whether it was stopped before all was scored; null while it runs */
  interrupted: z.boolean().nullable(),
  node: text,
  platform: text,
  cpu: text.nullable(),
  /** the evaluated model, then the baselines */
  models: z.array(model).min(1),
  /** baselines whose results come from finished runs */
  baselineRuns: z.array(z.object({ folder: text, resultsSha256: text })),
  conventions: conventionsSchema,
  /** null: no limit */
  plan: z.object({
    maxBatchTokens: z.union([z.number(), z.literal("auto")]).nullable(),
    maxRows: count.exactOptional(),
  }),
  threads: count.nullable(),
  cache: z.boolean(),
  tasks: z.array(task),
  suites: z.array(suite),
  data: z.object({
    root: text,
    split: text,
    /** below 1 a fraction of each task's examples; null: no limit */
    limit: z.number().gt(0).nullable(),
    limitBy: z.enum(["first", "random", "stratified"]).optional(),
    /** where examples are drawn */
    limitSeed: z.int().optional(),
    fewshot: fewshot.nullable(),
    /** what becomes of an example that cannot be asked; runs that were recorded before the option existed stop */
    onError: z.enum(["stop", "skip"]).default("stop"),
    /** whether any of it is the sample that comes with the package */
    sample: z.boolean(),
    files: z.array(dataFile),
  }),
  /** ids of the published rows beside the results */
  published: texts,
  /** where the scores come from, in a folder that `judge` wrote: the run's folder, absolute */
  judged: z.object({ run: text }).exactOptional(),
});

/** run.json: everything that one needs to know to run the same again, to resume it and to judge it again. */
export type RunRecord = DeepReadonly<z.output<typeof runRecord>>;
/** What run.json keeps of a model: its facts, once it was loaded. */
export type ModelRecord = DeepReadonly<z.output<typeof model>>;
/** What run.json keeps of a task: what judging needs to know of it. */
export type TaskRecord = DeepReadonly<z.output<typeof task>>;
export type PatternRecord = DeepReadonly<z.output<typeof pattern>>;
export type SuiteRecord = DeepReadonly<z.output<typeof suite>>;

/** The text of run.json. */
export function runRecordText(record: RunRecord): string {
  return `${JSON.stringify(snakeKeys(runRecord.parse(record)), null, 2)}\n`;
}

/**
 * Reads run.json.
 * @param file its path, for messages
 * @throws GlmEvalError (data) where it is damaged, or of another version of the record, which is named
 */
export function parseRunRecord(content: string, file: string): RunRecord {
  const fail = (code: ErrorCode, message: string, hint: string, cause?: unknown): never => {
    throw new GlmEvalError(code, `${file}${message}`, { hint, cause });
  };
  const anew = "Its scores cannot be trusted without it. Start a new run with another --output.";
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    return fail("run-damaged", " is damaged: it is not JSON", anew, cause);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    return fail("run-damaged", " is damaged: it is no JSON object", anew);
  const { schema, glm_eval: by } = json as { schema?: unknown; glm_eval?: unknown };
  if (schema !== RECORD_VERSION && typeof schema === "number")
    return fail(
      "run-version",
      `: the run was recorded by glm-eval ${by} in version ${schema} of the record; this glm-eval reads version ${RECORD_VERSION}`,
      `Use glm-eval ${by} for it, or run it again.`,
    );
  const parsed = runRecord.safeParse(camelKeys(json));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  return fail(
    "run-damaged",
    ` is damaged: ${path.length === 0 ? "" : `${path.join(".")}: `}${message}`,
    anew,
  );
}
