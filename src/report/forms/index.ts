import { didYouMean, GlmEvalError } from "../../errors.js";
import { type RunResults, toJson } from "../../results/index.js";
import type { ExamplesOptions, SamplesByTask } from "../choose-examples.js";
import { superglueSubmission } from "../submission/index.js";
import { classTables, comparisonTable, resultsTable, type Table } from "../table/index.js";
import { comparisonJson } from "./comparison-json.js";
import { comparisonCsv, toCsv } from "./csv.js";
import { examplesMarkdown, examplesText } from "./examples-text.js";
import { toLatex } from "./latex.js";
import { toMarkdown } from "./markdown.js";
import { type TableOptions, toText } from "./text.js";

export { comparisonCsv, toCsv, unescapeCsvField } from "./csv.js";
export { examplesMarkdown, examplesText } from "./examples-text.js";
export { toLatex } from "./latex.js";
export { toMarkdown } from "./markdown.js";
export { renderTable, type TableOptions, type TextOptions, toText } from "./text.js";

/** What a report shows besides the table. Each format uses the options that apply to it. */
export interface FormOptions extends TableOptions {
  /** of the run: some formats are made from them, others show examples from them */
  readonly samples?: SamplesByTask | undefined;
  /** examples below the table (text and Markdown) */
  readonly examples?: ExamplesOptions | undefined;
  /** per-class results and confusion matrices below the table (text, Markdown and LaTeX) */
  readonly classes?: boolean | undefined;
  /** the page's heading (html; default: the models' names) */
  readonly title?: string | undefined;
  /** whose predictions to submit (superglue; default: the run's model) */
  readonly model?: string | undefined;
  /** which pattern's predictions to submit (superglue) */
  readonly pattern?: string | undefined;
}

/** An output format of reports. */
export interface Form {
  /** for help texts */
  readonly about: string;
  /** file extension, without the dot */
  readonly extension: string;
  /** whether it also needs `FormOptions.samples` */
  readonly needsSamples: boolean;
  /** Writes the results in this format; a text ends with a newline. May load a library first. */
  results(results: RunResults, options: FormOptions): string | Uint8Array | Promise<string | Uint8Array>;
  /** Writes only the paired differences of the run's model and its baselines, if the format supports that. */
  comparison?(results: RunResults, options: TableOptions): string;
}

/** The formats of reports, by their `--format` names. */
export const FORMS: Readonly<Record<string, Form>> = {
  text: {
    about: "a table in plain text, for the terminal",
    extension: "txt",
    needsSamples: false,
    results: (results, options) => {
      const tables = makeTables(results, options).map((table) => toText(table, options));
      return joinBlocks([...tables, ...renderExamples(options, examplesText)]);
    },
    comparison: (results, options) => joinBlocks([toText(comparisonTable(results), options)]),
  },
  markdown: {
    about: "tables in GitHub Markdown",
    extension: "md",
    needsSamples: false,
    results: (results, options) => {
      const tables = makeTables(results, options).map(toMarkdown);
      return joinBlocks([...tables, ...renderExamples(options, examplesMarkdown)]);
    },
    comparison: (results) => joinBlocks([toMarkdown(comparisonTable(results))]),
  },
  latex: {
    about: "a LaTeX document with booktabs tables, ready to compile",
    extension: "tex",
    needsSamples: false,
    results: (results, options) => toLatex(makeTables(results, options)),
    comparison: (results) => toLatex([comparisonTable(results)]),
  },
  csv: {
    about: "one line per value, in full precision, for spreadsheets and scripts",
    extension: "csv",
    needsSamples: false,
    results: toCsv,
    comparison: comparisonCsv,
  },
  json: {
    about: "all results of the run, for programs",
    extension: "json",
    needsSamples: false,
    results: toJson,
    comparison: comparisonJson,
  },
  html: {
    about: "one page with figures and all examples, which needs no network",
    extension: "html",
    needsSamples: true,
    async results(results, { samples = new Map(), published, title }) {
      // Loads the charting library only when a page is made.
      const { renderHtml } = await import("../html/index.js");
      return renderHtml({ results, samples, published, title });
    },
  },
  superglue: {
    about: "the zip file that super.gluebenchmark.com accepts, from a run on the test split",
    extension: "zip",
    needsSamples: true,
    results: (results, { samples = new Map(), model = results.model, pattern }) =>
      superglueSubmission({ split: results.split, samples, model, pattern }),
  },
};

/** Returns the format with this name. @throws GlmEvalError (usage) with the nearest name */
export function getForm(name: string): Form {
  if (Object.hasOwn(FORMS, name)) return FORMS[name]!;
  throw unknownForm(name, Object.keys(FORMS));
}

/**
 * Writes a run's results in a format of `FORMS`.
 * @throws GlmEvalError (usage) for an unknown format or published id; GlmEvalError (data) if the format rejects the run
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
  return getForm(form).results(results, options);
}

/**
 * Writes the paired differences of a run's model and its baselines in a format of `FORMS`.
 * @throws GlmEvalError (usage) for a format that is unknown or has no table of comparisons
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
  const { comparison } = getForm(form);
  if (comparison !== undefined) return comparison(results, { ...options, published: [] });
  const supported = Object.keys(FORMS).filter((name) => FORMS[name]!.comparison !== undefined);
  throw new GlmEvalError("unknown-form", `comparisons cannot be written as ${form}`, {
    hint: `use one of ${supported.join(", ")}`,
  });
}

function unknownForm(name: string, known: readonly string[]): GlmEvalError {
  return new GlmEvalError("unknown-form", `unknown report format ${JSON.stringify(name)}`, {
    hint: didYouMean(name, known, "formats"),
  });
}

function makeTables(results: RunResults, options: FormOptions): Table[] {
  return [resultsTable(results, options), ...(options.classes ? classTables(results.tasks) : [])];
}

function renderExamples(
  { examples, samples, width }: FormOptions,
  show: (samples: SamplesByTask, options: ExamplesOptions & { width?: number | undefined }) => string,
): string[] {
  if (examples === undefined) return [];
  if (samples === undefined)
    throw new GlmEvalError("no-samples", "no samples to show examples from", {
      hint: "pass the samples, which are in the run's folder",
    });
  return [show(samples, { ...examples, width })];
}

function joinBlocks(texts: readonly string[]): string {
  return `${texts.filter((text) => text !== "").join("\n\n")}\n`;
}
