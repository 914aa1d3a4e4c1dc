import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Finding, FindingError, Findings } from "../../src/findings.js";
import type { ClozeQuestion } from "../../src/patterns/index.js";
import { builtinTasks, checkCalibration, checkTask, findTask, loadTask } from "../../src/tasks/index.js";
import { catchError, folders, jsonLines, metricsLine } from "./helpers.js";

const folder = folders();

function write(lines: string, rows: readonly unknown[]): string {
  const root = folder({
    "task.yaml": `task: t\ntitle: T\ndata: { validation: rows.jsonl }\n${metricsLine(lines)}\n${lines}`,
    "rows.jsonl": jsonLines(rows),
  });
  return join(root, "task.yaml");
}

async function load(lines: string, rows: readonly unknown[]) {
  const file = write(lines, rows);
  const task = await loadTask(file);
  const { examples } = await task.load({ root: join(file, "..") });
  return { task, examples, pattern: task.patterns[0]! };
}

/** The clozes of a question in readable form: parts, then answers with their labels. */
const formatQuestion = ({ clozes }: ClozeQuestion) =>
  clozes.map(({ pattern: { parts }, answers }) => [
    parts.map((part) =>
      part.kind !== "text"
        ? `<${part.kind}>`
        : (part.shot === undefined ? "" : `${part.shot}:`) + part.text + (part.shortenable ? "…" : ""),
    ),
    answers.map(({ text, label }) => (label === undefined ? text : `${label}=${text}`)),
  ]);

const FINE = `label: label
labels: [0, 1]
patterns:
  - id: p0
    text: "{{ place }}: {{ text | shorten }} || Fine? [MASK]. {{ more | shorten }}"
    verbalizer: { 0: No, 1: [Yes, Sure] }
    premise: "Fine? [MASK]."
`;
const ROWS = [
  { place: "Rome", text: "Sun", more: "Heat", label: 1 },
  { place: "Oslo", text: "Rain", more: "Wind", label: 0 },
  { place: "Rome", text: "Fog", more: "", label: 0 },
];
const ANSWERS = ["0= No", "1= Yes", "1= Sure"];

describe("contextual calibration", () => {
  it("replaces only what may be cut with N/A, [MASK] and nothing", async () => {
    const { pattern, examples } = await load(FINE, ROWS);
    expect(pattern.calibration("contextual", examples[0]!).map(formatQuestion)).toEqual([
      [[["Rome", ":", " N/A…", "<segment>", " Fine?", "<blank>", ".", " N/A…"], ANSWERS]],
      [[["Rome", ":", " [MASK]…", "<segment>", " Fine?", "<blank>", ".", " [MASK]…"], ANSWERS]],
      [[["Rome", ":", "<segment>", " Fine?", "<blank>", "."], ANSWERS]],
    ]);
  });

  it("keeps the few-shot examples", async () => {
    const { pattern, examples } = await load(FINE, ROWS);
    const shots = [pattern.shot(examples[1]!)!];
    const [first, , last] = pattern.calibration("contextual", examples[0]!, shots).map(formatQuestion);
    const before = ["0:Oslo", "0::", "0: Rain", "0: Fine?", "0: No", "0:.", "0: Wind", "0:\n\n"];
    expect(first).toEqual([
      [[...before, "Rome", ":", " N/A…", "<segment>", " Fine?", "<blank>", ".", " N/A…"], ANSWERS],
    ]);
    expect(last).toEqual([[[...before, "Rome", ":", "<segment>", " Fine?", "<blank>", "."], ANSWERS]]);
  });

  it("gives one id to a question that several examples share, and other ids to all others", async () => {
    const { pattern, examples } = await load(FINE, ROWS);
    const shots = [pattern.shot(examples[1]!)!];
    const ids = (k: number, ...rest: [typeof shots?]) =>
      pattern.calibration("contextual", examples[k]!, ...rest).map(({ id }) => id);
    // The first and the third example differ only in the replaced part.
    expect(ids(2)).toEqual(ids(0));
    expect(new Set([...ids(0), ...ids(1), ...ids(0, shots)]).size).toBe(9);
    for (const id of ids(0)) expect(id).toMatch(/^t\/p0\/~contextual\/[0-9a-f]{12}$/);
  });

  it("gives stable ids: the first digits of the sha256 of parts and answers", async () => {
    const { pattern, examples } = await load(
      `label: label
labels: [0, 1]
patterns: [{ id: p0, text: "{{ text | shorten }} [MASK]!", verbalizer: { 0: No, 1: Yes } }]
`,
      ROWS,
    );
    const content = (text: string[]) =>
      JSON.stringify([
        [
          [...text.map((each) => [each, true, null]), "blank", ["!", false, null]],
          [
            [" No", "0"],
            [" Yes", "1"],
          ],
        ],
      ]);
    expect(pattern.calibration("contextual", examples[0]!).map(({ id }) => id)).toEqual(
      [["N/A"], ["[MASK]"], []].map((text) => {
        const hash = createHash("sha256").update(content(text)).digest("hex");
        return `t/p0/~contextual/${hash.slice(0, 12)}`;
      }),
    );
  });

  it("keeps the example's answers if they come from the data", async () => {
    const { pattern, examples } = await load(
      'label: a\npatterns: [{ id: p0, text: "{{ text | shorten }} [MASK]", answers_from: options }]\n',
      [{ text: "Sun", options: ["x", "y"], a: "x" }],
    );
    const questions = pattern.calibration("contextual", examples[0]!);
    expect(questions.map(formatQuestion)[0]).toEqual([
      [
        ["N/A…", "<blank>"],
        [" x", " y"],
      ],
    ]);
    expect(questions.map(({ answerKind }) => answerKind)).toEqual(["texts", "texts", "texts"]);
  });

  it("is refused if nothing may be cut", async () => {
    const lines =
      'label: label\nlabels: [0]\npatterns: [{ id: p0, text: "{{ text }} [MASK]", verbalizer: { 0: No } }]\n';
    const { task, pattern, examples } = await load(lines, [ROWS[1], ROWS[2]]);
    const finding = catchFinding(() => pattern.calibration("contextual", examples[0]!));
    expect(finding).toEqual({
      severity: "error",
      code: "no-content",
      ...pattern.position,
      pattern: "p0",
      message: "contextual calibration replaces the parts that may be cut, but the text has none",
      hint: "mark the example's own text: {{ column | shorten }}",
    });
    const findings = new Findings();
    checkCalibration(task.patterns, "contextual", examples, findings);
    // Once, not once per example.
    expect(findings.list).toEqual([finding]);
  });
});

