import { didYouMean, GlmEvalError } from "../../errors.js";
import { type RunResults, toJson } from "../../results/index.js";
import type { ExamplesOptions, SamplesByTask } from "../choose-examples.js";
import { superglueSubmission } from "../submission/index.js";
import { classTables, comparisonTable, resultsTable, type Table } from "../table/index.js";
import { comparisonJson } from "./comparison-json.js";
import { comparisonCsv, toCsv } from "./csv.js";
import { examplesMarkdown, examplesText } from "./examples-text.js";
import { latexOf } from "./latex.js";
import { markdownOf } from "./markdown.js";
import { type TableOptions, textOf } from "./text.js";

export { comparisonCsv, toCsv, unescapeCsvField } from "./csv.js";
export { examplesMarkdown, examplesText } from "./examples-text.js";
export { latexOf } from "./latex.js";
export { markdownOf } from "./markdown.js";
export { renderTable, type TableOptions, type TextOptions, textOf } from "./text.js";

/** What a form shows besides the table. Each form takes what applies to it. */
export interface FormOptions extends TableOptions {
  /** of the run: what some forms are made of, and others show examples from */
  readonly samples?: SamplesByTask | undefined;
  /** examples below the table (text and Markdown) */
  readonly examples?: ExamplesOptions | undefined;
  /** per-class results and confusion matrices below the table (text, Markdown and LaTeX) */
  readonly classes?: boolean | undefined;
  /** the page's heading (html); the models' names unless given */
  readonly title?: string | undefined;
  /** whose predictions are submitted (superglue); the run's model unless given */
  readonly model?: string | undefined;
  /** which pattern's predictions are submitted (superglue) */
  readonly pattern?: string | undefined;
}

/** What a report can be written as: one entry a form. */
export interface Form {
  /** for help texts */
  readonly about: string;
  /** of its files, without the dot */
  readonly extension: string;
  /** whether it is made of `FormOptions.samples` too */
  readonly needsSamples: boolean;
  /** The results in this form; a text ends with a newline. It may load a library first. */
  results(results: RunResults, options: FormOptions): string | Uint8Array | Promise<string | Uint8Array>;
  /** the paired differences of the run's model and its baselines alone, where the form can show them so */
  comparison?(results: RunResults, options: TableOptions): string;
}

/** The forms of reports, by the names that `--format` takes. */
export const FORMS: Readonly<Record<string, Form>> = {
  text: {
    about: "a table in plain text, for the terminal",
    extension: "txt",
    needsSamples: false,
    results: (results, options) => {
      const tables = tablesOf(results, options).map((table) => textOf(table, options));
      return blocks([...tables, ...examplesOf(options, examplesText)]);
    },
    comparison: (results, options) => blocks([textOf(comparisonTable(results), options)]),
  },
  markdown: {
    about: "tables as GitHub shows them",
    extension: "md",
    needsSamples: false,
    results: (results, options) => {
      const tables = tablesOf(results, options).map(markdownOf);
      return blocks([...tables, ...examplesOf(options, examplesMarkdown)]);
    },
    comparison: (results) => blocks([markdownOf(comparisonTable(results))]),
  },
  latex: {
    about: "a LaTeX document with booktabs, which compiles as it stands",
    extension: "tex",
    needsSamples: false,
    results: (results, options) => latexOf(tablesOf(results, options)),
    comparison: (results) => latexOf([comparisonTable(results)]),
  },
  csv: {
    about: "one line a value, in full precision, for spreadsheets and scripts",
    extension: "csv",
    needsSamples: false,
    results: toCsv,
    comparison: comparisonCsv,
  },
  json: {
    about: "everything that the run found, for programs",
    extension: "json",
    needsSamples: false,
    results: toJson,
    comparison: comparisonJson,
  },
  html: {
    about: "one page with figures and all examples, to be opened without a network",
    extension: "html",
    needsSamples: true,
    async results(results, { samples = new Map(), published, title }) {
      // Its charting library is loaded only where a page is made.
      const { renderHtml } = await import("../html/index.js");
      return renderHtml({ results, samples, published, title });
    },
  },
  superglue: {
    about: "the zip that super.gluebenchmark.com takes, of a run on the test split",
    extension: "zip",
    needsSamples: true,
    results: (results, { samples = new Map(), model = results.model, pattern }) =>
      superglueSubmission({ split: results.split, samples, model, pattern }),
  },
};

/** @throws GlmEvalError (usage) with the nearest form */
export function formOf(name: string): Form {
  if (Object.hasOwn(FORMS, name)) return FORMS[name]!;
  throw unknownForm(name, Object.keys(FORMS));
}

/**
 * The results of a run in a form of `FORMS`.
 * @throws GlmEvalError (usage) for an unknown form or published id; GlmEvalError (data) where the form refuses the run
 *
 * @example
 * import { writeFile } from "node:fs/promises";
 * const { results, samples } = await finishedRun(await readRun("runs/large"));
 * await writeFile("report.html", await format(results, "html", { published: ["bert-large"], samples }));
 */
export async function format(
  results: RunResults,
  form: string,
  options: FormOptions,
): Promise<string | Uint8Array> {
  return formOf(form).results(results, options);
}

/**
 * The paired differences of a run's model and its baselines in a form of `FORMS`.
 * @throws GlmEvalError (usage) for a form that is unknown or does not show them alone
 *
 * @example
 * const runs = [await finishedRun(await readRun("runs/large")), await finishedRun(await readRun("runs/base"))];
 * console.log(formatComparison(combineRuns(runs).results, "latex"));
 */
export function formatComparison(
  results: RunResults,
  form: string,
  options: Omit<TableOptions, "published"> = {},
): string {
  const { comparison } = formOf(form);
  if (comparison !== undefined) return comparison(results, { ...options, published: [] });
  const able = Object.keys(FORMS).filter((name) => FORMS[name]!.comparison !== undefined);
  throw new GlmEvalError("unknown-form", `comparisons are not written as ${form}`, {
    hint: `they are as ${able.join(", ")}`,
  });
}

function unknownForm(name: string, known: readonly string[]): GlmEvalError {
  return new GlmEvalError("unknown-form", `there is no form of reports ${JSON.stringify(name)}`, {
    hint: didYouMean(name, known, "forms"),
  });
}

function tablesOf(results: RunResults, options: FormOptions): Table[] {
  return [resultsTable(results, options), ...(options.classes ? classTables(results.tasks) : [])];
}

function examplesOf(
  { examples, samples, width }: FormOptions,
  show: (samples: SamplesByTask, options: ExamplesOptions & { width?: number | undefined }) => string,
): string[] {
  if (examples === undefined) return [];
  if (samples === undefined)
    throw new GlmEvalError("no-samples", "there are no samples to show examples from", {
      hint: "read them from the run's folder",
    });
  return [show(samples, { ...examples, width })];
}

function blocks(texts: readonly string[]): string {
  return `${texts.filter((text) => text !== "").join("\n\n")}\n`;
}
