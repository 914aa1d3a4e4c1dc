import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run } = workspace();
const MODEL = fileURLToPath(new URL("../../data/models/glm-tiny", import.meta.url));

const YAML = `task: mood
title: How do they feel?
data: { validation: mood.jsonl }
label: mood
labels: [sad, glad]
metrics: [accuracy]
patterns:
  - id: p0
    text: "{{ sentence | shorten }} I am [MASK]."
    verbalizer: { sad: bad, glad: good }
`;
const ROWS = [
  { sentence: "The rain would not stop.", mood: "sad" },
  { sentence: "We danced all night.", mood: "glad" },
  { sentence: "They found the lost dog.", mood: "glad" },
];

/** Writes a task file and its data. Returns the name of the task file. */
function task(name: string, yaml = YAML, rows: readonly unknown[] = ROWS): string {
  mkdirSync(path(name), { recursive: true });
  writeFileSync(path(name, "task.yaml"), yaml);
  writeFileSync(path(name, "mood.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  return `${name}/task.yaml`;
}

const validate = (...args: string[]) => run(["tasks", "validate", ...args]);

describe("tasks validate", () => {
  it("checks a suite and each of its tasks", async () => {
    task("in-suite");
    const suite = (tasks: string) => {
      writeFileSync(path("suite.yaml"), `suite: mine\ntitle: Mine\ntasks: [${tasks}]\n`);
      return validate("suite.yaml");
    };
    expect(expectDone(await suite("rte, ./in-suite/task.yaml"))).toMatch(
      /^suite.yaml: ok: 2 tasks\n\n.+rte.yaml: ok: 36 examples.*\n\n.+in-suite\/task.yaml: ok: 3 examples/,
    );
    const wrong = await suite("rtee, cb, cb");
    expect(wrong.code).toBe(3);
    expect(wrong.stdout).toMatch(/^suite.yaml:3:9: error: there is no task "rtee"\n/);
    expect(wrong.stdout).toMatch(/3 \| tasks: \[rtee, cb, cb\]\n +\| {9}\^/);
    expect(wrong.stdout).toContain('found task "cb" twice');
    expect(wrong.stdout).toMatch(/^suite.yaml: 2 errors$/m);
  });

  it("summarizes a valid task: exit code 0", async () => {
    const outcome = await validate(task("sound"), "rte");
    expect(expectDone(outcome)).toBe(
      "sound/task.yaml: ok: 3 examples, 1 pattern, labels sad 1 / glad 2\n\n" +
        `${outcome.stdout.split("\n").at(-2)}\n`,
    );
    expect(outcome.stdout).toMatch(
      /^.+rte\.yaml: ok: 36 examples, 5 patterns, labels entailment 18 \/ not_entailment 18$/m,
    );
  });

  it("shows every problem with position, line and hint: exit code 3", async () => {
    const yaml = YAML.replace("sentence |", "sentense |").replace("[accuracy]", "[acuracy]");
    const outcome = await validate(task("broken", yaml, [...ROWS, { ...ROWS[0], mood: "sadd" }]));
    expect(outcome.code).toBe(3);
    expect(outcome.stderr).toBe("checking broken/task.yaml …\n");
    expect(outcome.stdout).toBe(
      [
        'broken/task.yaml:6:11: error: there is no metric "acuracy"',
        "    6 | metrics: [acuracy]",
        "      |           ^^^^^^^",
        '  Did you mean "accuracy"? The metrics are: accuracy, f1_macro, f1a, em, token_f1, exact_match, mcc, gender_parity; or the path of a module (./metric.js)',
        "",
        'broken/task.yaml:9:15: error: pattern p0: the data has no column "sentense"',
        '    9 |     text: "{{ sentense | shorten }} I am [MASK]."',
        "      |               ^^^^^^^^",
        '  Did you mean "sentence"? The columns are: sentence, mood',
        "",
        `${path("broken/mood.jsonl")}:4: error: found label "sadd" in column "mood", which is not a label of this task`,
        '  Did you mean "sad"? The task\'s labels are: sad, glad',
        "",
        "broken/task.yaml: 3 errors",
        "",
      ].join("\n"),
    );
  });

  it("counts further problems of the same kind", async () => {
    const rows = Array.from({ length: 47 }, () => ({ sentence: "x", mood: "?" }));
    const { stdout } = await validate(task("many", YAML, rows));
    expect(stdout.match(/found label "\?"/g)).toHaveLength(10);
    expect(stdout).toMatch(/^ {2}… and 37 more like this$/m);
    expect(stdout).toMatch(/^many\/task\.yaml: 47 errors$/m);
  });

  it("respects --data, --split and --limit", async () => {
    mkdirSync(path("elsewhere"));
    writeFileSync(path("elsewhere/mood.jsonl"), JSON.stringify(ROWS[0]));
    const file = task("placed");
    const held = async (...args: string[]) => (await validate(file, ...args)).stdout.split("\n").at(-2);
    expect(await held("--data", "elsewhere")).toBe(
      "placed/task.yaml: ok, 1 warning: 1 example, 1 pattern, labels sad 1 / glad 0",
    );
    expect(await held("--limit", "2")).toBe(
      "placed/task.yaml: ok: 2 examples, 1 pattern, labels sad 1 / glad 1",
    );
    const { stdout, code } = await validate(file, "--split", "test");
    expect([stdout.split("\n")[0], code]).toEqual([
      'placed/task.yaml: error: the task has no split "test"; its splits are: validation',
      3,
    ]);
  });

  it("prints JSON", async () => {
    const sound = task("json-sound");
    const broken = task("json-broken", YAML.replace("bad, glad", "bad, glda"));
    const outcome = await validate(sound, broken, "--json");
    expect(outcome.code).toBe(3);
    expect(JSON.parse(outcome.stdout)).toMatchObject([
      {
        file: sound,
        valid: true,
        errors: 0,
        findings: [],
        patterns: ["p0"],
        split: "validation",
        data_file: path("json-sound/mood.jsonl"),
        examples: 3,
        labels: [
          { label: "sad", examples: 1 },
          { label: "glad", examples: 2 },
        ],
      },
      {
        file: broken,
        valid: false,
        errors: 1,
        findings: [
          {
            severity: "error",
            code: "unknown-label",
            file: broken,
            line: 10,
            column: 17,
            end_column: 41,
            pattern: "p0",
            message: 'found words for "glda", which is not a label of this task',
            hint: 'Did you mean "glad"? The labels are: sad, glad',
          },
        ],
        patterns: [],
      },
    ]);
  });

  it("checks lengths and answer words with a model's tokenizer", async () => {
    const yaml = YAML.replace(
      "{ sad: bad, glad: good }",
      "{ sad: [字, falsehood], glad: [符, falsely] }",
    ).replace("sentence | shorten", "sentence");
    const rows = [...ROWS, { sentence: "word ".repeat(300), mood: "sad" }];
    const outcome = await validate(task("model", yaml, rows), "--model", MODEL);
    expect(outcome.code).toBe(3);
    expect(outcome.stdout).toMatch(
      /warning: pattern p0: the answer " 字" has characters that are not in the vocabulary: \[UNK\]/,
    );
    expect(outcome.stdout).toMatch(
      /warning: pattern p0: " 字" \(sad\) and " 符" \(glad\) are the same to this model: \[UNK\]/,
    );
    expect(outcome.stdout).toMatch(/warning: pattern p0: the word " falsehood" has \d tokens: fal ##/);
    expect(outcome.stdout).toMatch(
      /" falsehood" \(sad\) and " falsely" \(glad\) start with the same token: fal$/m,
    );
    expect(outcome.stdout).toMatch(
      /error: pattern p0: text and answer have 3\d\d tokens; at most 256 fit \(example 3\)/,
    );
    const cut = await validate(task("cut", YAML, rows), "--model", MODEL, "--max-length", "200");
    expect(cut.code).toBe(0);
    expect(cut.stdout).toMatch(/warning: pattern p0: the text of 1 of 4 examples is cut to fit 200 tokens/);
  });

  it("needs an existing task", async () => {
    expectRefused(await validate(), 2, "no task given");
    expectRefused(await validate("nowhere.yaml"), 3, "there is no task file nowhere.yaml");
    expectRefused(await validate("rtee"), 2, 'there is no task "rtee"', 'Did you mean "rte"');
    expectRefused(await validate(task("modelless"), "--model", "./nothing"), 4, "nothing");
  });
});
