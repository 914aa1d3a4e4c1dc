import { z } from "zod";
import { type ErrorCode, GlmEvalError } from "../../errors.js";
import { camelKeys, type DeepReadonly, snakeKeys } from "../../json.js";
import { conventionsSchema } from "../../options/index.js";

/** The version of a run's folder: of run.json, and thus of all JSON lines files next to it. */
export const RECORD_VERSION = 3;

const text = z.string();
const texts = z.array(text);
const count = z.int().min(0);
const aggregate = z.enum(["max", "mean", "sum"]);

/** The state and use of a model's score cache in a run. */
const scoreCache = z.object({
  file: text.nullable(),
  bytes: count,
  checksum: count,
  hits: count,
  asked: count,
  notes: texts,
});

/** One model of a run. Its facts (see `ModelFacts`) are present once it has been loaded. */
const model = z.looseObject({
  /** its name in results */
  name: text,
  /** whether it is the one bundled with the package */
  bundled: z.boolean(),
  family: z.enum(["infill", "masked", "seq2seq", "causal"]).exactOptional(),
  weightsSha256: text.exactOptional(),
  /** tokens per batch, if measured */
  maxBatchTokens: count.exactOptional(),
  notes: texts.exactOptional(),
  scoreCache: scoreCache.exactOptional(),
  /** why it failed to load */
  error: text.exactOptional(),
  /** tasks that it could not score, and why */
  failures: z.array(z.object({ task: text, message: text })).exactOptional(),
});

/** The facts about a pattern that judging needs. */
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
  /** the user's own metrics have a module */
  metrics: z.array(z.object({ name: text, file: text.exactOptional(), sha256: text.exactOptional() })),
  defaultPattern: text,
  /** those that were scored */
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
  /** the first one, if there are several shards */
  file: text,
  /** over the bytes of all shards in order, if there are several */
  sha256: text,
  examples: count,
  /** row layout, for tasks whose data is published in two layouts */
  layout: z.enum(["official", "hub"]).exactOptional(),
  /** whether the limit excluded some of the file's examples */
  isPart: z.boolean().exactOptional(),
});

const runRecord = z.object({
  schema: z.literal(RECORD_VERSION),
  glmEval: text,
  command: texts,
  started: text,
  /** times at which later processes resumed it */
  resumed: texts,
  finished: text.nullable(),
  /** whether it was stopped before everything was scored; null while it runs */
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
    /** if examples are drawn at random */
    limitSeed: z.int().optional(),
    fewshot: fewshot.nullable(),
    /** what to do with an example that cannot be scored; runs recorded before the option existed stop */
    onError: z.enum(["stop", "skip"]).default("stop"),
    /** whether any of it is the sample bundled with the package */
    sample: z.boolean(),
    files: z.array(dataFile),
  }),
  /** ids of the published rows shown with the results */
  published: texts,
  /** source of the scores, in a folder written by `judge`: absolute path of the run's folder */
  judged: z.object({ run: text }).exactOptional(),
});

/** run.json: everything needed to repeat, resume and rejudge a run. */
export type RunRecord = DeepReadonly<z.output<typeof runRecord>>;
/** A model's entry in run.json: its facts, once it has been loaded. */
export type ModelRecord = DeepReadonly<z.output<typeof model>>;
/** A task's entry in run.json: the facts that judging needs. */
export type TaskRecord = DeepReadonly<z.output<typeof task>>;
export type PatternRecord = DeepReadonly<z.output<typeof pattern>>;
export type SuiteRecord = DeepReadonly<z.output<typeof suite>>;

/** Formats the text of run.json. */
export function formatRunRecord(record: RunRecord): string {
  return `${JSON.stringify(snakeKeys(runRecord.parse(record)), null, 2)}\n`;
}

/**
 * Parses the text of run.json.
 * @param file its path, for messages
 * @throws GlmEvalError (data) if it is damaged, or of another version of the record, which the message names
 */
export function parseRunRecord(content: string, file: string): RunRecord {
  const fail = (code: ErrorCode, message: string, hint: string, cause?: unknown): never => {
    throw new GlmEvalError(code, `${file}${message}`, { hint, cause });
  };
  const startAgain = "The run's scores cannot be trusted without it. Start a new run with another --output.";
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (cause) {
    return fail("run-damaged", " is damaged: it is not JSON", startAgain, cause);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    return fail("run-damaged", " is damaged: it is not a JSON object", startAgain);
  const { schema, glm_eval: by } = json as { schema?: unknown; glm_eval?: unknown };
  if (schema !== RECORD_VERSION && typeof schema === "number")
    return fail(
      "run-version",
      `: glm-eval ${by} recorded the run in version ${schema} of the record; this glm-eval reads version ${RECORD_VERSION}`,
      `Use glm-eval ${by} for it, or run it again.`,
    );
  const parsed = runRecord.safeParse(camelKeys(json));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  return fail(
    "run-damaged",
    ` is damaged: ${path.length === 0 ? "" : `${path.join(".")}: `}${message}`,
    startAgain,
  );
}