describe("pmi", () => {
  it("scores the premise with the question's answers, without few-shot examples, under one id for all examples", async () => {
    const { pattern, examples } = await load(FINE, ROWS);
    const shots = [pattern.shot(examples[1]!)!];
    const questions = pattern.calibration("pmi", examples[0]!, shots);
    expect(questions.map(formatQuestion)).toEqual([[[["Fine?", "<blank>", "."], ANSWERS]]]);
    expect(questions[0]!.id).toMatch(/^t\/p0\/~pmi\/[0-9a-f]{12}$/);
    expect(pattern.calibration("pmi", examples[1]!)).toEqual(questions);
  });

  it("scores each choice once, with the choice in the text", async () => {
    const { pattern, examples } = await load(
      `label: label
labels: [0, 1]
patterns:
  - id: p0
    text: "{{ text | shorten }} [MASK] {{ choice }}"
    choices: ["{{ a }}", "{{ b }}"]
    answers: ["{{ link }}"]
    premise: "So [MASK] {{ choice }}"
`,
      [{ text: "Rain fell", a: "wet", b: "dry", link: "it got", label: 0 }],
    );
    expect(pattern.calibration("pmi", examples[0]!).map(formatQuestion)).toEqual([
      [
        [["So", "<blank>", " wet"], ["0= it got"]],
        [["So", "<blank>", " dry"], ["1= it got"]],
      ],
    ]);
  });

  it("is refused without a premise, once per pattern", async () => {
    const { task, pattern, examples } = await load(FINE.replace(/ +premise.*\n/, ""), ROWS);
    expect(pattern.premise).toBeUndefined();
    const refused = await catchError(() => pattern.calibration("pmi", examples[0]!));
    expect([refused.code, refused.exitCode]).toEqual(["no-premise", 3]);
    const finding = catchFinding(() => pattern.calibration("pmi", examples[0]!));
    expect(finding).toMatchObject({ code: "no-premise", line: 8, pattern: "p0" });
    expect(finding.hint).toContain("premise: ");
    const findings = new Findings();
    checkCalibration(task.patterns, "pmi", examples, findings);
    expect(findings.list).toEqual([finding]);
    checkCalibration(task.patterns, "contextual", examples, findings);
    expect(findings.errors).toBe(1);
  });

  it("names the example that cannot be rendered", async () => {
    const lines = FINE.replace('"Fine? [MASK]."', '"{{ meta.kind }} [MASK]."');
    const rows = ROWS.map((row, k) => ({ ...row, meta: k === 1 ? {} : { kind: "Fine?" } }));
    const { task, examples } = await load(lines, rows);
    const findings = new Findings();
    checkCalibration(task.patterns, "pmi", examples, findings);
    expect(findings.list).toEqual([
      expect.objectContaining({ line: 11, column: 15, code: "cannot-compute", pattern: "p0", example: "1" }),
    ]);
  });
});

