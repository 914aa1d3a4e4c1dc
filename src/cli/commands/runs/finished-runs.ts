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
import { openReport } from "../../terminal/open-report.js";
import { stdout } from "../../terminal/output.js";
import { checkTerminalOutput, getScreenOptions, printResults } from "./print-results.js";

/** `glm-eval judge RUN` */
export async function judge({ run: folder, format, json, output, ...changes }: JudgeOptions): Promise<void> {
  const form = json ? "json" : format;
  checkTerminalOutput(form);
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
      `note: journal.jsonl: line ${damaged[0]}${damaged.length > 1 ? ` and ${damaged.length - 1} more` : ""} damaged: ignored\n`,
    );
  const { published, finished, interrupted } = run.record;
  if (finished === null || interrupted === true)
    process.stderr.write(
      "note: the run was stopped before it finished; the results cover only what it scored\n",
    );
  await printResults(
    {
      results,
      samples: async () =>
        output === undefined ? samples : (await finishedRun(await readRun(output))).samples,
    },
    form,
    { published },
  );
  if (output !== undefined) process.stderr.write(`results written to ${output}/\n`);
  const failed = [results, ...results.baselines].some(({ tasks }) =>
    tasks.some(({ status }) => status === "failed"),
  );
  if (failed) process.exitCode = TASKS_FAILED;
}

/** `glm-eval compare RUN RUN…` */
export async function compare({ runs, common, format, json }: CompareOptions): Promise<void> {
  const { results } = combineRuns(await readFinishedRuns(runs), { common });
  const form = json ? "json" : format;
  await stdout.write(formatComparison(results, form, form === "text" ? getScreenOptions() : {}));
}

/** `glm-eval report RUN…` */
export async function report(options: ReportOptions): Promise<void> {
  const { runs, format, output, force, examples, number, published, pattern, classes } = options;
  // An unwritable file is rejected before the work starts.
  const out = await openReport(output, { force, isBinary: format === "superglue" });
  try {
    const { results, samples } = combineRuns(await readFinishedRuns(runs), {
      baselines: true,
      mayLack: true,
    });
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

async function readFinishedRuns(folders: readonly string[]): Promise<FinishedRun[]> {
  const runs: FinishedRun[] = [];
  for (const folder of folders) runs.push(await finishedRun(await readRun(folder)));
  return runs;
}
