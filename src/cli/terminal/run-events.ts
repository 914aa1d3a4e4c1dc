import { explain } from "../../errors.js";
import type { RunEvent } from "../../runner/index.js";
import type { LoadEvent } from "../../scoring/index.js";
import type { Progress } from "./progress.js";

const STAGES: Record<LoadEvent["stage"], string> = {
  download: "downloading",
  hash: "reading the weights for their hash",
  convert: "converting the model (once)",
  check: "checking the graph against the file as it came (once)",
  load: "loading the model",
};

/**
 * Shows what happens in a run, a line or a bar for each event.
 * @param options.several whether lines must say which model they are about
 */
export function showRunEvents(
  progress: Progress,
  { several }: { readonly several: boolean },
): (event: RunEvent) => void {
  const showLoading = loadingLines(progress);
  const leftOut = new Set<string>();
  return (event) => {
    const label = several && "model" in event && event.model !== undefined ? `${event.model}, ` : "";
    switch (event.type) {
      case "reading-data":
        return progress.say("reading the data …");
      case "downloading": {
        const { url, received, total } = event;
        return progress.update(`downloading ${url}`, received, total ?? received, "bytes");
      }
      case "note":
        return progress.say(event.model === undefined ? event.text : `note: ${event.text}`);
      case "warning":
        return progress.say(`warning: ${label}${event.text}`);
      case "task-left-out":
        leftOut.add(event.task);
        return progress.say(`${event.task}: ${event.status}: ${event.message}`);
      case "resumed":
        return showResumed(event, progress);
      case "loading":
        return showLoading(event.event);
      case "loaded":
        progress.end();
        for (const note of event.notes) progress.say(`note: ${note}`);
        return;
      case "load-failed":
        return progress.say(`${event.model}: cannot be used: ${explain(event.error)}`);
      case "trying-batches":
        return progress.say("finding out how large batches should be …");
      case "batch-tokens":
        return progress.say(batchLine(event));
      case "scoring":
        return;
      case "pattern":
        return progress.say(`${label}${event.task}: ${event.examples} examples, pattern ${event.pattern}`);
      case "progress": {
        const { questions, totalQuestions, secondsLeft } = event.progress;
        return progress.update(`${label}${event.task}`, questions, totalQuestions, "questions", secondsLeft);
      }
      case "skipped":
        return showSkipped(event, label, progress);
      case "result": {
        const { task, status, message } = event.result;
        // What could not be asked anyway was said before.
        if (status !== "done" && !leftOut.has(task)) progress.say(`${label}${task}: ${status}: ${message}`);
        return;
      }
      case "scored":
        return showWork(event, label, progress);
      case "computing-results":
        progress.end();
        return progress.say("computing the results and their intervals …");
    }
  };
}

/** Shows how a model is loaded: a line a stage, and a bar where its end is known. */
export function loadingLines(progress: Progress): (event: LoadEvent) => void {
  let stage: string | undefined;
  return (event) => {
    if (event.note !== undefined) return progress.say(event.note);
    const { file, device } = event;
    const label = `${STAGES[event.stage]}${file ? ` ${file}` : ""}${device ? ` on ${device}` : ""}`;
    if (label !== stage) progress.say(`${label} …`);
    stage = label;
    if (event.total) progress.update(label, event.done ?? 0, event.total, "bytes");
  };
}

/** "batches of 512 tokens (tokens a batch: tokens a second; 256: 5.1e+3/s, …)" */
export function batchLine({
  tokens,
  tried,
}: Pick<Extract<RunEvent, { type: "batch-tokens" }>, "tokens" | "tried">): string {
  const rates = tried.map((one) => `${one.tokens}: ${one.rate.toPrecision(3)}/s`).join(", ");
  return `batches of ${tokens} tokens (tokens a batch: tokens a second; ${rates})`;
}

function showResumed(event: Extract<RunEvent, { type: "resumed" }>, progress: Progress): void {
  const { scored, damagedLines, otherMachine } = event;
  progress.say(`resuming a run: ${scored} questions are scored already`);
  if (damagedLines.length > 0) {
    const [one, ...others] = damagedLines;
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    progress.say(`journal.jsonl: line ${one}${more} not whole: left out, and scored again`);
  }
  if (otherMachine !== undefined)
    progress.say(
      `note: the run was begun on another machine (${otherMachine}): last digits of scores may differ`,
    );
}

/** Reasons that are printed; the journal has all of them. */
const REASONS = 3;

function showSkipped(
  { task, pattern, examples, skipped }: Extract<RunEvent, { type: "skipped" }>,
  label: string,
  progress: Progress,
): void {
  const found = `${label}${task}, pattern ${pattern}: ${skipped.length} of ${examples} examples cannot be asked`;
  progress.say(`${found}, left out:`);
  for (const { reason } of skipped.slice(0, REASONS)) progress.say(`  ${reason}`);
  if (skipped.length > REASONS)
    progress.say(`  … and ${skipped.length - REASONS} more: journal.jsonl says why, by "skipped"`);
}

function showWork(
  { cached, work }: Extract<RunEvent, { type: "scored" }>,
  label: string,
  progress: Progress,
): void {
  if (cached && cached.hits > 0)
    progress.say(`${label}${cached.hits} of ${cached.asked} texts were in the score cache`);
  const { tokens, padding, seconds } = work;
  // Nothing was computed where all was known.
  if (tokens === 0) return;
  const rate = Number(((tokens - padding) / seconds).toPrecision(3));
  const share = ((100 * padding) / tokens).toFixed(1);
  progress.say(
    `${label}${tokens.toLocaleString("en-US")} tokens computed, ${share} % of them padding; ${rate.toLocaleString("en-US")} a second`,
  );
}
