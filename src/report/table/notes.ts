import type { RunResults, TaskResult } from "../../results/index.js";
import { spreads } from "../../results/index.js";
import { describeLeftOut, metricTitle, oneLine, taskLabel, taskTitle } from "../names.js";
import type { PublishedRow } from "../published.js";
import { listBaselineNotes, listTestNotes } from "./baseline-notes.js";
import { describeLimit } from "./limit-note.js";
import type { Note } from "./report-table.js";

/** Lists what a reader must know to interpret the table of results; only what applies. */
export function listResultNotes(results: RunResults, published: readonly PublishedRow[]): Note[] {
  const done = results.tasks.filter((task) => task.status === "done");
  return [
    ...makeNotes("model", results.modelNote === undefined ? [] : [`Model: ${oneLine(results.modelNote)}`]),
    ...results.baselines.flatMap((baseline) => makeNotes("baseline", listBaselineNotes(baseline, results))),
    ...makeNotes("data", [...noteSampleData(results, published), ...noteLimit(results, published)]),
    ...makeNotes("suite", noteSuites(results)),
    ...makeNotes("spread", noteSpread(results)),
    ...makeNotes("measure", noteMeasures(done)),
    ...listTestNotes(results),
    ...notePublished(published),
    ...noteSameTokens(results),
    ...makeNotes("task", noteTasks(done)),
  ];
}

/** Lists what a reader must know to interpret a table of paired differences; only what applies. */
export function listComparisonTableNotes(results: RunResults): Note[] {
  const { modelNote, baselines } = results;
  const tests = listTestNotes(results, baselines.length > 1 ? "the section's model" : "the baseline");
  const interval =
    "95% CI of the difference: Newcombe's interval for paired proportions with McNemar's test, bootstrap percentiles otherwise.";
  return [
    ...makeNotes("model", modelNote === undefined ? [] : [`Model: ${oneLine(modelNote)}`]),
    ...baselines.flatMap((baseline) => makeNotes("baseline", listBaselineNotes(baseline, results))),
    ...makeNotes("data", [...noteSampleData(results, []), ...noteLimit(results, [])]),
    ...tests,
    ...makeNotes("measure", tests.length === 0 ? [] : [interval]),
  ];
}

function makeNotes(kind: Note["kind"], texts: readonly string[]): Note[] {
  return texts.map((text) => ({ kind, text }));
}

function noteSampleData({ sampleData }: RunResults, published: readonly PublishedRow[]): string[] {
  if (!sampleData) return [];
  const others =
    published.length === 0 ? "published ones" : "the published columns, which are on the official sets";
  return [
    `Data: the sample bundled with glm-eval, not the official sets. Do not compare these values with ${others}.`,
  ];
}

function noteLimit(results: RunResults, published: readonly PublishedRow[]): string[] {
  const text = describeLimit(results);
  if (text === undefined) return [];
  const others = published.length === 0 ? "published values" : "the published columns";
  return [`Limit: ${text}; not comparable with ${others}, which are on the full sets.`];
}

/** Notes suites without a score. Only suites that were requested: a run of one task is not missing the others. */
function noteSuites({ suites }: RunResults): string[] {
  return suites
    .filter(({ score }) => score === null)
    .map(({ title }) => `No ${oneLine(title)} score: it needs all of its tasks, each with one pattern.`);
}

/** Explains the columns if tasks ran with several patterns. */
function noteSpread({ tasks, baselines }: RunResults): string[] {
  const all = spreads(tasks);
  if (all.length === 0) return [];
  const ensemble = tasks.some(({ kind }) => kind === "ensemble");
  const ofBaselines =
    baselines.length === 0 ? "" : " Baselines show their ensemble's value, or the mean if they have none.";
  return [
    `Mean ± sd: over a task's patterns (sample sd, n − 1), with the worst and best pattern.${ofBaselines}`,
    ...(ensemble
      ? [
          "Ensemble: predicts the label with the highest mean log-probability over the patterns, as in PET; 95% CI and n refer to the ensemble.",
        ]
      : []),
  ];
}

function noteMeasures(done: readonly TaskResult[]): string[] {
  const metrics = done.flatMap((task) => task.metrics);
  if (metrics.length === 0) return [];
  const wilson = metrics.some(({ interval }) => interval === "wilson");
  const other = metrics.some(({ interval }) => interval !== "wilson");
  const kinds = [...(wilson ? ["Wilson score interval"] : []), ...(other ? ["bootstrap"] : [])];
  const which =
    wilson && other ? "Wilson score interval for accuracy, bootstrap for other metrics" : kinds.join("");
  const mcc = metrics.some(({ metric }) => metric === "mcc") ? " MCC is multiplied by 100." : "";
  return [
    `95% CI: ${which}. Majority: the best value of a constant answer on the same examples (– if there is none).${mcc}`,
  ];
}

