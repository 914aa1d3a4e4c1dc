import { z } from "zod";
import { GlmEvalError } from "../errors.js";
import { camelKeys, snakeKeys } from "../json.js";
import type { RunResults } from "./run-results.js";
import { spreads } from "./spread.js";

/** The version of results.json. */
const RESULTS_VERSION = 3;

const count = z.int().min(0);

const metric = z.object({
  metric: z.string(),
  title: z.string().exactOptional(),
  value: z.number(),
  low: z.number(),
  high: z.number(),
  interval: z.string(),
  constant: z.number().nullable(),
  note: z.string().exactOptional(),
  better: z.literal("lower").exactOptional(),
});

const task = z.object({
  task: z.string(),
  title: z.string(),
  pattern: z.string(),
  kind: z.literal("ensemble").exactOptional(),
  status: z.enum(["done", "missing", "failed"]),
  message: z.string().exactOptional(),
  examples: count,
  limited: z
    .object({
      limit: z.number().gt(0),
      by: z.enum(["first", "random", "stratified"]),
      seed: z.int().exactOptional(),
    })
    .exactOptional(),
  unlabelled: count.exactOptional(),
  skipped: count.exactOptional(),
  metrics: z.array(metric),
  ties: count,
  sameTokens: count.exactOptional(),
  truncated: count,
  fewshot: count.exactOptional(),
  shotsDropped: count.exactOptional(),
  endOfPiece: z.boolean(),
  normalization: z.enum(["sum", "mean", "tokens", "chars", "bytes"]),
  calibration: z.enum(["contextual", "pmi"]).exactOptional(),
  aggregate: z.enum(["max", "mean", "sum"]).exactOptional(),
  prior: z.array(z.object({ label: z.string(), probability: z.number() })).exactOptional(),
  confusion: z.object({ labels: z.array(z.string()), counts: z.array(z.array(count)) }).exactOptional(),
  reliability: z
    .object({
      bins: z.array(
        z.object({
          from: z.number(),
          to: z.number(),
          count,
          confidence: z.number(),
          accuracy: z.number(),
        }),
      ),
      ece: z.number(),
    })
    .exactOptional(),
});

const suite = z.object({ name: z.string(), title: z.string(), score: z.number().nullable() });

const comparison = z.object({
  task: z.string(),
  pattern: z.string(),
  metric: z.string(),
  difference: z.number(),
  low: z.number(),
  high: z.number(),
  p: z.number().gt(0).max(1),
  test: z.string(),
  unit: z.string(),
  n: count,
});

const baseline = z.object({
  model: z.string(),
  modelNote: z.string().exactOptional(),
  family: z.string(),
  protocol: z.string(),
  status: z.enum(["done", "failed"]),
  message: z.string().exactOptional(),
  tasks: z.array(task),
  suites: z.array(suite),
  comparisons: z.array(comparison),
});

const schema: z.ZodType<RunResults> = z.object({
  schema: z.literal(RESULTS_VERSION),
  model: z.string(),
  modelNote: z.string().exactOptional(),
  family: z.string(),
  protocol: z.string(),
  split: z.string(),
  sampleData: z.boolean(),
  tasks: z.array(task),
  suites: z.array(suite),
  baselines: z.array(baseline),
});

/**
 * Makes the text of results.json: indented by two spaces, keys always in the order of the types, one newline at the end.
 * For other readers it also contains the spread over patterns, which is derived from the results.
 *
 * @example
 * const results = await readResults(await readRun("runs/large"));
 * console.log(fromJson(toJson(results), "results.json").model === results.model); // true
 */
export function toJson(results: RunResults): string {
  const parsed = schema.parse(results);
  return `${JSON.stringify(snakeKeys({ ...parsed, spreads: spreads(parsed.tasks) }), null, 2)}\n`;
}

/**
 * Parses the output of `toJson`; unknown keys are dropped.
 * @throws GlmEvalError (data) that names `file` and the position
 *
 * @example
 * import { readFile } from "node:fs/promises";
 * const results = fromJson(await readFile("runs/large/results.json", "utf8"), "results.json");
 * console.log(renderTable(results, { published: [] }));
 */
export function fromJson(text: string, file: string): RunResults {
  const hint = "name the results.json of a glm-eval run";
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new GlmEvalError("results-damaged", `${file}: not JSON: ${(cause as Error).message}`, {
      hint,
      cause,
    });
  }
  const { schema: version } = (json ?? {}) as { schema?: unknown };
  if (typeof version === "number" && version !== RESULTS_VERSION)
    throw new GlmEvalError(
      "results-version",
      `${file}: the results have format version ${version}; this glm-eval reads version ${RESULTS_VERSION}`,
      { hint: "Use the glm-eval version that wrote them (see run.json), or run it again." },
    );
  const parsed = schema.safeParse(camelKeys(json));
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const position = path.length === 0 ? "" : `${path.join(".")}: `;
  throw new GlmEvalError("results-damaged", `${file}: not the results of a run: ${position}${message}`, {
    hint,
  });
}
