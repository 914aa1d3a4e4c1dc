import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { PROTOCOLS } from "../../src/options/index.js";
import { evaluate, type FewshotOptions } from "../../src/runner/index.js";
import { loadModel, type ModelOptions, type PreparedQuestion } from "../../src/scoring/index.js";
import { loadTask } from "../../src/tasks/index.js";
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
  it("shows texts with the blank, and answers with their labels and the gold answer", async () => {
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

[____] blank   ‹…› may be cut   || segment boundary   │ cut from here   * gold
`);
  });

  it("shows the default pattern, even for examples without gold labels", async () => {
    const stdout = expectDone(await show("own/task.yaml"));
    expect(stdout.match(/^own .*$/gm)).toEqual([
      "own p1, example 0, gold: yes",
      "own p1, example 1, gold: none",
    ]);
    expect(stdout.split("example 1")[1]).not.toMatch(/^ {2}\*/m);
  });

  it("shows a model's tokens, and what is cut", async () => {
    const stdout = expectDone(await show("own/task.yaml", "-n", "1", "--model", MODEL, "--max-length", "8"));
    expect(stdout).toMatch(/^own p1, example 0, gold: yes, 2 tokens cut$/m);
    expect(stdout).toMatch(/^ {2}"one two three"\n {6}one \(330\) │ two \(\d+\) three \(\d+\)$/m);
    expect(stdout).toMatch(/^ {2}\* {2}yes {4}" right" {2}right \(\d+\)$/m);
    const tight = await show("own/task.yaml", "-n", "1", "--model", MODEL, "--max-length", "3");
    expect(expectDone(tight)).toMatch(/gold: yes, does not fit$/m);
  });

  it("prints JSON, with ids and tokens", async () => {
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

  it("shows each text of a choice with its own answer, and gold texts", async () => {
    const copa = expectDone(await show("copa", "-n", "1", "-p", "p2"));
    expect(copa.match(/\[____\] .*/g)).toEqual([
      "[____] a storm warning came over the radio",
      "[____] the passengers drank coffee",
      expect.stringContaining("segment boundary"),
    ]);
    expect(expectDone(await show("record", "-n", "1"))).toMatch(
      /gold: "Conor Meade"\n[\s\S]*^ {2}\* +" Conor Meade"$/m,
    );
  });

  it("needs an existing task, pattern and split", async () => {
    expectRefused(await show(), 2, "missing argument");
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
    // Only the start of the text has SentencePiece's dummy space; a space before the blank belongs to the answer.
    expect(spelled(parts[0])).toBe("▁one▁two▁three");
    expect(spelled(parts[1])).toBe("?");
    expect(answers.map(spelled)).toEqual(["▁left", "▁right"]);
  });
});

describe("tasks show and a run with the same options", () => {
  const exported = (name: string) => fileURLToPath(new URL(`../fixtures/exports/${name}`, import.meta.url));

  beforeAll(() => {
    mkdirSync(path("shots"));
    writeFileSync(
      path("shots/task.yaml"),
      `task: shots
title: A task with examples to show
data: { validation: rows.jsonl, train: shots.jsonl }
label: label
labels: [no, yes]
metrics: [accuracy]
patterns:
  - id: p0
    text: "{{ a | shorten }}? || [MASK]."
    verbalizer: { no: "No", yes: ["Yes", "Sure"] }
  - id: p1
    text: "{{ a | shorten }}: [MASK] is {{ a | shorten }}"
    answers: ["{{ x }}", "{{ y }}"]
`,
    );
    const words = "the river rose and a small dog sat on it".split(" ");
    const row = (k: number, length: number) => ({
      a: Array.from({ length }, (_, n) => words[(3 * k + n) % words.length]).join(" "),
      x: "the dog",
      y: "a small dog on the road",
      label: k % 2 === 0 ? "no" : "yes",
    });
    const write = (file: string, rows: readonly object[]) =>
      writeFileSync(path("shots", file), rows.map((each) => JSON.stringify(each)).join("\n"));
    write("rows.jsonl", [row(1, 12), row(2, 5)]);
    write(
      "shots.jsonl",
      Array.from({ length: 8 }, (_, k) => row(k + 10, 4 + k)),
    );
  });

  /** Returns a run's questions of the first examples, by pattern and example. */
  async function getRunQuestions(folder: string, options: ModelOptions, fewshot?: FewshotOptions) {
    const questions = new Map<string, PreparedQuestion[]>();
    const model = await loadModel(folder, { ...options, cacheFolder: path("cache") });
    try {
      const { error } = await evaluate(
        {
          engine: model.engine,
          reader: {
            ...model.reader,
            prepare(question) {
              const prepared = model.reader.prepare(question);
              questions.set(question.id.replace("shots/", ""), prepared);
              return prepared;
            },
          },
        },
        [await loadTask(path("shots/task.yaml"))],
        {
          conventions: PROTOCOLS.glm,
          dataRoot: path("shots"),
          patterns: "all",
          maxBatchTokens: 512,
          ...(fewshot && { fewshot }),
        },
      );
      expect(error).toBeUndefined();
    } finally {
      await model.engine.close();
    }
    return questions;
  }

  interface ShownText {
    readonly shots_dropped?: number;
    readonly reads: readonly { readonly tokens: readonly ({ readonly id: number } | null)[] }[];
    readonly answers: readonly { readonly tokens: readonly { readonly id: number }[] }[];
  }
  /** Returns a question's ids in a form common to all families: the same for the same question. */
  const idsOf = (prepared: PreparedQuestion & Record<string, unknown>): number[][] => {
    const {
      context,
      closing = [],
      text,
      encoder,
      before,
    } = prepared as unknown as Record<string, never> & {
      context?: number[];
      closing?: number[];
      text?: { left: { ids: number[] }; right: { ids: number[] } };
      encoder?: number[];
      before: number[];
    };
    if (encoder) return [encoder, [...before, ...closing]];
    if (text) return [[...text.left.ids, ...text.right.ids]];
    return [[...context!, ...closing]];
  };

  const tiny = (...flags: string[]) => ["--model", MODEL, ...flags];
  const cases: readonly [string, string, ModelOptions, FewshotOptions | undefined, string[]][] = [
    ["no option", MODEL, {}, undefined, tiny()],
    ["a length", MODEL, { maxLength: 20 }, undefined, tiny("--max-length", "20")],
    [
      "a length and a rule",
      MODEL,
      { maxLength: 20, truncation: "longest" },
      undefined,
      tiny("--max-length", "20", "--truncation", "longest"),
    ],
    [
      "a protocol",
      MODEL,
      { maxLength: 20, protocol: "glm-hf" },
      undefined,
      tiny("--max-length", "20", "--protocol", "glm-hf"),
    ],
    [
      "special tokens",
      MODEL,
      { maskToken: 1, eosToken: "[PAD]" },
      undefined,
      tiny("--mask-token", "1", "--eos-token", "[PAD]"),
    ],
    ["few-shot examples", MODEL, {}, { count: 2 }, tiny("--num-fewshot", "2")],
    [
      "few-shot examples as far as they fit",
      MODEL,
      { maxLength: 40 },
      { count: 4, seed: 5, balanced: true },
      tiny("--num-fewshot", "4", "--fewshot-seed", "5", "--fewshot-balanced", "--max-length", "40"),
    ],
    [
      "a decoding",
      exported("bert"),
      { maxLength: 24, decoding: "pll" },
      { count: 1 },
      ["--model", exported("bert"), "--max-length", "24", "--decoding", "pll", "-f", "1"],
    ],
    [
      "an encoder-decoder",
      exported("t5"),
      { maxLength: 30 },
      { count: 1 },
      ["--model", exported("t5"), "--max-length", "30", "-f", "1"],
    ],
    [
      "a family",
      exported("gpt2"),
      { family: "causal", maxLength: 40 },
      { count: 2 },
      ["--model", exported("gpt2"), "--family", "causal", "--max-length", "40", "-f", "2"],
    ],
  ];

  it.each(cases)("agree on every token: %s", async (_, folder, options, fewshot, flags) => {
    const questions = await getRunQuestions(folder, options, fewshot);
    const shown = JSON.parse(expectDone(await show("shots/task.yaml", "-p", "all", "--json", ...flags)));
    expect(shown).toHaveLength(4);
    for (const { pattern, example, texts, cut, shots = [] } of shown) {
      const prepared = questions.get(`${pattern}/${example}`)! as (PreparedQuestion &
        Record<string, unknown>)[];
      expect(shots).toHaveLength(fewshot?.count ?? 0);
      expect(cut).toBe(Math.max(...prepared.map((one) => one.cut)));
      // A text is shown once for all answers that are scored in it.
      const given = (texts as ShownText[]).flatMap((text) =>
        text.answers.map(({ tokens }) => ({
          answer: tokens.map(({ id }) => id),
          reads: text.reads.map((each) => each.tokens.flatMap((token) => token?.id ?? [])),
          dropped: text.shots_dropped,
        })),
      );
      const expected = prepared.flatMap((one) =>
        one.answers.map((answer) => ({ answer, reads: idsOf(one), dropped: one.shotsDropped })),
      );
      // After its context, a GLM's row has the two tokens around the answer.
      const isGlm = folder === MODEL;
      expect(
        given.map(({ reads, ...rest }) => ({
          ...rest,
          reads: isGlm ? reads.map((ids) => ids.slice(0, -2)) : reads,
        })),
      ).toEqual(expected);
    }
  });

  it("drops few-shot examples that do not fit, and lists them", async () => {
    const stdout = expectDone(
      await show("shots/task.yaml", "-n", "1", "-p", "p0", "-f", "3", ...tiny("--max-length", "36")),
    );
    const [, left] = /few-shot examples: (\d+), \d+, \d+ \(dropped: (\d+)/.exec(stdout) ?? [];
    expect(left).toBeDefined();
    expect(stdout).toContain("\n  text:\n      [CLS] (2) ");
    expect(stdout).not.toContain("│ the");
  });

  it("reject the same: few-shot options without a number, unknown special tokens", async () => {
    expectRefused(
      await show("shots/task.yaml", "--fewshot-seed", "3"),
      2,
      "--fewshot-seed has no effect without few-shot examples",
    );
    expectRefused(await show("own/task.yaml", "-f", "2"), 3, "has no fewshot or train file");
    expectRefused(await show("own/task.yaml", ...tiny("--mask-token", "[none]")), 2, "[none]");
    const masked = await show("own/task.yaml", "--model", exported("gpt2"), "--family", "masked");
    expectRefused(masked, 4, "has no mask token");
  });
});
