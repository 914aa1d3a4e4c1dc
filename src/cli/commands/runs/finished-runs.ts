import type { CompareOptions, Format, JudgeOptions, ReportOptions } from "../../../options/index.js";
import { stdout } from "../../terminal/output.js";
import { openReport } from "../../terminal/result-file.js";
import {
  combinedRuns,
  compareRuns,
  type FormatOptions,
  formatComparison,
  formatExamples,
  formatResults,
  judgeRun,
} from "../run-tools.js";

/** The widest table, however wide the screen. */
const WIDTH = 120;

/** `glm-eval judge RUN` */
export async function judge({ run, format, json, ...options }: JudgeOptions): Promise<void> {
  const judged = await judgeRun(run, options);
  const form = json ? "json" : format;
  await stdout.write(await formatResults(judged, form, { published: [], ...screen(form) }));
}

/** `glm-eval compare RUN RUN…` */
export async function compare({ runs, common, format, json }: CompareOptions): Promise<void> {
  const results = await compareRuns(runs, { common });
  await stdout.write(await formatComparison(results, json ? "json" : format));
}

/** `glm-eval report RUN…` */
export async function report({ runs, format, output, force, ...options }: ReportOptions): Promise<void> {
  // What cannot be written is refused before the work.
  const out = await openReport(output, { force, isBinary: format === "superglue" });
  try {
    const run = await combinedRuns(runs);
    const { examples, number, patterns, published } = options;
    const onScreen = out === stdout ? screen(format) : {};
    await out.write(
      examples === undefined
        ? await formatResults(run, format, { published, ...onScreen })
        : await formatExamples(run, { examples, number, patterns }),
    );
  } finally {
    await out.close();
  }
}

/** How a table for the screen is drawn, where it goes there. */
function screen(format: Format): Pick<FormatOptions, "width" | "color"> {
  const { isTTY, columns } = process.stdout;
  if (format !== "text" || !isTTY) return {};
  return { width: Math.min(columns, WIDTH), color: process.stdout.hasColors() };
}