describe("a premise", () => {
  const check = async (premise: string, from = "", to = "") => {
    const file = write(FINE.replace('"Fine? [MASK]."', premise).replace(from, to), ROWS);
    const { findings } = await checkTask(file, { root: join(file, "..") });
    // The warning that ROWS have an empty text is no matter of the premise.
    return findings.list
      .filter(({ code }) => code !== "empty-text")
      .map(({ line, column, code, message }) => [`${line}:${column}`, code, message]);
  };

  it.each([
    ['"Fine? [MASK]."', []],
    ['"Fine in {{ place }}? [MASK]."', []],
    ['"Fine?"', [["11:15", "no-blank", "found no [MASK]; a pattern has exactly one"]]],
    ['"[MASK]? [MASK]."', [["11:23", "second-blank", "found a second [MASK]; a pattern has only one"]]],
    ['"{{ plce }} [MASK]."', [["11:18", "unknown-column", 'the data has no column "plce"']]],
    ['"{{ place | lowr }} [MASK]."', [["11:15", "unknown-filter", 'there is no filter "lowr"']]],
    ["3", [["11:14", "bad-value", "premise: found 3; expected a string"]]],
    [
      '"Fine?[MASK]."',
      [["11:14", "premise-answers", "found no space before [MASK], but a space in the text"]],
    ],
  ])("is checked with its file: %s", async (premise, expected) => {
    expect(await check(premise)).toEqual(expected);
  });

  it("needs no space before the blank if the text has none", async () => {
    expect(await check('"Fine? ([MASK])."', "Fine? [MASK]. {{ more", "Fine? ([MASK]). {{ more")).toEqual([]);
    expect(await check('"Fine? [MASK]."', "Fine? [MASK]. {{ more", "Fine? ([MASK]). {{ more")).toEqual([
      ["11:14", "premise-answers", "found a space before [MASK], but no space in the text"],
    ]);
    // There is none after a value either.
    expect(await check('"[MASK]."', "Fine? [MASK]. {{ more", "{{ place }}[MASK]. {{ more")).toEqual([]);
  });

  it("is checked with every example, like the text", async () => {
    const file = write(
      FINE.replace('"Fine? [MASK]."', '"{{ link }} [MASK]."'),
      ROWS.map((row, k) => ({ ...row, link: k === 2 ? null : "Fine?" })),
    );
    const { findings } = await checkTask(file, { root: join(file, "..") });
    expect(findings.list.map(({ line, code, example }) => [line, code, example])).toContainEqual([
      11,
      "cannot-compute",
      "2",
    ]);
  });
});

describe("the built-in tasks", () => {
  const getAnswers = ({ clozes }: ClozeQuestion) => clozes.map(({ answers }) => answers);

  it.each(builtinTasks())(
    "%s: every pattern has a premise, with the answers of its questions",
    async (name) => {
      const task = await findTask(name);
      const { examples } = await task.load({ root: "data/superglue-sample" });
      const ids = new Set<string>();
      for (const pattern of task.patterns) {
        expect(pattern.premise).toContain("[MASK]");
        for (const example of examples) {
          const [premise, ...more] = pattern.calibration("pmi", example);
          expect(more).toEqual([]);
          expect(getAnswers(premise!)).toEqual(getAnswers(pattern.question(example)));
          ids.add(premise!.id);
        }
      }
      // With a verbalizer, nothing in the premise depends on the example.
      const isFixed = !["copa", "record", "wsc"].includes(name);
      expect(ids.size > task.patterns.length).toBe(!isFixed);
      const findings = new Findings();
      for (const kind of ["pmi", "contextual"] as const)
        checkCalibration(task.patterns, kind, examples, findings);
      expect(findings.list).toEqual([]);
    },
  );

  it("use the premises of Holtzman et al., in the pattern's own words", async () => {
    const readPremise = async (name: string, patternId: string, id: number) => {
      const task = await findTask(name);
      const { examples } = await task.load({ root: "data/superglue-sample" });
      const pattern = task.patterns.find((each) => each.id === patternId)!;
      return formatQuestion(pattern.calibration("pmi", examples[id]!)[0]!).map(([parts]) => parts);
    };
    expect(await readPremise("boolq", "p0", 0)).toEqual([["Answer:", "<blank>", "."]]);
    expect(await readPremise("rte", "p4", 0)).toEqual([["True or False?", " answer:", "<blank>"]]);
    // The words are in segment B, as in the question.
    expect(await readPremise("cb", "p3", 0)).toEqual([["?", "<segment>", "<blank>", "."]]);
    const copa = (await findTask("copa")).load({ root: "data/superglue-sample" });
    const kinds = (await copa).examples.map(({ fields }) => fields.question);
    expect(await readPremise("copa", "p0", kinds.indexOf("cause"))).toEqual([[" because", "<blank>", "."]]);
    expect(await readPremise("copa", "p0", kinds.indexOf("effect"))).toEqual([[" so", "<blank>", "."]]);
  });
});

function catchFinding(ask: () => unknown): Finding {
  try {
    ask();
  } catch (error) {
    if (error instanceof FindingError) return error.finding;
    throw error;
  }
  throw new Error("expected a finding");
}
