import type { RunResults, TaskResult } from "../../results/index.js";
import { spreads } from "../../results/index.js";
import { leftOut, metricTitle, oneLine, taskLabel, taskTitle } from "../names.js";
import type { PublishedRow } from "../published.js";
import { baselineNotes, comparisonNotes } from "./baseline-notes.js";
import { limitText } from "./limit-note.js";
import type { Note } from "./report-table.js";

/** What a reader must know to read the table of the results rightly; only what applies. */
export function notes(results: RunResults, published: readonly PublishedRow[]): Note[] {
  const done = results.tasks.filter((task) => task.status === "done");
  return [
    ...of("model", results.modelNote === undefined ? [] : [`Model: ${oneLine(results.modelNote)}`]),
    ...results.baselines.flatMap((baseline) => of("baseline", baselineNotes(baseline, results))),
    ...of("data", [...sampleNote(results, published), ...limitNote(results, published)]),
    ...of("suite", scoreNotes(results)),
    ...of("spread", spreadNotes(results)),
    ...of("measure", measureNotes(done)),
    ...comparisonNotes(results),
    ...publishedNotes(published),
    ...sameTokensNotes(results),
    ...of("task", taskNotes(done)),
  ];
}

/** What a reader must know to read a table of paired differences rightly; only what applies. */
export function notesOfComparison(results: RunResults): Note[] {
  const { modelNote, baselines } = results;
  const tests = comparisonNotes(results, baselines.length > 1 ? "the section's model" : "the baseline");
  const interval =
    "95% CI: of the difference; Newcombe's interval for paired proportions where the test is McNemar's, else percentiles of the bootstrap.";
  return [
    ...of("model", modelNote === undefined ? [] : [`Model: ${oneLine(modelNote)}`]),
    ...baselines.flatMap((baseline) => of("baseline", baselineNotes(baseline, results))),
    ...of("data", [...sampleNote(results, []), ...limitNote(results, [])]),
    ...tests,
    ...of("measure", tests.length === 0 ? [] : [interval]),
  ];
}

function of(kind: Note["kind"], texts: readonly string[]): Note[] {
  return texts.map((text) => ({ kind, text }));
}

function sampleNote({ sampleData }: RunResults, published: readonly PublishedRow[]): string[] {
  if (!sampleData) return [];
  const compare =
    published.length === 0 ? "published ones" : "published columns, which are on the official sets";
  return [
    `Data: the sample that comes with glm-eval, not the official sets: do not compare these values with the ${compare}.`,
  ];
}

function limitNote(results: RunResults, published: readonly PublishedRow[]): string[] {
  const text = limitText(results);
  if (text === undefined) return [];
  const others = published.length === 0 ? "published values" : "the published columns";
  return [`Limit: ${text}; not comparable with ${others}, which are on full sets.`];
}

/** Said only to those who asked for the whole suite: a run of one task is not missing the others. */
function scoreNotes({ suites }: RunResults): string[] {
  return suites
    .filter(({ score }) => score === null)
    .map(({ title }) => `No ${oneLine(title)} score: it needs all its tasks, each with one pattern.`);
}

/** What the columns are where tasks ran with several patterns. */
function spreadNotes({ tasks, baselines }: RunResults): string[] {
  const all = spreads(tasks);
  if (all.length === 0) return [];
  const ensemble = tasks.some(({ kind }) => kind === "ensemble");
  const beside = baselines.length === 0 ? "" : " Baselines have the value of their ensemble, else the mean.";
  return [
    `Mean ± sd: over a task's patterns (sd of a sample, n − 1), with the worst and the best of them.${beside}`,
    ...(ensemble
      ? [
          "Ensemble: the label whose log-probability is the highest on average over the patterns, as in PET; its 95% CI and n.",
        ]
      : []),
  ];
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

function publishedNotes(published: readonly PublishedRow[]): Note[] {
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

/** Of the run's model, and of each baseline that has any: their tokenizers differ. */
function sameTokensNotes(results: RunResults): Note[] {
  return [results, ...results.baselines].flatMap(({ model, tasks }, k): Note[] => {
    const found = tasks.filter(({ kind, sameTokens }) => kind === undefined && sameTokens !== undefined);
    if (found.length === 0) return [];
    const counts = found.map((task) => `${taskLabel(task, tasks)} ${task.sameTokens} of ${task.examples}`);
    const who = k === 0 ? "" : `${oneLine(model)}: `;
    const text = `${who}different answers are the same tokens to the model and always score alike, so the value does not measure the model: ${counts.join(", ")}.`;
    return [{ kind: k === 0 ? "task" : "baseline", mark: k === 0 ? "same-tokens" : undefined, text }];
  });
}

function taskNotes(done: readonly TaskResult[]): string[] {
  const list = (label: string, tell: (task: TaskResult) => string | undefined, separator = ", ") => {
    const told = done.flatMap((task) => {
      const text = tell(task);
      if (text === undefined) return [];
      // What is the same for all patterns of a task is said once, of the task.
      const own = done.filter((other) => other.task === task.task);
      if (!own.every((other) => tell(other) === text)) return [`${taskLabel(task, done)} ${text}`];
      return own[0] === task ? [`${taskTitle(task.task)} ${text}`] : [];
    });
    return told.length === 0 ? [] : [`${label}: ${told.join(separator)}.`];
  };
  const ofAll = (count: number, task: TaskResult) =>
    count === 0 ? undefined : `${count} of ${task.examples}`;
  return [
    ...done.flatMap((task) =>
      task.metrics.flatMap(({ metric, title, note }) =>
        note === undefined
          ? []
          : [`${taskTitle(task.task)} ${metricTitle(metric, title)}: ${oneLine(note)}.`],
      ),
    ),
    ...list("Examples", leftOut, "; "),
    ...list("Ties, where the two best answers have the same score", (task) => ofAll(task.ties, task)),
    ...list("Examples shown before each question", (task) => {
      if (!task.fewshot) return undefined;
      const fewer = ofAll(task.shotsDropped ?? 0, task);
      return fewer === undefined
        ? String(task.fewshot)
        : `at most ${task.fewshot} (fewer, to fit, before ${fewer})`;
    }),
    ...list("Texts cut to fit", (task) => ofAll(task.truncated, task)),
    ...list("Scores calibrated", (task) => task.calibration),
    ...list("Prior of the labels", (task) =>
      task.prior?.map(({ label, probability }) => `${oneLine(label)} ${probability}`).join(" "),
    ),
    ...patternNotes(done),
  ];
}

/** "Patterns: COPA p0, RTE p0, p1 (worst p1, best p0)." */
function patternNotes(done: readonly TaskResult[]): string[] {
  const all = spreads(done);
  const told = [...new Set(done.map(({ task }) => task))].map((name) => {
    const own = done.filter(({ task, kind }) => task === name && kind === undefined);
    const ids = own.map(({ pattern }) => oneLine(pattern)).join(", ");
    const of = all.filter(({ task }) => task === name);
    const extremes = of.map(({ metric, worst, best }) => {
      const which = of.length > 1 ? `${metricTitle(metric)} ` : "";
      return `${which}worst ${oneLine(worst.pattern)}, best ${oneLine(best.pattern)}`;
    });
    return `${taskTitle(name)} ${ids}${of.length > 0 ? ` (${extremes.join("; ")})` : ""}`;
  });
  const separator = all.length > 0 ? "; " : ", ";
  return told.length === 0 ? [] : [`Patterns: ${told.join(separator)}.`];
}
