import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run } = workspace();
const MODEL = fileURLToPath(new URL("../../data/models/glm-tiny", import.meta.url));

beforeAll(() => {
  mkdirSync(path("own"));
  writeFileSync(
    path("own/task.yaml"),
    `task: own
title: A task of my own
data: { validation: own.jsonl, test: own.jsonl }
label: label
labels: [no, yes]
metrics: [accuracy]
default_pattern: p1
patterns:
  - id: p0
    text: "{{ a }} || ([MASK])"
    verbalizer: { no: "No", yes: ["Yes", "Sure"] }
  - id: p1
    text: "{{ a | shorten }}? [MASK]."
    answers: ["{{ x }}", "{{ y }}"]
`,
  );
  const rows = [
    { a: "one two three", x: "left", y: "right", label: "yes" },
    { a: "four", x: "up", y: "down" },
  ];
  writeFileSync(path("own/own.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
});

const show = (...args: string[]) => run(["tasks", "show", ...args]);

describe("tasks show", () => {
  it("shows texts with the blank, and answers with their labels and the gold one", async () => {
    expect(expectDone(await show("own/task.yaml", "-p", "all", "-n", "1"))).toBe(`own p0, example 0, gold: yes

  one two three || ([____])

     label  answer
  ─────────────────
     no     "No"
  *  yes    "Yes"
  *  yes    "Sure"

own p1, example 0, gold: yes

  ‹one two three›? [____].

     label  answer
  ───────────────────
     no     " left"
  *  yes    " right"

[____] the blank   ‹…› may be cut   || border of the segments   │ cut from here   * gold
`);
  });

  it("shows the default pattern, of examples without gold too", async () => {
    const stdout = expectDone(await show("own/task.yaml"));
    expect(stdout.match(/^own .*$/gm)).toEqual([
      "own p1, example 0, gold: yes",
      "own p1, example 1, gold: none",
    ]);
    expect(stdout.split("example 1")[1]).not.toMatch(/^ {2}\*/m);
  });

  it("shows what the tokenizer of a model makes of it, and what is cut", async () => {
    const stdout = expectDone(await show("own/task.yaml", "-n", "1", "--model", MODEL, "--max-length", "8"));
    expect(stdout).toMatch(/^own p1, example 0, gold: yes, 2 tokens cut$/m);
    expect(stdout).toMatch(/^ {2}"one two three"\n {6}one \(330\) │ two \(\d+\) three \(\d+\)$/m);
    expect(stdout).toMatch(/^ {2}\* {2}yes {4}" right" {2}right \(\d+\)$/m);
    const tight = await show("own/task.yaml", "-n", "1", "--model", MODEL, "--max-length", "3");
    expect(expectDone(tight)).toMatch(/gold: yes, does not fit$/m);
  });

  it("speaks JSON, with ids and pieces", async () => {
    const args = ["own/task.yaml", "-n", "1", "-p", "p0", "--split", "test", "--model", MODEL, "--json"];
    const [shown] = JSON.parse(expectDone(await show(...args)));
    expect(shown).toMatchObject({
      task: "own",
      pattern: "p0",
      example: "0",
      label: "yes",
      gold: null,
      cut: 0,
    });
    const [text] = shown.texts;
    expect(text.space_before_blank).toBe(false);
    expect(text.parts.map((part: { kind: string }) => part.kind)).toEqual([
      "text",
      "segment",
      "text",
      "blank",
      "text",
    ]);
    expect(text.parts[0]).toMatchObject({
      text: "one two three",
      shortenable: false,
      kept: 3,
      tokens: [{ token: "one" }, { token: "two" }, { token: "three" }],
    });
    expect(
      text.answers.map((answer: Record<string, unknown>) => [answer.text, answer.label, answer.is_gold]),
    ).toEqual([
      ["No", "no", false],
      ["Yes", "yes", true],
      ["Sure", "yes", true],
    ]);
  });

  it("shows each text of a choice with its own, and gold texts", async () => {
    const copa = expectDone(await show("copa", "-n", "1", "-p", "p2"));
    expect(copa.match(/\[____\] .*/g)).toEqual([
      "[____] a storm warning came over the radio",
      "[____] the passengers drank coffee",
      expect.stringContaining("the blank"),
    ]);
    expect(expectDone(await show("record", "-n", "1"))).toMatch(
      /gold: "Conor Meade"\n[\s\S]*^ {2}\* +" Conor Meade"$/m,
    );
  });

  it("needs a task, a pattern and a split that there are", async () => {
    expectRefused(await show(), 2, "an argument is missing");
    expectRefused(await show("own/task.yaml", "-p", "p7"), 2, 'own has no pattern "p7"');
    expectRefused(await show("own/task.yaml", "--split", "train"), 2, 'no split "train"');
    expectRefused(await show("own/task.yaml", "-n", "0"), 2, "--number: found 0");
  });

  it("reads with the tokenizer of any family", async () => {
    const model = fileURLToPath(new URL("../fixtures/exports/t5", import.meta.url));
    const shown = JSON.parse(expectDone(await show("own/task.yaml", "-n", "1", "--model", model, "--json")));
    const [{ parts, answers }] = shown[0].texts;
    const spelled = ({ tokens }: { tokens: { token: string }[] }) =>
      tokens.map(({ token }) => token).join("");
    // The dummy space of SentencePiece is the beginning's alone; what stands before the blank is the answer's.
    expect(spelled(parts[0])).toBe("▁one▁two▁three");
    expect(spelled(parts[1])).toBe("?");
    expect(answers.map(spelled)).toEqual(["▁left", "▁right"]);
  });
});
