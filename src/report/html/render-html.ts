import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { RunResults, Sample } from "../../results/index.js";
import { oneLine } from "../names.js";
import { summarySentences } from "../summary.js";
import { resultsTable } from "../table/index.js";
import { taskFigures } from "./class-figures.js";
import { differenceFigures } from "./difference-figures.js";
import { examplesSection } from "./examples-section.js";
import { type Content, html, Markup, prose } from "./markup.js";
import { packExamples } from "./pack-examples.js";
import { makeReport, type Report } from "./page-rows.js";
import { renderTable, SIGNS } from "./page-table.js";
import { spreadFigure } from "./spread-figure.js";
import { valuesFigure } from "./values-figure.js";

export interface HtmlInput {
  readonly results: RunResults;
  /** by task, in display order; from every model, identified by its name in the results */
  readonly samples: ReadonlyMap<string, readonly Sample[]>;
  /** ids of the published rows to show next to the results */
  readonly published: readonly string[];
  /** the page's heading (default: the models' names) */
  readonly title?: string | undefined;
}

// Line ends are normalized as browsers do, because the policy contains the script's hash.
const asset = (name: string) =>
  readFileSync(new URL(`page/${name}`, import.meta.url), "utf8").replaceAll("\r\n", "\n");

/** In order: later ones override earlier ones. */
const STYLES = ["base", "tables", "figures", "filters", "examples", "media"];

/** The page's modules, in order: later ones import from earlier ones. */
const SCRIPTS = ["elements", "example-view", "client"];

/** Joins the page's modules into one classic script, because inline modules cannot import each other. */
function joinScripts(): string {
  const parts = SCRIPTS.map((name) =>
    asset(`${name}.js`)
      .replace(/^import .*\n/gm, "")
      .replace(/^export /gm, ""),
  );
  return `(() => {\n"use strict";\n${parts.join("\n")}})();\n`;
}

interface Section {
  readonly id: string;
  readonly title: string;
  /** how to read its content */
  readonly about: string;
  readonly content: Content;
}

/**
 * Renders a run as one self-contained HTML page: no network, no fonts, no other files. The same input gives the same bytes.
 * Texts from the data are shown but never executed: the page's policy (CSP) allows only its own script.
 * @throws GlmEvalError (usage) for an unknown published id
 * @example await writeFile("report.html", renderHtml({ results, samples, published: ["bert-large"] }));
 */
export function renderHtml({ results, samples, published, title }: HtmlInput): string {
  const report = makeReport(results, published);
  const models = [results.model, ...results.baselines.map(({ model }) => model)];
  const examples = packExamples(
    samples,
    models.map((model, k) => ({ model, name: report.names[k]! })),
  );
  const [own, ...others] = report.names;
  const heading = oneLine(title ?? [own, ...(others.length > 0 ? ["vs.", others.join(", ")] : [])].join(" "));
  const sections = [...figures(report), ...(examples.index.count > 0 ? [examplesSection(examples)] : [])];
  const style = STYLES.map((name) => asset(`${name}.css`)).join("\n");
  const script = joinScripts();
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${new Markup(hashScript(script))}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="glm-eval">
<title>${heading} – glm-eval</title>
<style>${new Markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
${header(report, heading, sections)}
<main id="main" tabindex="-1">
${sections.map(renderSection)}
</main>
<footer>Made by glm-eval. Values are in percent.</footer>
<script>${new Markup(script)}</script>
</body>
</html>
`;
  return page.text;
}

function hashScript(script: string): string {
  return `sha256-${createHash("sha256").update(script).digest("base64")}`;
}

function header({ results, names }: Report, heading: string, sections: readonly Section[]): Markup {
  const [first, ...rest] = summarySentences(results).map(prose);
  const { model, family, protocol, split, sampleData, baselines } = results;
  const facts = [
    ["Model", oneLine(model)],
    ["Family", oneLine(family)],
    ["Protocol", oneLine(protocol)],
    ["Split", `${oneLine(split)}${sampleData ? ", bundled sample" : ""}`],
    ...(baselines.length > 0
      ? [[baselines.length > 1 ? "Baselines" : "Baseline", names.slice(1).join(", ")]]
      : []),
  ];
  return html`<header>
<h1>${heading}</h1>
<p class="lead">${first}</p>
${rest.length > 0 && html`<div class="more">${rest.map((sentence) => html`<p>${sentence}</p>`)}</div>`}
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<nav aria-label="Contents"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>`;
}

function figures(report: Report): Section[] {
  const { results, published } = report;
  const spread = spreadFigure(report);
  const differences = differenceFigures(report);
  const tasks = taskFigures(report);
  const table = resultsTable(results, { published: published.map(({ id }) => id) });
  const below = table.notes.map(
    ({ mark, text }) => html`<li>${mark && `${SIGNS[mark]} `}${prose(text)}</li>`,
  );
  const sections: (Section | false)[] = [
    {
      id: "results",
      title: "Results",
      about: "",
      content: [
        renderTable(table, report.names, "Results"),
        below.length > 0 && html`<ul class="notes" aria-label="Notes">${below}</ul>`,
      ],
    },
    report.rows.length > 0 && {
      id: "values",
      title: "Values",
      about: `Each mark is a value in percent, with its 95% interval as a line; the dotted line is the value of the best constant answer${published.length > 0 ? "; hollow marks are published values" : ""}.`,
      content: valuesFigure(report),
    },
    differences.length > 0 && {
      id: "differences",
      title: "Differences",
      about:
        "To the right of zero, the run’s model has the higher value. If the line, the 95% interval, crosses zero, the models may be equal; a filled mark means p < 0.05.",
      content: differences,
    },
    spread !== undefined && {
      id: "spread",
      title: "Patterns",
      about:
        "Each hollow mark is one pattern, the bar is their mean: the further apart the marks, the more the wording matters.",
      content: spread,
    },
    tasks.length > 0 && {
      id: "classes",
      title: "Classes",
      about:
        "In the matrix, rows are gold labels and columns predictions, shaded by their share of the row. In the diagram, predictions on the dotted line are right as often as their probability says; larger marks represent more examples.",
      content: tasks,
    },
  ];
  return sections.filter((section) => section !== false);
}

function renderSection({ id, title, about, content }: Section): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${about !== "" && html`<p class="about">${prose(about)}</p>`}
${content}</section>`;
}
