import { Script } from "node:vm";
import { parseHTML } from "linkedom";
import { expect, it } from "vitest";
import { renderHtml } from "../../../src/report/html/index.js";
import type { TaskResult } from "../../../src/results/index.js";
import { FULL, metric, run, superglue, TWO, task } from "../results.js";
import { makeRun } from "./fixture.js";

const NONE = new Map<string, never[]>();
const MODELS = [
  { model: "THUDM/glm-large", skill: 2.6, family: "infill" },
  { model: "roberta-large", skill: 1.9, family: "masked" },
];
const made = makeRun(MODELS, { examples: 60 });

/** The page's elements, untyped, because the project's TypeScript has no DOM types. */
// biome-ignore lint/suspicious/noExplicitAny: see above
function parseDocument(page: string): any {
  return parseHTML(page).document;
}

function texts(page: string, selector: string): string[] {
  return [...parseDocument(page).querySelectorAll(selector)].map((element: { textContent: string }) =>
    element.textContent.replace(/\s+/g, " ").trim(),
  );
}

it("gives the same bytes for the same input", () => {
  const input = { ...made, published: ["bert-large", "glm-roberta"] };
  expect(renderHtml(input)).toBe(renderHtml(structuredClone(input)));
});

it("is self-contained", () => {
  const page = renderHtml({ ...made, published: ["bert-large"] });
  const document = parseDocument(page);
  expect(document.querySelectorAll("link, img, iframe, script[src], style[src]")).toHaveLength(0);
  expect(document.querySelector("style").textContent).not.toMatch(/@import|url\(/);
  const script = document.querySelector("body > script:not([type])").textContent;
  expect(script).not.toMatch(/<!--|^(import|export) /m);
  expect(() => new Script(script)).not.toThrow();
  const policy = document.querySelector("meta[http-equiv]").getAttribute("content");
  expect(policy).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-[\w+/]+=*'$/);
});

it("has one row per task and metric, with baseline and published values", () => {
  const page = renderHtml({ results: TWO, samples: NONE, published: ["bert-large", "gpt3-125m-zero-shot"] });
  const rows = [...parseDocument(page).querySelectorAll(".results tbody tr")].map(
    // biome-ignore lint/suspicious/noExplicitAny: see parseDocument
    (row: any) => [...row.children].map((cell: { textContent: string }) => cell.textContent.trim()),
  );
  expect(rows).toHaveLength(15);
  const [boolq] = rows;
  expect(boolq!.slice(0, 6)).toEqual(["BoolQ", "Acc.", "3,270", "62.2", "57.2 to 66.2", "62.2"]);
  expect(boolq!.slice(-2)).toEqual(["80.1", "49.7"]);
  // The suite's score has neither interval nor majority nor p.
  expect(rows.at(-1)!.slice(0, 6)).toEqual(["SuperGLUE", "score", "", "49.1", "", ""]);
  const axb = rows.find(([name]) => name === "AX-b")!;
  expect(axb[3]).toBe("−4.2");
});

it("omits a published row without any of the tasks, and rejects an unknown one", () => {
  const results = run([task("mine", [metric("accuracy", 0.5)])]);
  expect(
    texts(renderHtml({ results, samples: NONE, published: ["bert-large"] }), ".results th"),
  ).not.toContain("Published");
  expect(() => renderHtml({ results, samples: NONE, published: ["bert-larg"] })).toThrow(
    /no published result "bert-larg"/,
  );
});

it("shows failed and missing tasks as rows, even if there is nothing else", () => {
  const failed = task("boolq", [], { status: "failed", message: "out of\nmemory" });
  const missing = task("cb", [], { status: "missing" });
  const page = renderHtml({ results: run([failed, missing]), samples: NONE, published: [] });
  expect(texts(page, ".results tbody tr")).toEqual(["BoolQfailed: out of memory", "CBno file"]);
  expect(texts(page, "h2")).toEqual(["Results"]);
  expect(texts(page, ".lead")).toEqual(["glm-tiny has no results."]);
});

it("has no empty sections", () => {
  const sections = (page: string) => texts(page, "h2");
  expect(sections(renderHtml({ results: FULL, samples: NONE, published: [] }))).toEqual([
    "Results",
    "Values",
  ]);
  const all = ["Results", "Values", "Differences", "Patterns", "Classes", "Examples"];
  const page = renderHtml({ ...made, published: [] });
  expect(sections(page)).toEqual(all);
  expect(texts(page, "header nav a")).toEqual(all);
  for (const link of parseDocument(page).querySelectorAll("header nav a"))
    expect(parseDocument(page).querySelector(link.getAttribute("href"))).not.toBeNull();
});

it("names every figure, and gives its numbers as text", () => {
  const document = parseDocument(renderHtml({ ...made, published: ["bert-large"] }));
  const figures = [...document.querySelectorAll("svg")];
  // Values of 7 rows, differences, spread; reliability of 4 tasks with labels, for both models.
  expect(figures).toHaveLength(7 + 1 + 1 + 8);
  for (const figure of figures) {
    expect(figure.getAttribute("role")).toBe("img");
    const title = figure.querySelector("title").textContent;
    expect(figure.getAttribute("aria-label")).toMatch(/\d/);
    expect(figure.getAttribute("aria-label").startsWith(`${title}. `)).toBe(true);
  }
  const labels = figures.map((figure) => figure.getAttribute("aria-label"));
  expect(new Set(labels).size).toBe(labels.length);
  const { value, low, high } = made.results.tasks.find(({ task: name }) => name === "rte")!.metrics[0]!;
  const share = (fraction: number) => (100 * fraction).toFixed(1);
  expect(labels.find((label) => label.startsWith("RTE, Acc."))).toContain(
    `glm-large ${share(value)}%, 95% interval ${share(low)} to ${share(high)}; `,
  );
});

it("gives every table a caption and its headings a scope", () => {
  const document = parseDocument(renderHtml({ ...made, published: ["bert-large"] }));
  for (const heading of document.querySelectorAll("th")) expect(heading.getAttribute("scope")).not.toBeNull();
  for (const table of document.querySelectorAll("table"))
    expect(table.querySelector("caption").textContent).not.toBe("");
});

it("shows the mean over patterns without an ensemble, and each of their comparisons", () => {
  const of = (values: readonly number[]): TaskResult[] =>
    values.map((value, k) => task("wsc", [metric("accuracy", value)], { pattern: `p${k}` }));
  const tasks = of([0.4, 0.6]);
  const comparisons = tasks.map(({ task: name, pattern }) => ({
    task: name,
    pattern,
    metric: "accuracy",
    difference: 0.1,
    low: -0.1,
    high: 0.3,
    p: 0.2,
    test: "McNemar exact (3 and 1 discordant)",
    unit: "examples",
    n: 100,
  }));
  const other = {
    model: "bert",
    family: "masked",
    protocol: "pet",
    status: "done" as const,
    tasks: of([0.3, 0.5]),
    suites: [],
    comparisons,
  };
  const page = renderHtml({ results: run(tasks, { baselines: [other] }), samples: NONE, published: [] });
  expect(texts(page, ".results tbody tr")[0]).toMatch(
    /^WSCAcc\.100 50\.0 ± 14\.140\.0 to 60\.0––50\.040\.0\+10\.0$/,
  );
  expect(texts(page, "#differences .pair > div > .scroll tbody th")).toEqual(["WSC p0 Acc.", "WSC p1 Acc."]);
});

it("lists the most frequent confusions for a task with many labels", () => {
  const labels = Array.from({ length: 30 }, (_, k) => `label ${k}`);
  const counts = labels.map((_, gold) =>
    labels.map((_, predicted) => (gold === predicted ? 5 : gold === 3 && predicted === 7 ? 4 : 0)),
  );
  const results = run([task("intent", [metric("accuracy", 0.9)], { confusion: { labels, counts } })]);
  const page = renderHtml({ results, samples: NONE, published: [] });
  expect(texts(page, ".matrix")).toEqual([]);
  expect(texts(page, "#classes tbody")[0]).toBe("label 3label 74");
});

it("starts with the score of the suite", () => {
  const page = renderHtml({
    results: { ...FULL, suites: superglue(0.5) },
    samples: NONE,
    published: [],
    title: "My <run>",
  });
  expect(texts(page, "h1")).toEqual(["My <run>"]);
  expect(texts(page, "title")[0]).toBe("My <run> – glm-eval");
  expect(texts(page, ".more p")).toContain("SuperGLUE score: glm-tiny 50.0.");
});
