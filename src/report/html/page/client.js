// The list of examples: filters, search, pages. Everything from the data is inserted as text, never as HTML.
/**
 * @import { ExamplesIndex, PackedAnswer, PackedExample, PackedModel } from "../packed.js"
 */
(() => {
  const PAGE = 20;
  /** characters of a text in the list: two lines */
  const SNIPPET = 170;
  const source = document.getElementById("examples-index");
  if (source === null) return;

  /** @type {ExamplesIndex} */
  const index = JSON.parse(source.textContent ?? "");
  const form = /** @type {HTMLFormElement} */ (document.getElementById("filters"));
  const list = /** @type {HTMLElement} */ (document.getElementById("examples"));
  const found = /** @type {HTMLElement} */ (document.getElementById("found"));
  const pages = /** @type {HTMLElement} */ (document.getElementById("pages"));
  const one = new Intl.NumberFormat("en-GB");

  /** @type {Map<number, PackedExample[]>} */
  const chunks = new Map();
  /** @type {Map<number, string[]>} */
  const haystacks = new Map();
  /** @type {number[]} */
  let hits = [];
  let page = 0;

  /** @param {number} chunk @returns {PackedExample[]} */
  function read(chunk) {
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
  function example(k) {
    return /** @type {PackedExample} */ (read(Math.floor(k / index.chunk))[k % index.chunk]);
  }

  /** Returns the text that a search looks through, in lower case. @param {number} k @returns {string} */
  function haystack(k) {
    const chunk = Math.floor(k / index.chunk);
    let texts = haystacks.get(chunk);
    if (texts === undefined) {
      texts = read(chunk).map(({ id, text, gold, answers }) =>
        [id, text, ...gold, ...answers.map(([answer]) => answer)].join("\n").toLowerCase(),
      );
      haystacks.set(chunk, texts);
    }
    return texts[k % index.chunk] ?? "";
  }

  /** @param {number} k */
  function findGroup(k) {
    return index.groups.find(({ from, count }) => k >= from && k < from + count);
  }

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {string} [className]
   * @param {string | undefined} [text]
   * @returns {HTMLElementTagNameMap[Tag]}
   */
  function element(tag, className = "", text = undefined) {
    const made = document.createElement(tag);
    if (className !== "") made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  /** @param {number} value @param {number} digits */
  function fixed(value, digits) {
    return value.toFixed(digits).replace("-", "−");
  }

  /** Reads the form. Selects hold indices; the first of tasks and patterns means all of them. */
  function wanted() {
    const data = new FormData(form);
    const chosen = (/** @type {string} */ name) => {
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
      task: chosen("task"),
      pattern: chosen("pattern"),
    };
  }

  function filter() {
    const { words, outcome, model, task, pattern } = wanted();
    const right = index.outcomes[model] ?? "";
    hits = [];
    for (const group of index.groups) {
      if (task !== undefined && group.task !== task) continue;
      if (pattern !== undefined && group.pattern !== pattern) continue;
      for (let k = group.from; k < group.from + group.count; k++) {
        if (outcome === "wrong" && right[k] !== "0") continue;
        if (outcome === "right" && right[k] !== "1") continue;
        if (outcome === "disagree" && index.disagree[k] !== "1") continue;
        if (words === "" || haystack(k).includes(words)) hits.push(k);
      }
    }
    page = 0;
    show();
  }

  function show() {
    const last = Math.max(0, Math.ceil(hits.length / PAGE) - 1);
    const from = page * PAGE;
    const shown = hits.slice(from, from + PAGE);
    const range =
      shown.length < hits.length ? `, ${one.format(from + 1)}–${one.format(from + shown.length)} shown` : "";
    found.textContent =
      hits.length === 0
        ? "No example fits."
        : `${one.format(hits.length)} of ${one.format(index.count)} examples${range}`;
    list.replaceChildren(...shown.map(item));
    pages.hidden = last === 0;
    const [back, forth] = pages.querySelectorAll("button");
    if (back) back.disabled = page === 0;
    if (forth) forth.disabled = page === last;
    const label = pages.querySelector("span");
    if (label) label.textContent = `Page ${one.format(page + 1)} of ${one.format(last + 1)}`;
  }

  /** Makes one example, closed; its content is made when it is opened. @param {number} k */
  function item(k) {
    const shown = example(k);
    const group = findGroup(k);
    const details = element("details");
    const summary = element("summary");
    const where = element("span", "where", `${group?.task} ${group?.pattern} `);
    where.append(element("span", "id", shown.id));
    summary.append(where, element("span", "snippet", snippet(shown.text)));
    const verdicts = element("span", "verdicts");
    shown.models.forEach((model, m) => {
      if (model !== null)
        verdicts.append(verdict(k, m, named(model.predicted, model.answers ?? shown.answers)));
    });
    summary.append(verdicts);
    details.append(summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(body(k, shown));
    });
    const li = element("li");
    li.append(details);
    return li;
  }

  /** Returns an excerpt that starts at the searched words, or a little before the blank. @param {string} text */
  function snippet(text) {
    const line = text.replace(/\s+/g, " ");
    const { words } = wanted();
    const at = words === "" ? line.indexOf("[MASK]") : line.toLowerCase().indexOf(words.replace(/\s+/g, " "));
    const start = Math.min(at - 60, line.length - SNIPPET);
    const from = start < 10 ? 0 : line.indexOf(" ", start) + 1;
    const end = from + SNIPPET;
    return `${from > 0 ? "…" : ""}${line.slice(from, end)}${end < line.length ? "…" : ""}`;
  }

  /** Returns a label with the words that map to it. @param {string} predicted @param {readonly PackedAnswer[]} answers */
  function named(predicted, answers) {
    const words = answers.filter(([, label]) => label === predicted).map(([text]) => text.trim());
    return words.length === 1 && words[0] !== predicted ? `${words[0]} (${predicted})` : predicted.trim();
  }

  /** @param {number} k @param {number} m @param {string} predicted */
  function verdict(k, m, predicted) {
    const outcome = index.outcomes[m]?.[k];
    const [kind, sign, word] =
      outcome === "1"
        ? ["right", "✓", "right: "]
        : outcome === "0"
          ? ["wrong", "✗", "wrong: "]
          : ["unknown", "·", ""];
    const made = element("span", `verdict ${kind}`);
    const hidden = element("span", "hidden", word);
    const mark = element("span", "sign", sign);
    mark.setAttribute("aria-hidden", "true");
    made.append(
      mark,
      element("span", "model", `${index.models[m]} `),
      hidden,
      element("span", "predicted", predicted),
    );
    return made;
  }

  /** @param {number} k @param {PackedExample} shown */
  function body(k, shown) {
    const made = element("div", "example");
    made.append(asked(shown.text));
    const gold = shown.gold.map((label) => named(label, shown.answers)).join(" / ");
    made.append(facts([["Gold", gold === "" ? "unknown" : gold]]));
    const models = element("div", "models");
    shown.models.forEach((model, m) => {
      if (model !== null) models.append(answersOf(k, m, model, shown));
    });
    made.append(models);
    return made;
  }

  /** Makes a text with its blanks as boxes. @param {string} text */
  function asked(text) {
    const made = element("p", "asked");
    made.dir = "auto";
    text.split("[MASK]").forEach((part, k) => {
      if (k > 0) made.append(element("mark", "blank", "[MASK]"));
      made.append(part);
    });
    return made;
  }

  /** @param {readonly (readonly [string, string])[]} pairs */
  function facts(pairs) {
    const made = element("dl", "facts");
    for (const [name, value] of pairs) {
      const pair = element("div");
      pair.append(element("dt", "", name), element("dd", "", value));
      made.append(pair);
    }
    return made;
  }

  /** @param {number} k @param {number} m @param {PackedModel} model @param {PackedExample} shown */
  function answersOf(k, m, model, shown) {
    const answers = model.answers ?? shown.answers;
    const made = element("section", "answers");
    const heading = element("h4");
    heading.append(verdict(k, m, named(model.predicted, answers)));
    made.append(heading);
    if (model.text !== undefined) made.append(asked(model.text));
    made.append(answerTable(m, model, answers, shown.gold));
    const more = /** @type {[string, string][]} */ ([]);
    if (model.labels) more.push(["Probability", labelText(model.labels)]);
    if (model.tie) more.push(["Tie", "the two best answers have the same score"]);
    if (model.cut) more.push(["Truncated", `${one.format(model.cut)} tokens, to fit`]);
    if (model.fewshot) more.push(["Few-shot examples", model.fewshot.join(", ") || "none"]);
    if (model.shotsDropped) more.push(["Dropped to fit", `the first ${model.shotsDropped} of them`]);
    if (more.length > 0) made.append(facts(more));
    return made;
  }

  /** @param {number} m @param {PackedModel} model @param {readonly PackedAnswer[]} answers @param {readonly string[]} gold */
  function answerTable(m, model, answers, gold) {
    const region = element("div", "scroll");
    const table = element("table");
    table.append(
      element("caption", "", `Answers of ${index.models[m]}, with tokens and natural log-probabilities`),
    );
    const head = table.createTHead().insertRow();
    for (const title of ["Answer", "Score", "Tokens"]) {
      const cell = element("th", title === "Score" ? "number" : "", title);
      cell.scope = "col";
      head.append(cell);
    }
    const rows = table.createTBody();
    answers.forEach(([text, label = text], a) => {
      const [score = 0, tokens = [], logProbs = [], closing = []] = model.scores[a] ?? [];
      const row = rows.insertRow();
      if (label === model.predicted) row.className = "predicted";
      const name = element("th", "", text.trim());
      name.scope = "row";
      if (label !== text) name.append(" ", element("small", "", label));
      if (label === model.predicted) name.append(" ", element("small", "tag", "predicted"));
      if (gold.includes(label) || gold.includes(text.trim()))
        name.append(" ", element("small", "tag", "gold"));
      const chips = element("td", "tokens");
      logProbs.forEach((logProb, t) => {
        chips.append(chip(tokens[t] ?? "", logProb, ""));
      });
      for (const logProb of closing) chips.append(chip("end", logProb, "closing"));
      row.append(name, element("td", "number", fixed(score, 2)), chips);
    });
    region.append(table);
    return region;
  }

  /** Makes a token above its log-probability. @param {string} token @param {number} logProb @param {string} kind */
  function chip(token, logProb, kind) {
    const made = element("span", `token ${kind}`);
    made.append(element("span", "", token), element("span", "number", fixed(logProb, 2)));
    return made;
  }

  /** Formats scores as percentages. @param {readonly (readonly [string, number])[]} labels */
  function labelText(labels) {
    const top = Math.max(...labels.map(([, score]) => score));
    const sum = labels.reduce((all, [, score]) => all + Math.exp(score - top), 0);
    return labels
      .map(([label, score]) => `${label} ${fixed((100 * Math.exp(score - top)) / sum, 1)}%`)
      .join(", ");
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    const typed = event.target instanceof HTMLInputElement && event.target.type === "search";
    waiting = setTimeout(filter, typed ? 150 : 0);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    filter();
  });
  pages.addEventListener("click", ({ target }) => {
    if (!(target instanceof HTMLButtonElement)) return;
    page += Number(target.value);
    show();
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
  filter();
})();
