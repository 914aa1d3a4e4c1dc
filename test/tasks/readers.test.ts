import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findTask } from "../../src/tasks/index.js";
import { catchError, folders, jsonLines } from "./helpers.js";

const folder = folders();

async function load(name: string, rows: readonly unknown[] | string | Uint8Array) {
  const task = await findTask(name);
  const file = task.dataFiles.validation![0]!;
  const content = typeof rows === "string" || rows instanceof Uint8Array ? rows : jsonLines(rows);
  return (await task.load({ root: folder({ [file]: content }) })).examples;
}

async function loadError(name: string, rows: readonly unknown[] | string | Uint8Array): Promise<string> {
  const task = await findTask(name);
  const file = task.dataFiles.validation![0]!;
  const content = typeof rows === "string" || rows instanceof Uint8Array ? rows : jsonLines(rows);
  const root = folder({ [file]: content });
  const error = await catchError(() => task.load({ root }));
  expect(error.kind).toBe("data");
  return (
    error.message.replace(join(root, file), "file") + (error.hint === undefined ? "" : ` | ${error.hint}`)
  );
}

describe("lines", () => {
  const row = (passage: string) => JSON.stringify({ passage, question: "q", label: true });

  it("may end in CRLF, be blank, follow a BOM, and contain U+2028", async () => {
    const examples = await load("boolq", `\ufeff${row("a")}\r\n\r\n  \n${row("b\u2028c")}`);
    expect(examples.map(({ fields }) => fields.passage)).toEqual(["a", "b\u2028c"]);
  });

  it("may be split anywhere between chunks", async () => {
    const passages = Array.from({ length: 300 }, (_, i) => "é€🙂".repeat(i));
    const examples = await load("boolq", passages.map((passage) => `${row(passage)}\n`).join(""));
    expect(examples.map(({ fields }) => fields.passage)).toEqual(passages);
  });

  it("must be UTF-8", async () => {
    const message = await loadError("boolq", Uint8Array.of(...Buffer.from(`${row("a")}\n"`), 0xe9, 0x22));
    expect(message).toContain("bytes that are not UTF-8");
  });
});

describe("multirc", () => {
  const passage = (questions: unknown) => [{ idx: 2, passage: { text: "T", questions } }];

  it("makes one example per answer, grouped by question, clustered by passage", async () => {
    const examples = await load("multirc", [
      ...passage([
        {
          question: "Q",
          idx: 0,
          answers: [
            { text: "‘A’", idx: 0, label: 1 },
            { text: "B", idx: 1, label: 0 },
          ],
        },
      ]),
      {
        idx: 3,
        passage: { text: "U", questions: [{ question: "R", idx: 0, answers: [{ text: "C", idx: 0 }] }] },
      },
    ]);
    expect(examples).toEqual([
      {
        id: "2-0-0",
        fields: { passage: "T", question: "Q", answer: "'A'", label: 1 },
        label: "1",
        group: "2-0",
        cluster: "2",
      },
      {
        id: "2-0-1",
        fields: { passage: "T", question: "Q", answer: "B", label: 0 },
        label: "0",
        group: "2-0",
        cluster: "2",
      },
      {
        id: "3-0-0",
        fields: { passage: "U", question: "R", answer: "C", label: undefined },
        group: "3-0",
        cluster: "3",
      },
    ]);
  });

  it.each([
    [passage("no"), 'file:1: "passage.questions" is "no"; expected a list'],
    [
      passage([{ question: "Q", idx: 0, answer: [] }]),
      '"passage.questions[0].answers" is missing; expected a list',
    ],
    [
      passage([{ question: 1, idx: 0, answers: [{ idx: 0, text: "" }] }]),
      '"passage.questions[0].question" is 1; expected a string',
    ],
    [passage([null]), '"passage.questions[0]" is null; expected an object'],
    [[{ passage: { text: "" } }], 'file:1: "idx" is missing; expected a number or a string'],
  ])("%j", async (rows, message) => {
    expect(await loadError("multirc", rows)).toContain(message);
  });
});

