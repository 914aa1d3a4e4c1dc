import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { GlmEvalError, nearest } from "../errors.js";

const FILE = fileURLToPath(new URL("../../data/published-results.json", import.meta.url));

const setting = z.enum(["fine-tuned", "few-shot", "zero-shot", "no model"]);

/** How the model was adapted to the task; "no model" for the majority class and for humans. */
export type Setting = z.infer<typeof setting>;

/** A published number. */
export interface PublishedValue {
  /** in percent, as printed (MCC times 100) */
  readonly percent: number;
}

/** Where a number was published. */
export interface PublishedSource {
  /** short: "GLM paper" */
  readonly name: string;
  readonly title: string;
  readonly url: string;
}

/** One model's results in one table of one source. */
export interface PublishedRow {
  readonly id: string;
  readonly model: string;
  readonly source: PublishedSource;
  readonly table: string;
  readonly split: "dev" | "test";
  readonly setting: Setting;
  /** the SuperGLUE score as printed, not computed from the cells */
  readonly average: PublishedValue | null;
  /** values by task, then metric (in our names); without the tasks and metrics that the source does not report */
  readonly cells: ReadonlyMap<string, ReadonlyMap<string, PublishedValue>>;
  readonly note?: string;
}

const percent = z.number().min(-100).max(100);

const schema = z.strictObject({
  schema: z.literal(1),
  about: z.string(),
  metrics: z.record(z.string(), z.array(z.string()).min(1)),
  sources: z.record(z.string(), z.strictObject({ name: z.string(), title: z.string(), url: z.url() })),
  rows: z.array(
    z.strictObject({
      // Ids are used as CSV column names and on the command line.
      id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
      model: z.string().min(1),
      source: z.string(),
      table: z.string().min(1),
      split: z.enum(["dev", "test"]),
      setting,
      average: percent.nullable(),
      cells: z.record(z.string(), z.array(percent.nullable())),
      note: z.string().exactOptional(),
    }),
  ),
});

type File = z.infer<typeof schema>;

/** Parses a file of published results. @throws GlmEvalError (data) with `file` and the row */
export function parsePublished(text: string, file: string): PublishedRow[] {
  const fail = (what: string): never => {
    throw new GlmEvalError("published-damaged", `${file}: ${what}`, {
      hint: "this file comes with glm-eval: reinstall glm-eval, or undo your edit",
    });
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return fail(`not JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return fail(`${issue.path.join(".")}: ${issue.message}`);
  }
  const ids = new Set<string>();
  return parsed.data.rows.map((row) => {
    if (ids.has(row.id)) fail(`two rows have the id ${row.id}`);
    ids.add(row.id);
    return resolve(row, parsed.data, (what) => fail(`row ${row.id}: ${what}`));
  });
}

function resolve(row: File["rows"][number], file: File, fail: (what: string) => never): PublishedRow {
  const { source: sourceId, cells: columns, average, ...rest } = row;
  const source = file.sources[sourceId] ?? fail(`unknown source ${sourceId}`);
  const cells = new Map<string, Map<string, PublishedValue>>();
  for (const [task, values] of Object.entries(columns)) {
    const metrics = file.metrics[task] ?? fail(`"metrics" has no entry for ${task}`);
    if (values.length !== metrics.length)
      fail(`${task} has ${values.length} values, expected ${metrics.length}`);
    const known = metrics.flatMap((metric, k) => {
      const value = values[k] ?? null;
      return value === null ? [] : [[metric, { percent: value }] as const];
    });
    cells.set(task, new Map(known));
  }
  return {
    ...rest,
    source,
    cells,
    average: average === null ? null : { percent: average },
  };
}

let rows: PublishedRow[] | undefined;

/**
 * Returns every published row, in the order of data/published-results.json (read on the first call).
 *
 * @example
 * const copa = listPublished().map(({ id, cells }) => [id, cells.get("copa")?.get("accuracy")?.percent]);
 * console.log(Object.fromEntries(copa));
 */
export function listPublished(): readonly PublishedRow[] {
  rows ??= parsePublished(readFileSync(FILE, "utf8"), FILE);
  return rows;
}

/** Returns the row with this id. @throws GlmEvalError (usage) for an unknown id */
export function findPublishedRow(id: string): PublishedRow {
  const found = listPublished().find((row) => row.id === id);
  if (found !== undefined) return found;
  const guess = nearest(
    id,
    listPublished().map((row) => row.id),
  );
  throw new GlmEvalError("published-not-found", `no published result ${JSON.stringify(id)}`, {
    hint: `${guess === undefined ? "" : `Did you mean ${guess}? `}\`glm-eval published\` lists all names, by setting.`,
  });
}

/** Returns the value of a task and metric, in our names; for task "superglue", metric "score", the printed average. */
export function getPublishedValue(
  row: PublishedRow,
  task: string,
  metric: string,
): PublishedValue | undefined {
  if (task === "superglue" && metric === "score") return row.average ?? undefined;
  return row.cells.get(task)?.get(metric);
}
