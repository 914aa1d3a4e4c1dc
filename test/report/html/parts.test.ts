import { expect, it } from "vitest";
import { html, minus, prose, scriptJson } from "../../../src/report/html/markup.js";
import { packExamples } from "../../../src/report/html/pack-examples.js";
import type { Sample } from "../../../src/results/index.js";
import { makeRun } from "./fixture.js";

it("escapes everything inserted into HTML, except HTML itself", () => {
  const name = `<b title="x" id='y'>&`;
  expect(html`<p title="${name}">${[name, html`<i>${1}</i>`, false, undefined]}</p>`.text).toBe(
    '<p title="&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;">&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;<i>1</i></p>',
  );
});

it("writes JSON that cannot leave its script element, and survives a round trip", () => {
  const value = ["</script><!-- <script>", "a\u2028b\u2029c", "\ud800 lone"];
  const { text } = scriptJson(value);
  expect(text).not.toMatch(/[<\u2028\u2029]/);
  expect(JSON.parse(text)).toEqual(value);
});

it("uses a real minus for numbers, but not in names", () => {
  expect(minus("-2.0 of glm-410m, p0-2 [-1, -3]")).toBe("−2.0 of glm-410m, p0-2 [−1, −3]");
  expect(prose("2.1 points on CB F1, 95 % interval -1.0 to 3.0, p = 0.03")).toBe(
    "2.1\u00a0points on CB\u00a0F1, 95\u00a0% interval −1.0 to 3.0, p\u00a0=\u00a00.03",
  );
});

const sample = (more: Partial<Sample>): Sample => ({
  model: "glm",
  id: "1",
  pattern: "p0",
  text: "A [MASK].",
  answers: [
    {
      answer: " x",
      score: -1.23456,
      tokenIds: [1],
      tokens: ["▁x"],
      tokenLogProbs: [-1.23456],
      closing: { tokenIds: [2], logProbs: [-0.5], isGreedy: [true] },
    },
  ],
  predicted: "x",
  tie: false,
  cut: 0,
  ...more,
});

it("combines the models' samples of an example, with its text and answers once", () => {
  const samples = new Map([
    [
      "copa",
      [
        sample({ gold: ["The x!"] }),
        sample({ id: "2", gold: ["y"] }),
        sample({ id: "3" }),
        sample({ model: "bert", gold: ["The x!"], predicted: "z", cut: 3, tie: true }),
        sample({ model: "bert", id: "2", text: "B [MASK].", gold: ["y"] }),
        sample({ model: "other", gold: ["y"] }),
      ],
    ],
  ]);
  const { index, chunks } = packExamples(samples, [
    { model: "glm", name: "GLM" },
    { model: "bert", name: "BERT" },
  ]);
  expect(index).toEqual({
    count: 3,
    chunk: 250,
    models: ["GLM", "BERT"],
    groups: [{ task: "COPA", pattern: "p0", from: 0, count: 3 }],
    outcomes: ["10?", "00-"],
    disagree: "100",
  });
  const scores = [[-1.2346, ["▁x"], [-1.2346], [-0.5]]];
  expect(chunks.map(({ text }) => JSON.parse(text))).toEqual([
    [
      {
        id: "1",
        text: "A [MASK].",
        gold: ["The x!"],
        answers: [[" x"]],
        models: [
          { predicted: "x", scores },
          { predicted: "z", scores, tie: 1, cut: 3 },
        ],
      },
      {
        id: "2",
        text: "A [MASK].",
        gold: ["y"],
        answers: [[" x"]],
        models: [
          { predicted: "x", scores },
          { predicted: "x", scores, text: "B [MASK]." },
        ],
      },
      { id: "3", text: "A [MASK].", gold: [], answers: [[" x"]], models: [{ predicted: "x", scores }, null] },
    ],
  ]);
});

it("divides examples into chunks, and keeps those of each pattern together", () => {
  const { samples } = makeRun([{ model: "glm", skill: 2, family: "infill" }], {
    examples: 100,
    tasks: ["cb", "rte"],
  });
  const { index, chunks } = packExamples(samples, [{ model: "glm", name: "glm" }]);
  expect(chunks.map(({ text }) => JSON.parse(text).length)).toEqual([250, 150]);
  expect(index.groups.map(({ task, pattern, from, count }) => [task, pattern, from, count])).toEqual([
    ["CB", "p0", 0, 100],
    ["CB", "p1", 100, 100],
    ["CB", "p2", 200, 100],
    ["RTE", "p0", 300, 100],
  ]);
});
