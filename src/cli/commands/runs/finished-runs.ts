import type { CompareOptions, JudgeOptions, ReportOptions } from "../../../options/index.js";
import { formatComparison } from "../../../report/index.js";
import type { Sample } from "../../../results/index.js";
import {
  combineRuns,
  type FinishedRun,
  finishedRun,
  judgeInto,
  judgeRun,
  readRun,
} from "../../../runner/index.js";
import { TASKS_FAILED } from "../../terminal/exit.js";
import { stdout } from "../../terminal/output.js";
import { openReport } from "../../terminal/result-file.js";
import { checkScreen, printResults, screen } from "./print-results.js";

/** `glm-eval judge RUN` */
export async function judge({ run: folder, format, json, output, ...changes }: JudgeOptions): Promise<void> {
  const form = json ? "json" : format;
  checkScreen(form);
  const run = await readRun(folder);
  const { patterns } = changes;
  const options = { ...changes, patterns: patterns === "all" ? undefined : patterns };
  const samples = new Map<string, Sample[]>();
  const onSamples = async (task: string, some: readonly Sample[]): Promise<void> => {
    samples.set(task, [...(samples.get(task) ?? []), ...some]);
  };
  const { results, damaged } =
    output === undefined
      ? await judgeRun(run, { ...options, onSamples })
      : await judgeInto(run, output, options);
  if (damaged.length > 0)
    process.stderr.write(
      `note: journal.jsonl: line ${damaged[0]}${damaged.length > 1 ? ` and ${damaged.length - 1} more` : ""} cannot be read\n`,
    );
  const { published, finished, interrupted } = run.record;
  if (finished === null || interrupted === true)
    process.stderr.write("note: the run was stopped before it finished: the results are of what it scored\n");
  await printResults(
    {
      results,
      samples: async () =>
        output === undefined ? samples : (await finishedRun(await readRun(output))).samples,
    },
    form,
    { published },
  );
  if (output !== undefined) process.stderr.write(`written in ${output}/\n`);
  const failed = [results, ...results.baselines].some(({ tasks }) =>
    tasks.some(({ status }) => status === "failed"),
  );
  if (failed) process.exitCode = TASKS_FAILED;
}

/** `glm-eval compare RUN RUN…` */
export async function compare({ runs, common, format, json }: CompareOptions): Promise<void> {
  const { results } = combineRuns(await finished(runs), { common });
  const form = json ? "json" : format;
  await stdout.write(formatComparison(results, form, form === "text" ? screen() : {}));
}

/** `glm-eval report RUN…` */
export async function report(options: ReportOptions): Promise<void> {
  const { runs, format, output, force, examples, number, published, pattern, classes } = options;
  // What cannot be written is refused before the work.
  const out = await openReport(output, { force, isBinary: format === "superglue" });
  try {
    const { results, samples } = combineRuns(await finished(runs), { baselines: true, mayLack: true });
    await printResults(
      { results, samples: async () => samples },
      format,
      {
        published,
        classes,
        pattern,
        examples: examples && { which: examples, count: number },
      },
      out,
    );
  } finally {
    await out.close();
  }
}

async function finished(folders: readonly string[]): Promise<FinishedRun[]> {
  const runs: FinishedRun[] = [];
  for (const folder of folders) runs.push(await finishedRun(await readRun(folder)));
  return runs;
}