function notePublished(published: readonly PublishedRow[]): Note[] {
  if (published.length === 0) return [];
  const byTable = new Map<string, PublishedRow[]>();
  for (const row of published) {
    const key = [row.source.name, row.table, row.setting, row.split, row.note].join("\n");
    byTable.set(key, [...(byTable.get(key) ?? []), row]);
  }
  return [...byTable.values()].map((rows): Note => {
    const { source, table, setting, split, note } = rows[0]!;
    const models = rows.map(({ model }) => model).join(", ");
    const how = [`${setting}, ${split} set`, ...(note === undefined ? [] : [note])].join("; ");
    const text = `${models}: published in ${source.name}, ${table} (${source.url}): ${how}.`;
    return { kind: "published", text };
  });
}

/** Notes answers with the same tokens, separately for the run's model and each baseline, because their tokenizers differ. */
function noteSameTokens(results: RunResults): Note[] {
  return [results, ...results.baselines].flatMap(({ model, tasks }, k): Note[] => {
    const found = tasks.filter(({ kind, sameTokens }) => kind === undefined && sameTokens !== undefined);
    if (found.length === 0) return [];
    const counts = found.map((task) => `${taskLabel(task, tasks)} ${task.sameTokens} of ${task.examples}`);
    const start = k === 0 ? "Some" : `${oneLine(model)}: some`;
    const text = `${start} answers differ as text but have the same tokens, so they always score the same and the value does not measure the model: ${counts.join(", ")}.`;
    return [{ kind: k === 0 ? "task" : "baseline", mark: k === 0 ? "same-tokens" : undefined, text }];
  });
}

function noteTasks(done: readonly TaskResult[]): string[] {
  const list = (label: string, describe: (task: TaskResult) => string | undefined, separator = ", ") => {
    const listed = done.flatMap((task) => {
      const text = describe(task);
      if (text === undefined) return [];
      // What all patterns of a task share is listed once, for the task.
      const own = done.filter((other) => other.task === task.task);
      if (!own.every((other) => describe(other) === text)) return [`${taskLabel(task, done)} ${text}`];
      return own[0] === task ? [`${taskTitle(task.task)} ${text}`] : [];
    });
    return listed.length === 0 ? [] : [`${label}: ${listed.join(separator)}.`];
  };
  const formatShare = (count: number, task: TaskResult) =>
    count === 0 ? undefined : `${count} of ${task.examples}`;
  return [
    ...done.flatMap((task) =>
      task.metrics.flatMap(({ metric, title, note }) =>
        note === undefined
          ? []
          : [`${taskTitle(task.task)} ${metricTitle(metric, title)}: ${oneLine(note)}.`],
      ),
    ),
    ...list("Examples", describeLeftOut, "; "),
    ...list("Ties (the two best answers have the same score)", (task) => formatShare(task.ties, task)),
    ...list("Few-shot examples per question", (task) => {
      if (!task.fewshot) return undefined;
      const fewer = formatShare(task.shotsDropped ?? 0, task);
      return fewer === undefined
        ? String(task.fewshot)
        : `at most ${task.fewshot} (fewer for ${fewer}, to fit)`;
    }),
    ...list("Texts truncated to fit", (task) => formatShare(task.truncated, task)),
    ...list("Calibration", (task) => task.calibration),
    ...list("Label prior", (task) =>
      task.prior?.map(({ label, probability }) => `${oneLine(label)} ${probability}`).join(" "),
    ),
    ...notePatterns(done),
  ];
}

/** Lists the patterns: "Patterns: COPA p0, RTE p0, p1 (worst p1, best p0)." */
function notePatterns(done: readonly TaskResult[]): string[] {
  const all = spreads(done);
  const listed = [...new Set(done.map(({ task }) => task))].map((name) => {
    const own = done.filter(({ task, kind }) => task === name && kind === undefined);
    const ids = own.map(({ pattern }) => oneLine(pattern)).join(", ");
    const ownSpreads = all.filter(({ task }) => task === name);
    const extremes = ownSpreads.map(({ metric, worst, best }) => {
      const which = ownSpreads.length > 1 ? `${metricTitle(metric)} ` : "";
      return `${which}worst ${oneLine(worst.pattern)}, best ${oneLine(best.pattern)}`;
    });
    return `${taskTitle(name)} ${ids}${ownSpreads.length > 0 ? ` (${extremes.join("; ")})` : ""}`;
  });
  const separator = all.length > 0 ? "; " : ", ";
  return listed.length === 0 ? [] : [`Patterns: ${listed.join(separator)}.`];
}
