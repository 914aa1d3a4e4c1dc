import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Findings } from "../../src/findings.js";
import { FORMATS, type TextTableOptions } from "../../src/tasks/formats/index.js";
import { folders } from "./helpers.js";

const folder = folders();

/** The rows of a table and its findings: "error 2: a quoted field …". */
async function read(format: "csv" | "tsv", content: string | Uint8Array, options: TextTableOptions = {}) {
  const name = `rows.${format}`;
  const path = join(folder({}), name);
  writeFileSync(path, content);
  const findings = new Findings();
  const rows: { line: number; fields: object }[] = [];
  for await (const { row, fields } of FORMATS.get(format)!.rows({ path, name }, options, findings))
    rows.push({ line: row.number, fields });
  const found = findings.list.map(({ severity, line, message }) => `${severity} ${line}: ${message}`);
  return { rows, found, hints: findings.list.map(({ hint }) => hint) };
}

/** Three rows of a film list without quoting, in which two texts happen to start and end with a quote. */
const SWALLOWED = 'text\tmood\n"The reel tore\tbad\nA calm film\tgood\nHe whispered "run"\tbad\nFine\tgood\n';

describe("a quoted field that spans lines", () => {
  it("is an error in TSV if each of its lines is a row; the message says where it starts and ends", async () => {
    const { found, hints } = await read("tsv", SWALLOWED.replace('whispered "run"', 'whispered run"'));
    expect(found).toEqual([
      "error 2: a quoted field starts on line 2 and ends on line 4, and each of these lines has 2 fields without the quotes: rows may be lost",
    ]);
    expect(hints[0]).toContain('quote: ""');
    const { rows } = await read("tsv", SWALLOWED, { quote: "" });
    expect(rows).toHaveLength(4);
    expect(rows[0]!.fields).toEqual({ text: '"The reel tore', mood: "bad" });
  });

  it("is an error in TSV if other fields have quotes without being quoted", async () => {
    const { found } = await read("tsv", 'text\tmood\n36" screen\tgood\n"one\ntwo"\tbad\n');
    expect(found).toEqual([
      expect.stringMatching(/^error 3: .* ends on line 4, and the file has quotes in fields/),
    ]);
  });

  it("is a warning in TSV otherwise, and accepted if the task file names the quote", async () => {
    const content = 'text\tmood\n"one ""two""\nthree"\tbad\nx\tgood\n';
    const { found, rows } = await read("tsv", content);
    expect(found).toEqual(["warning 2: a quoted field starts on line 2 and ends on line 3"]);
    expect(rows).toEqual([
      { line: 2, fields: { text: 'one "two"\nthree', mood: "bad" } },
      { line: 4, fields: { text: "x", mood: "good" } },
    ]);
    expect((await read("tsv", content, { quote: '"' })).found).toEqual([]);
    expect((await read("tsv", `${content}"y\nz"\tbad\n`)).found).toEqual([
      "warning 2: a quoted field starts on line 2 and ends on line 3 (1 more row spans lines)",
    ]);
  });

  it("is normal in CSV", async () => {
    const { found, rows } = await read(
      "csv",
      'text,mood\r\n"one, ""two""\nthree, four, five",bad\r\nx,good\r\n',
    );
    expect(found).toEqual([]);
    expect(rows.map(({ line }) => line)).toEqual([2, 4]);
  });

  it("is a warning in CSV if all such fields could be rows, or quotes are found in fields that are not quoted", async () => {
    const rows = 'text,mood\n"The reel tore,bad\nA calm film,good\nThe end",bad\n';
    expect((await read("csv", rows)).found).toEqual([
      expect.stringMatching(/^warning 2: .*ends on line 4, and each/),
    ]);
    const proper = '"a long text, in two\nparts, of which none, is a row",good\n';
    expect((await read("csv", rows + proper)).found).toEqual([]);
    expect((await read("csv", `text,mood\n5" nail,bad\n${proper}`)).found).toEqual([
      expect.stringMatching(/^warning 3: .*the file has quotes in fields/),
    ]);
  });

  it("that is never closed, or has text after its closing quote, stops reading", async () => {
    await expect(read("tsv", 'a\tb\n1\t2\n"open\t3\nmore\t4\n')).rejects.toThrow(
      "rows.tsv:3: a quote opens a field on line 3 and never closes: the field extends to line 4",
    );
    await expect(read("tsv", 'a\tb\n"open\t3\nthe "end" of it\t4\n')).rejects.toThrow(
      "rows.tsv:2: a quote opens a field on line 2; the next one, on line 3, has text after it",
    );
  });
});

describe("the form of a table", () => {
  const expected = [
    { line: 2, fields: { text: "one", mood: "bad" } },
    { line: 3, fields: { text: "two", mood: "good" } },
  ];

  it.each([
    ["LF", "text,mood\none,bad\ntwo,good\n"],
    ["CRLF", "text,mood\r\none,bad\r\ntwo,good\r\n"],
    ["CR", "text,mood\rone,bad\rtwo,good\r"],
    ["CRLF after a first LF", "text,mood\none,bad\r\ntwo,good\r\n"],
    ["LF after a first CRLF", "text,mood\r\none,bad\ntwo,good"],
    ["names with spaces around them", "text, mood \none,bad\ntwo,good\n"],
    ["a byte order mark", '\ufeff"text",mood\none,bad\ntwo,good\n'],
    ["UTF-16, little endian", Buffer.from("\ufefftext,mood\none,bad\ntwo,good\n", "utf16le")],
    ["UTF-16, big endian", Buffer.from("\ufefftext,mood\none,bad\ntwo,good\n", "utf16le").swap16()],
  ])("may be %s", async (_, content) => {
    expect(await read("csv", content)).toEqual({ rows: expected, found: [], hints: [] });
  });

  it.each([
    ["CRLF between rows, LF inside", 'a,b\r\n"x\ny",1\r\n', "x\ny"],
    ["LF between rows, CRLF inside", 'a,b\n"x\r\ny",1\n', "x\r\ny"],
    ["LF between rows, CR outside of quotes", "a,b\nx\ry,1\n", "x\ry"],
    ["both between rows, read as LF", 'a,b\r\n"x\r\ny",1\n', "x\ny"],
  ])("keeps the line ends of a field: %s", async (_, content, text) => {
    expect((await read("csv", content)).rows).toEqual([{ line: 2, fields: { a: text, b: "1" } }]);
  });

  it("has each column name once, except columns without a name", async () => {
    await expect(read("csv", "a, a\n1,2\n")).rejects.toThrow('found column "a" twice in the header');
    expect((await read("csv", ",a,\n0,1,\n")).rows).toEqual([{ line: 2, fields: { "": "", a: "1" } }]);
  });

  it("of one column may have the other delimiters in its name, if the task file names the delimiter", async () => {
    await expect(read("tsv", "a,b\n1,2\n")).rejects.toThrow('looks like 2, separated by ","');
    expect((await read("tsv", "a,b\n1,2\n", { delimiter: "\t" })).rows[0]!.fields).toEqual({ "a,b": "1,2" });
  });
});
