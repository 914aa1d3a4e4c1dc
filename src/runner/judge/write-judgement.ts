import path from "node:path";
import { toCsv } from "../../report/index.js";
import { toJson } from "../../results/index.js";
import type { RecordedRun } from "../record/read-run.js";
import { RunFolder } from "../record/run-folder.js";
import { formatRunRecord } from "../record/run-record.js";
import { type JudgeRunOptions, judgeRun, type RunJudgement } from "./judge-run.js";

/**
 * Judges a run and writes the record, results and samples to a separate folder, which can be compared and reported like
 * a run. The run itself is not changed.
 * @param output a new or empty folder
 * @throws GlmEvalError (usage) if the folder is not usable; also the errors of `judgeRun`
 *
 * @example
 * await judgeInto(await readRun("runs/large"), "runs/large-mean", { normalization: "mean" });
 * const { results } = await finishedRun(await readRun("runs/large-mean"));
 */
export async function judgeInto(
  run: RecordedRun,
  output: string,
  options: Omit<JudgeRunOptions, "onSamples"> = {},
): Promise<RunJudgement> {
  const folder = await RunFolder.create(output, { hasJournal: false });
  try {
    const judgement = await judgeRun(run, {
      ...options,
      onSamples: (task, samples) => folder.appendSamples(task, samples),
    });
    const { record, results } = judgement;
    const judged = { ...record, judged: { run: path.resolve(run.folder) } };
    await folder.write("run.json", formatRunRecord(judged));
    await folder.write("results.json", toJson(results));
    await folder.write("results.csv", toCsv(results, { published: record.published }));
    return judgement;
  } finally {
    await folder.close();
  }
}
