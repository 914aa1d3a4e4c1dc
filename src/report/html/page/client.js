// The list of examples: filters, search and pages. `renderHtml` joins the three modules of the page into one script.

import { counts, makeElement } from "./elements.js";
import { createExampleView, describeLabel } from "./example-view.js";

/**
 * @import { ExamplesIndex, PackedExample } from "../packed.js"
 */

/** examples per page */
const PAGE = 20;
/** characters of a text in the list: two lines */
const SNIPPET = 170;

const source = document.getElementById("examples-index");
if (source !== null) listExamples(JSON.parse(source.textContent ?? ""));

/** Fills the list and connects it with the form. @param {ExamplesIndex} index */
function listExamples(index) {
  const { makeVerdict, makeBody } = createExampleView(index);
  const form = /** @type {HTMLFormElement} */ (document.getElementById("filters"));
  const list = /** @type {HTMLElement} */ (document.getElementById("examples"));
  const found = /** @type {HTMLElement} */ (document.getElementById("found"));
  const pages = /** @type {HTMLElement} */ (document.getElementById("pages"));

  /** @type {Map<number, PackedExample[]>} */
  const chunks = new Map();
  /** what `getSearchText` returns, by chunk @type {Map<number, string[]>} */
  const searchTexts = new Map();
  /** the examples that pass the filters @type {number[]} */
  let hits = [];
  let page = 0;

  /** Parses a chunk once. @param {number} chunk @returns {PackedExample[]} */
  function readChunk(chunk) {
    let examples = chunks.get(chunk);
    if (examples === undefined) {
      examples = /** @type {PackedExample[]} */ (
        JSON.parse(document.getElementById(`examples-${chunk}`)?.textContent ?? "[]")
      );
      chunks.set(chunk, examples);
    }
    return examples;
  }

  /** @param {number} k @returns {PackedExample} */
  function getExample(k) {
    return /** @type {PackedExample} */ (readChunk(Math.floor(k / index.chunk))[k % index.chunk]);
  }

  /** Returns the text that a search looks through, in lower case. @param {number} k @returns {string} */
  function getSearchText(k) {
    const chunk = Math.floor(k / index.chunk);
    let texts = searchTexts.get(chunk);
    if (texts === undefined) {
      texts = readChunk(chunk).map(({ id, text, gold, answers }) =>
        [id, text, ...gold, ...answers.map(([answer]) => answer)].join("\n").toLowerCase(),
      );
      searchTexts.set(chunk, texts);
    }
    return texts[k % index.chunk] ?? "";
  }

  /** @param {number} k */
  function findGroup(k) {
    return index.groups.find(({ from, count }) => k >= from && k < from + count);
  }

  /** Reads the form. Selects hold indices; the first of tasks and patterns means all of them. */
  function readFilters() {
    const data = new FormData(form);
    const getChoice = (/** @type {string} */ name) => {
      const options = form.querySelector(`select[name=${name}]`);
      return options instanceof HTMLSelectElement && options.selectedIndex > 0
        ? options.options[options.selectedIndex]?.text
        : undefined;
    };
    return {
      words: String(data.get("search") ?? "")
        .toLowerCase()
        .trim(),
      outcome: String(data.get("outcome") ?? "all"),
      model: Number(data.get("model") ?? 0),
      task: getChoice("task"),
      pattern: getChoice("pattern"),
    };
  }

  function applyFilters() {
    const { words, outcome, model, task, pattern } = readFilters();
    const right = index.outcomes[model] ?? "";
    hits = [];
    for (const group of index.groups) {
      if (task !== undefined && group.task !== task) continue;
      if (pattern !== undefined && group.pattern !== pattern) continue;
      for (let k = group.from; k < group.from + group.count; k++) {
        if (outcome === "wrong" && right[k] !== "0") continue;
        if (outcome === "right" && right[k] !== "1") continue;
        if (outcome === "disagree" && index.disagree[k] !== "1") continue;
        if (words === "" || getSearchText(k).includes(words)) hits.push(k);
      }
    }
    page = 0;
    showPage();
  }

  function showPage() {
    const last = Math.max(0, Math.ceil(hits.length / PAGE) - 1);
    const from = page * PAGE;
    const shown = hits.slice(from, from + PAGE);
    const range =
      shown.length < hits.length
        ? `, ${counts.format(from + 1)}–${counts.format(from + shown.length)} shown`
        : "";
    found.textContent =
      hits.length === 0
        ? "No matching examples."
        : `${counts.format(hits.length)} of ${counts.format(index.count)} examples${range}`;
    list.replaceChildren(...shown.map(makeItem));
    pages.hidden = last === 0;
    const [back, forth] = pages.querySelectorAll("button");
    if (back) back.disabled = page === 0;
    if (forth) forth.disabled = page === last;
    const label = pages.querySelector("span");
    if (label) label.textContent = `Page ${counts.format(page + 1)} of ${counts.format(last + 1)}`;
  }

  /** Makes one example, closed; its content is made when it is opened. @param {number} k */
  function makeItem(k) {
    const shown = getExample(k);
    const group = findGroup(k);
    const details = makeElement("details");
    const summary = makeElement("summary");
    const where = makeElement("span", "where", `${group?.task} ${group?.pattern} `);
    where.append(makeElement("span", "id", shown.id));
    summary.append(where, makeElement("span", "snippet", makeSnippet(shown.text)));
    const verdicts = makeElement("span", "verdicts");
    shown.models.forEach((model, m) => {
      if (model !== null)
        verdicts.append(makeVerdict(k, m, describeLabel(model.predicted, model.answers ?? shown.answers)));
    });
    summary.append(verdicts);
    details.append(summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(makeBody(k, shown));
    });
    const li = makeElement("li");
    li.append(details);
    return li;
  }

  /** Returns an excerpt that starts at the searched words, or a little before the blank. @param {string} text */
  function makeSnippet(text) {
    const line = text.replace(/\s+/g, " ");
    const { words } = readFilters();
    const at = words === "" ? line.indexOf("[MASK]") : line.toLowerCase().indexOf(words.replace(/\s+/g, " "));
    const start = Math.min(at - 60, line.length - SNIPPET);
    const from = start < 10 ? 0 : line.indexOf(" ", start) + 1;
    const end = from + SNIPPET;
    return `${from > 0 ? "…" : ""}${line.slice(from, end)}${end < line.length ? "…" : ""}`;
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    const typed = event.target instanceof HTMLInputElement && event.target.type === "search";
    waiting = setTimeout(applyFilters, typed ? 150 : 0);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    applyFilters();
  });
  pages.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    page += Number(target.value);
    showPage();
    list.querySelector("summary")?.focus();
  });
  list.addEventListener("keydown", (event) => {
    if (!(event.target instanceof HTMLElement) || event.target.tagName !== "SUMMARY") return;
    const all = [...list.querySelectorAll("summary")];
    const at = all.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[Math.min(Math.max(to, 0), all.length - 1)]?.focus();
  });
  applyFilters();
}
