// Shows one example: its text, and each model's answers with their tokens.

import { counts, formatFixed, makeElement, makeFacts } from "./elements.js";

/**
 * @import { ExamplesIndex, PackedAnswer, PackedExample, PackedModel } from "../packed.js"
 */

/** Returns functions that make an example's elements. @param {ExamplesIndex} index */
export function createExampleView(index) {
  return { makeVerdict, makeBody };

  /** Makes the mark that shows whether a model is right. @param {number} k @param {number} m @param {string} predicted */
  function makeVerdict(k, m, predicted) {
    const outcome = index.outcomes[m]?.[k];
    const [kind, sign, word] =
      outcome === "1"
        ? ["right", "✓", "right: "]
        : outcome === "0"
          ? ["wrong", "✗", "wrong: "]
          : ["unknown", "·", ""];
    const made = makeElement("span", `verdict ${kind}`);
    const hidden = makeElement("span", "hidden", word);
    const mark = makeElement("span", "sign", sign);
    mark.setAttribute("aria-hidden", "true");
    made.append(
      mark,
      makeElement("span", "model", `${index.models[m]} `),
      hidden,
      makeElement("span", "predicted", predicted),
    );
    return made;
  }

  /** Makes the content of an opened example. @param {number} k @param {PackedExample} shown */
  function makeBody(k, shown) {
    const made = makeElement("div", "example");
    made.append(makeText(shown.text));
    const gold = shown.gold.map((label) => describeLabel(label, shown.answers)).join(" / ");
    made.append(makeFacts([["Gold", gold === "" ? "unknown" : gold]]));
    const models = makeElement("div", "models");
    shown.models.forEach((model, m) => {
      if (model !== null) models.append(makeAnswers(k, m, model, shown));
    });
    made.append(models);
    return made;
  }

  /**
   * Makes the answers of one model.
   * @param {number} k @param {number} m @param {PackedModel} model @param {PackedExample} shown
   */
  function makeAnswers(k, m, model, shown) {
    const answers = model.answers ?? shown.answers;
    const made = makeElement("section", "answers");
    const heading = makeElement("h4");
    heading.append(makeVerdict(k, m, describeLabel(model.predicted, answers)));
    made.append(heading);
    if (model.text !== undefined) made.append(makeText(model.text));
    made.append(makeAnswerTable(m, model, answers, shown.gold));
    const more = /** @type {[string, string][]} */ ([]);
    if (model.labels) more.push(["Probability", formatProbabilities(model.labels)]);
    if (model.tie) more.push(["Tie", "the two best answers have the same score"]);
    if (model.cut) more.push(["Truncated", `${counts.format(model.cut)} tokens, to fit`]);
    if (model.fewshot) more.push(["Few-shot examples", model.fewshot.join(", ") || "none"]);
    if (model.shotsDropped) more.push(["Dropped to fit", `the first ${model.shotsDropped} of them`]);
    if (more.length > 0) made.append(makeFacts(more));
    return made;
  }

  /**
   * Makes the table of one model's answers.
   * @param {number} m @param {PackedModel} model @param {readonly PackedAnswer[]} answers @param {readonly string[]} gold
   */
  function makeAnswerTable(m, model, answers, gold) {
    const region = makeElement("div", "scroll");
    const table = makeElement("table");
    table.append(
      makeElement("caption", "", `Answers of ${index.models[m]}, with tokens and natural log-probabilities`),
    );
    const head = table.createTHead().insertRow();
    for (const title of ["Answer", "Score", "Tokens"]) {
      const cell = makeElement("th", title === "Score" ? "number" : "", title);
      cell.scope = "col";
      head.append(cell);
    }
    const rows = table.createTBody();
    answers.forEach(([text, label = text], a) => {
      const [score = 0, tokens = [], logProbs = [], closing = []] = model.scores[a] ?? [];
      const row = rows.insertRow();
      if (label === model.predicted) row.className = "predicted";
      const name = makeElement("th", "", text.trim());
      name.scope = "row";
      if (label !== text) name.append(" ", makeElement("small", "", label));
      if (label === model.predicted) name.append(" ", makeElement("small", "tag", "predicted"));
      if (gold.includes(label) || gold.includes(text.trim()))
        name.append(" ", makeElement("small", "tag", "gold"));
      const chips = makeElement("td", "tokens");
      logProbs.forEach((logProb, t) => {
        chips.append(makeToken(tokens[t] ?? "", logProb, ""));
      });
      for (const logProb of closing) chips.append(makeToken("end", logProb, "closing"));
      row.append(name, makeElement("td", "number", formatFixed(score, 2)), chips);
    });
    region.append(table);
    return region;
  }
}

/** Returns a label with the words that map to it. @param {string} predicted @param {readonly PackedAnswer[]} answers */
export function describeLabel(predicted, answers) {
  const words = answers.filter(([, label]) => label === predicted).map(([text]) => text.trim());
  return words.length === 1 && words[0] !== predicted ? `${words[0]} (${predicted})` : predicted.trim();
}

/** Makes a text with its blanks as boxes. @param {string} text */
function makeText(text) {
  const made = makeElement("p", "asked");
  made.dir = "auto";
  text.split("[MASK]").forEach((part, k) => {
    if (k > 0) made.append(makeElement("mark", "blank", "[MASK]"));
    made.append(part);
  });
  return made;
}

/** Makes a token above its log-probability. @param {string} token @param {number} logProb @param {string} kind */
function makeToken(token, logProb, kind) {
  const made = makeElement("span", `token ${kind}`);
  made.append(makeElement("span", "", token), makeElement("span", "number", formatFixed(logProb, 2)));
  return made;
}

/** Formats scores as percentages. @param {readonly (readonly [string, number])[]} labels */
function formatProbabilities(labels) {
  const top = Math.max(...labels.map(([, score]) => score));
  const sum = labels.reduce((all, [, score]) => all + Math.exp(score - top), 0);
  return labels
    .map(([label, score]) => `${label} ${formatFixed((100 * Math.exp(score - top)) / sum, 1)}%`)
    .join(", ");
}
