import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Part } from "../../src/patterns/index.js";
import { loadTask } from "../../src/tasks/index.js";
import { folders, jsonLines, metricsLine } from "./helpers.js";

const folder = folders();

async function load(lines: string, rows: readonly unknown[]) {
  const root = folder({
    "task.yaml": `task: t\ntitle: T\ndata: { validation: rows.jsonl }\n${metricsLine(lines)}\n${lines}`,
    "rows.jsonl": jsonLines(rows),
  });
  const task = await loadTask(join(root, "task.yaml"));
  const { examples } = await task.load({ root });
  return { task, examples, pattern: task.patterns[0]! };
}

/** Parts in readable form; a part of a shot has its number. */
const formatParts = (parts: readonly Part[] | undefined) =>
  parts?.map((part) =>
    part.kind !== "text" ? part.kind : part.shot === undefined ? part.text : `${part.shot}:${part.text}`,
  );
const readShots = async (lines: string, rows: readonly unknown[]) => {
  const { pattern, examples } = await load(lines, rows);
  return examples.map((example) => formatParts(pattern.shot(example)));
};

describe("a few-shot example", () => {
  it("has the first word of its label in the blank, and nothing that may be cut", async () => {
    const { pattern, examples } = await load(
      `label: label
labels: [0, 1]
patterns:
  - id: p0
    text: "{{ text | shorten }} || Fine? [MASK]."
    verbalizer: { 0: [No, Nay], 1: Yes }
`,
      [{ text: "Sun", label: 1 }, { text: "Rain", label: 0 }, { text: "Fog" }],
    );
    expect(examples.map((example) => formatParts(pattern.shot(example)))).toEqual([
      ["Sun", " Fine?", " Yes", "."],
      ["Rain", " Fine?", " No", "."],
      undefined,
    ]);
    const kinds = pattern.shot(examples[0]!)!.map((part) => part.kind === "text" && part.shortenable);
    expect(kinds).toEqual([false, false, false, false]);
  });

  it("comes before the question, followed by the separator", async () => {
    const lines = (more: string) => `label: label
labels: [0, 1]
${more}
patterns: [{ id: p0, text: "{{ text | shorten }} Fine? [MASK].", verbalizer: { 0: No, 1: Yes } }]
`;
    const rows = [
      { text: "Sun", label: 1 },
      { text: "Rain", label: 0 },
      { text: "Fog", label: 0 },
    ];
    const parts = async (more: string) => {
      const { pattern, examples } = await load(lines(more), rows);
      const shots = [examples[1]!, examples[0]!].map((example) => pattern.shot(example)!);
      const question = pattern.question(examples[2]!, shots);
      expect(question.id).toBe("t/p0/2");
      return formatParts(question.clozes[0]!.pattern.parts);
    };
    expect(await parts("")).toEqual([
      ...["0:Rain", "0: Fine?", "0: No", "0:.", "0:\n\n", "1:Sun", "1: Fine?", "1: Yes", "1:.", "1:\n\n"],
      ...["Fog", " Fine?", "blank", "."],
    ]);
    expect((await parts('fewshot_separator: " ### "'))![4]).toBe("0: ### ");
  });

  it("has the answer that maps to its label, or the text of its choice", async () => {
    const rows = [{ a: "one", b: "two", label: 1 }];
    const lines = (pattern: string) => `label: label\nlabels: [0, 1]\npatterns: [{ id: p0, ${pattern} }]\n`;
    expect(await readShots(lines('text: "It is [MASK].", answers: ["{{ a }}", "{{ b }}"]'), rows)).toEqual([
      ["It is", " two", "."],
    ]);
    const choices = 'text: "It rains [MASK] {{ choice }}", choices: ["{{ a }}", "{{ b }}"], answers: [so]';
    expect(await readShots(lines(choices), rows)).toEqual([["It rains", " so", " two"]]);
  });

  it("has its gold text, as written in the matching answer if there is one", async () => {
    const lines = `label: right\npatterns: [{ id: p0, text: "It is [MASK].", answers_from: options }]\n`;
    expect(
      await readShots(lines, [
        { options: ["x", "y"], right: ["z", "y"] },
        { options: ["x"], right: "w" },
        { options: ["x"], right: null },
        { options: ["x"], right: [" "] },
      ]),
    ).toEqual([["It is", " y", "."], ["It is", " w", "."], undefined, undefined]);
    expect(await readShots(`label_is: index\n${lines}`, [{ options: ["x", "y"], right: 1 }])).toEqual([
      ["It is", " y", "."],
    ]);
  });

  it.each(["first", "greedy"])(
    "has the first answer if that is correct, for decision %s",
    async (decision) => {
      const answers = decision === "first" ? "answers_from: options" : 'answers: ["{{ options[0] }}"]';
      const lines = `label: label
labels: [false, true]
patterns: [{ id: p0, text: "It is [MASK].", ${answers}, decision: ${decision} }]
`;
      expect(
        await readShots(lines, [
          { options: ["x", "y"], label: true },
          { options: ["x", "y"], label: false },
        ]),
      ).toEqual([["It is", " x", "."], undefined]);
    },
  );
});
