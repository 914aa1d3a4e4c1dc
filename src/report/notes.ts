import { SUPERGLUE_TASKS } from "../metrics/index.js";
import { baselineNotes, comparisonNotes } from "./baseline-notes.js";
import type { PublishedRow } from "./published.js";
import { metricTitle, oneLine, taskTitle } from "./text.js";
import type { RunResults, TaskResult } from "./types.js";

/** What a reader must know to read the table rightly, one line each, unwrapped; only what applies. */
export function notes(results: RunResults, published: readonly PublishedRow[]): string[] {
  const done = results.tasks.filter((task) => task.status === "done");
  return [
    ...(results.modelNote === undefined ? [] : [`Model: ${oneLine(results.modelNote)}`]),
    ...results.baselines.flatMap((baseline) => baselineNotes(baseline, results)),
    ...sampleNote(results, published),
    ...scoreNote(results),
    ...measureNotes(done),
    ...comparisonNotes(results),
    ...publishedNotes(published),
    ...taskNotes(done),
  ];
}

function sampleNote({ sampleData }: RunResults, published: readonly PublishedRow[]): string[] {
  if (!sampleData) return [];
  const compare =
    published.length === 0 ? "published ones" : "published columns, which are on the official sets";
  return [
    `Data: the sample that comes with glm-eval, not the official sets: do not compare these values with the ${compare}.`,
  ];
}

/** Said only to those who asked for the whole benchmark: a run of one task is not missing the other seven. */
function scoreNote({ tasks, superglueScore }: RunResults): string[] {
  const asked = SUPERGLUE_TASKS.every((name) => tasks.some(({ task }) => task === name));
  return asked && superglueScore === null ? ["No SuperGLUE score: it needs all eight tasks."] : [];
}

function measureNotes(done: readonly TaskResult[]): string[] {
  const metrics = done.flatMap((task) => task.metrics);
  if (metrics.length === 0) return [];
  const wilson = metrics.some(({ interval }) => interval === "wilson");
  const other = metrics.some(({ interval }) => interval !== "wilson");
  const kinds = [...(wilson ? ["Wilson score interval"] : []), ...(other ? ["bootstrap"] : [])];
  const which =
    wilson && other ? "Wilson score interval for accuracy, bootstrap for the others" : kinds.join("");
  const mcc = metrics.some(({ metric }) => metric === "mcc") ? " MCC is times 100." : "";
  return [
    `95% CI: ${which}. Majority: the best that one constant answer reaches on the same examples (– where there is none).${mcc}`,
  ];
}

function publishedNotes(published: readonly PublishedRow[]): string[] {
  if (published.length === 0) return [];
  const byTable = new Map<string, PublishedRow[]>();
  for (const row of published) {
    const key = [row.source.name, row.table, row.setting, row.split, row.note].join("\n");
    byTable.set(key, [...(byTable.get(key) ?? []), row]);
  }
  const lines = [...byTable.values()].map((rows) => {
    const { source, table, setting, split, note } = rows[0]!;
    const models = rows.map(({ model }) => model).join(", ");
    const how = [`${setting}, ${split} set`, ...(note === undefined ? [] : [note])].join("; ");
    return `${models}: published in ${source.name}, ${table} (${source.url}): ${how}.`;
  });
  const marked = published.some((row) =>
    [row.average, ...[...row.cells.values()].flatMap((cells) => [...cells.values()])].some(
      (value) => value !== null && value.verified !== "verified",
    ),
  );
  return marked
    ? [...lines, "† unverified: quoted from memory, not checked against a copy of the source."]
    : lines;
}

function taskNotes(done: readonly TaskResult[]): string[] {
  const list = (label: string, tell: (task: TaskResult) => string | undefined) => {
    const told = done.flatMap((task) => {
      const text = tell(task);
      return text === undefined ? [] : [`${taskTitle(task.task)} ${text}`];
    });
    return told.length === 0 ? [] : [`${label}: ${told.join(", ")}.`];
  };
  const ofAll = (count: number, task: TaskResult) =>
    count === 0 ? undefined : `${count} of ${task.examples}`;
  return [
    ...done.flatMap((task) =>
      task.metrics.flatMap(({ metric, note }) =>
        note === undefined ? [] : [`${taskTitle(task.task)} ${metricTitle(metric)}: ${oneLine(note)}.`],
      ),
    ),
    ...list("Ties, where the two best answers have the same score", (task) => ofAll(task.ties, task)),
    ...list("Texts cut to fit", (task) => ofAll(task.truncated, task)),
    ...list("Patterns", (task) => oneLine(task.pattern)),
  ];
}
