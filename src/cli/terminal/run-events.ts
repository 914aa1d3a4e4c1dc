import { explain } from "../../errors.js";
import type { RunEvent } from "../../runner/index.js";
import type { LoadEvent } from "../../scoring/index.js";
import type { Progress } from "./progress.js";

const STAGES: Record<LoadEvent["stage"], string> = {
  download: "downloading",
  hash: "hashing the weights",
  convert: "converting the model (once)",
  check: "checking the edited graph against the original file (once)",
  load: "loading the model",
};

/**
 * Shows the events of a run, each as a line or a bar.
 * @param options.several whether lines name the model they are about
 */
export function showRunEvents(
  progress: Progress,
  { several }: { readonly several: boolean },
): (event: RunEvent) => void {
  const showLoading = showLoadEvents(progress);
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
        return progress.say(`${event.model}: failed to load: ${explain(event.error)}`);
      case "trying-batches":
        return progress.say("measuring the best batch size …");
      case "batch-tokens":
        return progress.say(formatBatchTokens(event));
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
        // What was omitted before scoring was already reported.
        if (status !== "done" && !leftOut.has(task)) progress.say(`${label}${task}: ${status}: ${message}`);
        return;
      }
      case "scored":
        return showComputation(event, label, progress);
      case "computing-results":
        progress.end();
        return progress.say("computing the results and their intervals …");
    }
  };
}

/** Shows the loading of a model: a line per stage, and a bar if its length is known. */
export function showLoadEvents(progress: Progress): (event: LoadEvent) => void {
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

/** "batches of 512 tokens (measured tokens/batch: tokens/s; 256: 5.1e+3/s, …)" */
export function formatBatchTokens({
  tokens,
  tried,
}: Pick<Extract<RunEvent, { type: "batch-tokens" }>, "tokens" | "tried">): string {
  const rates = tried.map((one) => `${one.tokens}: ${one.rate.toPrecision(3)}/s`).join(", ");
  return `batches of ${tokens} tokens (measured tokens/batch: tokens/s; ${rates})`;
}

function showResumed(event: Extract<RunEvent, { type: "resumed" }>, progress: Progress): void {
  const { scored, damagedLines, otherMachine } = event;
  progress.say(`resuming a run: ${scored} questions already scored`);
  if (damagedLines.length > 0) {
    const [one, ...others] = damagedLines;
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    progress.say(`journal.jsonl: line ${one}${more} damaged: ignored, and scored again`);
  }
  if (otherMachine !== undefined)
    progress.say(
      `note: the run was started on another machine (${otherMachine}): the last digits of scores may differ`,
    );
}

/** Number of reasons that are printed; the journal has all of them. */
const REASONS = 3;

function showSkipped(
  { task, pattern, examples, skipped }: Extract<RunEvent, { type: "skipped" }>,
  label: string,
  progress: Progress,
): void {
  const found = `${label}${task}, pattern ${pattern}: ${skipped.length} of ${examples} examples cannot be scored`;
  progress.say(`${found} and are skipped:`);
  for (const { reason } of skipped.slice(0, REASONS)) progress.say(`  ${reason}`);
  if (skipped.length > REASONS)
    progress.say(
      `  … and ${skipped.length - REASONS} more; the "skipped" lines of journal.jsonl give the reasons`,
    );
}

function showComputation(
  { cached, work }: Extract<RunEvent, { type: "scored" }>,
  label: string,
  progress: Progress,
): void {
  if (cached && cached.hits > 0)
    progress.say(`${label}${cached.hits} of ${cached.asked} texts found in the score cache`);
  const { tokens, padding, seconds } = work;
  // Nothing was computed if all scores were cached.
  if (tokens === 0) return;
  const rate = Number(((tokens - padding) / seconds).toPrecision(3));
  const share = ((100 * padding) / tokens).toFixed(1);
  progress.say(
    `${label}${tokens.toLocaleString("en-US")} tokens computed, ${share} % of them padding; ${rate.toLocaleString("en-US")} tokens/s`,
  );
}