describe("record", () => {
  const text = "🙂 Ö and O met.\n@highlight\nÖ “won”";
  const row = (entities: unknown, query = "Then @placeholder left.") => ({
    idx: 1,
    passage: { text, entities },
    qas: [
      {
        query,
        idx: 9,
        answers: [
          { start: 0, end: 0, text: "Ö" },
          { start: 0, end: 0, text: "O" },
        ],
      },
    ],
  });

  it("counts characters as Python does, up to the last one, and lists each entity once, sorted", async () => {
    const spans = [
      [2, 2],
      [8, 8],
      [0, 0],
      [26, 26],
      [28, 32],
    ].map(([start, end]) => ({ start, end }));
    const [example] = await load("record", [row(spans)]);
    expect(example).toEqual({
      id: "9",
      fields: {
        passage: '🙂 Ö and O met.\n- Ö "won"',
        query: "Then @placeholder left.",
        before: "Then ",
        after: " left.",
        entities: ['"won"', "O", "Ö", "🙂"],
      },
      gold: ["O", "Ö"],
      cluster: "1",
    });
  });

  it("sorts its entities by code points, not by UTF-16 units, which would put 🙂 before ﬁ and Ａ", async () => {
    const names = ["🙂", "a🙂b", "Ａ", "aＡ", "\u{10ffff}", "ﬁ", "a", "\ue000", "a🙂", "\ud7ff", "𝒜"];
    const passage = names.join(" ");
    let at = 0;
    const entities = names.map((name) => {
      const start = at;
      at += [...name].length + 1;
      return { start, end: at - 2 };
    });
    const data = { idx: 1, passage: { text: passage, entities }, qas: [{ query: "@placeholder.", idx: 9 }] };
    const [example] = await load("record", [data]);
    const sorted = ["a", "aＡ", "a🙂", "a🙂b", "\ud7ff", "\ue000", "ﬁ", "Ａ", "𝒜", "🙂", "\u{10ffff}"];
    expect(example!.fields.entities).toEqual(sorted);
    expect([...names].sort()).not.toEqual(sorted);
    // With equal scores the first answer wins, so this is the order of the answers.
    const [pattern] = (await findTask("record")).patterns;
    const questions = [pattern!.question(example!), ...pattern!.calibration("pmi", example!)];
    for (const { clozes } of questions)
      expect(clozes[0]!.answers.map(({ text }) => text)).toEqual(sorted.map((name) => ` ${name}`));
  });

  it("has no gold answers in test data", async () => {
    const { qas, ...rest } = row([{ start: 2, end: 2 }]);
    const examples = await load("record", [{ ...rest, qas: [{ query: qas[0]!.query, idx: 9 }] }]);
    expect("gold" in examples[0]!).toBe(false);
  });

  it.each([
    [row([{ start: 30, end: 40 }]), "file:1: entity 30–40 is outside its passage of 33 characters"],
    [row([{ start: 3, end: 2 }]), "entity 3–2 is outside"],
    [row([{ start: "3", end: 2 }]), '"passage.entities[0].start" is "3"; expected a whole number'],
    [row([], "no hole"), 'expected one @placeholder in the query, found none: "no hole"'],
    [row([], "@placeholder @placeholder"), "expected one @placeholder in the query, found 2"],
  ])("%j", async (bad, message) => {
    expect(await loadError("record", [bad])).toContain(message);
  });

  it("refuses a question without entities", async () => {
    const task = await findTask("record");
    const [example] = await load("record", [row([])]);
    const error = await catchError(() => task.patterns[0]!.question(example!));
    expect(error.message).toContain(
      'pattern p0: column "entities" holds an empty list; expected a list of one or more texts (example 9)',
    );
  });
});

