import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DataForm } from "../../src/tasks/formats/detect-format.js";
import { previewData } from "../../src/tasks/index.js";
import { folders } from "./helpers.js";

const folder = folders();

async function preview(name: string, content: string | Uint8Array, given: DataForm = {}) {
  const file = join(folder({}), name);
  writeFileSync(file, content);
  const { form, rows, columns } = await previewData(file, given);
  const known = Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined));
  return { form: known, rows, columns: columns.map((column) => column.name) };
}

const LINES = '{"text": "one", "mood": "bad"}\n{"text": "two", "mood": "good"}\n';
const LIST = '[\n  {"text": "one", "mood": "bad"},\n  {"text": "two", "mood": "good"}\n]';
const TABLE = "text,mood\none,bad\ntwo,good\n";

describe("a data file's form", () => {
  it.each<[string, string, string | Uint8Array, DataForm]>([
    ["JSON lines by their name", "rows.jsonl", LINES, {}],
    ["JSON lines named .json", "rows.json", LINES, { reader: "jsonl" }],
    [
      "JSON lines with CRLF and a byte order mark",
      "rows.txt",
      `\ufeff${LINES.replaceAll("\n", "\r\n")}`,
      { reader: "jsonl" },
    ],
    ["a list by its name", "rows.json", LIST, {}],
    ["a list named .jsonl", "rows.jsonl", LIST, { reader: "json" }],
    ["CSV", "rows.csv", TABLE, {}],
    ["CSV of another name", "rows.data", TABLE, { reader: "csv" }],
    ["TSV of another name", "rows.txt", TABLE.replaceAll(",", "\t"), { reader: "tsv" }],
    ["semicolons", "rows.csv", TABLE.replaceAll(",", ";"), { delimiter: ";" }],
    ["tabs named .csv", "rows.csv", TABLE.replaceAll(",", "\t"), { delimiter: "\t" }],
    ["UTF-16", "rows.tsv", Buffer.from(`\ufeff${TABLE.replaceAll(",", "\t")}`, "utf16le"), {}],
    ["stray quotes", "rows.tsv", 'text\tmood\n"one\tbad\n"two\tgood\n', { quote: "" }],
  ])("%s", async (_, name, content, form) => {
    expect(await preview(name, content)).toEqual({ form, rows: 2, columns: ["text", "mood"] });
  });

  it("includes column names if a value of the first row occurs again in its column", async () => {
    const content = "bad\tone\ngood\ttwo\nbad\tthree\n";
    expect(await preview("rows.tsv", content)).toEqual({
      form: { header: ["column1", "column2"] },
      rows: 3,
      columns: ["column1", "column2"],
    });
    const header = ["mood", "text"];
    expect(await preview("rows.tsv", content, { header })).toEqual({
      form: { header },
      rows: 3,
      columns: header,
    });
  });

  it("is what is given, regardless of the content", async () => {
    expect(await preview("rows.csv", '"a";b\n1;2\n', { delimiter: ",", quote: "" })).toEqual({
      form: { delimiter: ",", quote: "" },
      rows: 1,
      columns: ['"a";b'],
    });
    await expect(preview("rows.csv", LINES, { reader: "json" })).rejects.toThrow("the file is not JSON");
  });
});
