import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadTask } from "../../src/tasks/index.js";
import { catchError, folders, jsonLines } from "./helpers.js";

const folder = folders();

const READER = `export const columns = ["question", "options"];
export async function* read(rows) {
  for await (const { fields, row } of rows)
    for (const [k, { text, wrong, right }] of fields.questions.entries())
      yield {
        id: fields.page + "-" + k,
        fields: { question: text, options: [right, ...wrong] },
        gold: right,
        group: fields.page,
        cluster: row.number,
      };
}
`;
const ROWS = [
  { page: 7, questions: [{ text: "What is red?", right: "blood", wrong: ["grass"] }] },
  {
    page: 8,
    questions: [
      { text: "What is green?", right: "grass", wrong: ["milk"] },
      { text: "What is white?", right: "milk", wrong: ["blood"] },
    ],
  },
];

/** Writes a task whose reader is this module, with these rows, and returns its path. */
function taskFile(reader: string, rows = jsonLines(ROWS), text = "{{ question }} [MASK]."): string {
  return join(
    folder({
      "task.yaml": `task: t
title: T
data: { reader: ./readers/pages.mjs, validation: pages.txt }
metrics: [exact_match]
patterns:
  - id: p0
    text: "${text}"
    answers_from: options
`,
      "readers/pages.mjs": reader,
      "pages.txt": rows,
    }),
    "task.yaml",
  );
}
const load = async (file: string) => (await loadTask(file)).load({ root: join(file, "..") });

describe("a reader module", () => {
  it("makes examples from rows, with ids, gold texts, groups and clusters", async () => {
    const file = taskFile(READER);
    const task = await loadTask(file);
    expect(task.reader).toEqual({
      file: join(file, "../readers/pages.mjs"),
      hash: createHash("sha256").update(READER).digest("hex"),
    });
    const { examples } = await task.load({ root: join(file, "..") });
    expect(examples).toEqual([
      {
        id: "7-0",
        fields: { question: "What is red?", options: ["blood", "grass"] },
        gold: ["blood"],
        group: "7",
        cluster: "1",
      },
      expect.objectContaining({ id: "8-0", gold: ["grass"], group: "8", cluster: "2" }),
      expect.objectContaining({ id: "8-1", gold: ["milk"], group: "8", cluster: "2" }),
    ]);
  });

  it("may be a plain function, and leave ids to the rows", async () => {
    const reader = "export async function read(rows) {}";
    expect((await catchError(() => load(taskFile(reader)))).message).toContain("is not async iterable");
    const list = `export const read = async function* (rows) { for await (const row of rows) yield { fields: row.fields }; }`;
    const rows = jsonLines([
      { idx: "a", question: "Q", options: ["x"] },
      { question: "R", options: ["y"] },
    ]);
    expect((await load(taskFile(list, rows))).examples.map(({ id }) => id)).toEqual(["a", "1"]);
  });

  it("is checked against the templates before any data is read, if it names its columns", async () => {
    const file = taskFile(READER, "", "{{ questoin }} [MASK].");
    const error = await catchError(() => loadTask(file));
    expect(error.message).toContain('the data has no column "questoin"');
    expect(error.hint).toContain('Did you mean "question"?');
  });

  it.each([
    [
      "export const reed = 1;",
      ":3:17: reader PLUGIN: the module exports reed; expected a function named read",
    ],
    [
      "export const read = 1;",
      ":3:17: reader PLUGIN: the module exports read; expected a function named read",
    ],
    ["export const read = ;", ":3:17: reader PLUGIN: the module failed to load: "],
    ["throw new Error('no');", ":3:17: reader PLUGIN: the module failed to load: Error: no"],
    [`${READER}`.replace("= [", "= [1, "), ":3:17: reader PLUGIN: columns is not a list of strings"],
  ])("is refused with its position in the task file: %s", async (reader, message) => {
    const file = taskFile(reader);
    const error = await catchError(() => loadTask(file));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(file + message.replace("PLUGIN", join(file, "../readers/pages.mjs")));
  });

  it("must exist", async () => {
    const file = taskFile(READER);
    const other = join(
      folder({
        "task.yaml":
          'task: t\ntitle: T\ndata: { reader: none.js, validation: x.csv }\nmetrics: [exact_match]\npatterns: [{ id: p0, text: "[MASK]", answers: [x] }]\n',
      }),
      "task.yaml",
    );
    expect((await catchError(() => loadTask(other))).message).toBe(
      `${other}:3:17: reader ${join(other, "../none.js")}: the file does not exist`,
    );
    expect((await loadTask(file)).name).toBe("t");
  });

  it.each([
    ["yield 3", "example 2 is 3; expected an object with fields"],
    ["yield { fields: [] }", 'example 2 is {"fields":[]}; expected an object with fields'],
    ["yield { fields: {}, gold: 3 }", "example 2 has gold 3; expected a string or a list of strings"],
    ["yield { fields: {}, id: {} }", "example 2 has id {}; expected a string or a number"],
    ["null.x", "TypeError: Cannot read properties of null"],
  ])("is named with the row if it fails: %s", async (bad, message) => {
    const reader = `export async function* read(rows) {
  let first = true;
  for await (const { fields } of rows) { if (first) yield { fields: { question: "", options: [] } }; else ${bad}; first = false; }
}`;
    const file = taskFile(reader);
    const error = await catchError(() => load(file));
    expect(error.message).toContain(
      `${join(file, "../pages.txt")}:2: reader ${join(file, "../readers/pages.mjs")}: ${message}`,
    );
  });

  it("does not change errors in the rows", async () => {
    const file = taskFile(READER, `${jsonLines(ROWS)}{`);
    expect((await catchError(() => load(file))).message).toContain(
      `${join(file, "../pages.txt")}:3: the line is not JSON`,
    );
  });
});