describe("wsc", () => {
  const row = (text: string, span1: string, pronoun: string, index: number, more: object = {}) => ({
    text,
    target: { span1_index: 0, span1_text: span1, span2_index: index, span2_text: pronoun },
    idx: 3,
    label: false,
    ...more,
  });
  const read = async (...args: Parameters<typeof row>) => (await load("wsc", [row(...args)]))[0]!;

  it.each([
    ["at its index", "Ann met Bea when she sang.", 4, "Ann met Bea when *she* sang."],
    ["one too far", "Ann met Bea when  she sang.", 5, "Ann met Bea when *she* sang."],
    ["one too near", "Ann met Bea when she sang.", 3, "Ann met Bea when *she* sang."],
    ["with punctuation", "Bea sang, said she, well.", 3, "Bea sang, said *she* , well."],
  ])("puts the pronoun in asterisks: %s", async (_, text, index, expected) => {
    const { fields, label } = await read(text, "Ann", "she", index);
    expect(fields.text).toBe(expected);
    expect(fields.pronoun).toBe("she");
    expect(label).toBe("false");
  });

  it("reports where it expected the pronoun", async () => {
    expect(await loadError("wsc", [row("Ann met Bea.", "Ann", "she", 2)])).toContain(
      'file:1: expected the pronoun "she" at token 2 of the text, found "Bea."',
    );
    expect(await loadError("wsc", [row("Ann met Bea.", "Ann", "she", 7)])).toContain(
      'at token 7 of the text, found "its end"',
    );
  });

  it("uses the record's own candidates, each once, after the phrase", async () => {
    const candidates = ["Bea", "Ann", "Bea", "the choir"].map((text) => ({ text }));
    const { fields } = await read("Ann met Bea when she sang.", "Ann", "she", 4, { candidates });
    expect(fields.candidates).toEqual(["Ann", "Bea", "the choir"]);
  });

  it.each([
    // neither the phrase itself, with any article, nor the pronoun
    ["The drum fell on the flute because it was loose.", "the drum", "it", 7, ["the drum", "the flute"]],
    // each once, regardless of article and case
    [
      "A gardener saw the gardener who waved, but he left the gate.",
      "the gate",
      "he",
      8,
      ["the gate", "A gardener"],
    ],
    // a conjunction is two phrases for a singular pronoun, one for a plural one
    ["Mary and Ellen met Mrs. Smith after she called.", "Ellen", "she", 7, ["Ellen", "Mary", "Mrs. Smith"]],
    [
      "Mary and Ellen met the teachers after they called.",
      "the teachers",
      "they",
      7,
      ["the teachers", "Mary and Ellen"],
    ],
    // no punctuation at the end, and no phrase that starts with the pronoun itself
    ["The baker, a kind man, lost his hat.", "The baker", "his", 6, ["The baker", "a kind man"]],
    // an owner is not the thing owned
    ["Karl 's uncle wrote to Karl before he came.", "Karl", "he", 7, ["Karl", "Karl's uncle"]],
  ])("finds other phrases: %s", async (text, span, pronoun, index, expected) => {
    expect((await read(text, span, pronoun, index)).fields.candidates).toEqual(expected);
  });

  it("has one candidate if the text has no other phrases", async () => {
    expect((await read("Ann sang because she wept.", "Ann", "she", 3)).fields.candidates).toEqual(["Ann"]);
  });
});

describe("axg", () => {
  const row = (hypothesis: string, pair?: number) => ({
    premise: "p",
    hypothesis,
    label: "entailment",
    ...(pair !== undefined && { pair_id: pair }),
  });
  const groups = async (rows: readonly unknown[]) => (await load("axg", rows)).map(({ group }) => group);

  it("treats two consecutive rows as a pair, as in the official file", async () => {
    expect(await groups([row("a", 10), row("a", 12), row("b", 14), row("b", 16)])).toEqual([
      "0",
      "0",
      "1",
      "1",
    ]);
    expect(await groups([row("a"), row("a")])).toEqual(["0", "0"]);
  });

  it("uses a pair_id that two rows share", async () => {
    expect(await groups([row("a", 7), row("b", 8), row("b", 8), row("a", 7)])).toEqual(["7", "8", "8", "7"]);
  });

  it("refuses rows that are not pairs", async () => {
    expect(await loadError("axg", [row("a", 1), row("b", 2)])).toContain(
      "file:2: expected the hypothesis of the previous row",
    );
  });
});
