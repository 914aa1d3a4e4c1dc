import { describe, expect, it } from "vitest";
import { compileText } from "../../src/patterns/index.js";
import { answersFor, withSpace } from "../../src/verbalizers/index.js";

const text = (source: string) => compileText(source, { file: "task.yaml" });

describe("words", () => {
  const source = {
    kind: "words",
    words: [
      { label: "false", words: ["No", "Never"] },
      { label: "true", words: [" Yes"] },
    ],
  } as const;

  it("gives an answer for each word, in class order, with the blank's space", () => {
    expect(answersFor(source, true, {})).toEqual([
      { text: " No", label: "false" },
      { text: " Never", label: "false" },
      { text: " Yes", label: "true" },
    ]);
  });

  it("keeps a space that the word has of its own where the blank has none", () => {
    expect(answersFor(source, false, {}).map((answer) => answer.text)).toEqual(["No", "Never", " Yes"]);
  });
});

describe("templates", () => {
  const templates = [text("{{ a | lower_first }}"), text("{{ b }} or {{ a }}")];

  it("stand for labels by their place", () => {
    const source = { kind: "templates", templates, labels: ["0", "1"] } as const;
    expect(answersFor(source, true, { a: "One", b: "two" })).toEqual([
      { text: " one", label: "0" },
      { text: " two or One", label: "1" },
    ]);
  });

  it("have no label where the task gives none", () => {
    expect(answersFor({ kind: "templates", templates }, false, { a: "One", b: "two" })).toEqual([
      { text: "one" },
      { text: "two or One" },
    ]);
  });

  it("must give text", () => {
    expect(() => answersFor({ kind: "templates", templates: [text("{{ a }}")] }, true, { a: " " })).toThrow(
      "answer 1 is empty",
    );
  });
});

describe("a column", () => {
  it("gives its texts", () => {
    const source = { kind: "column", column: "entities" } as const;
    expect(answersFor(source, true, { entities: ["Ada", " Bo"] })).toEqual([
      { text: " Ada" },
      { text: " Bo" },
    ]);
  });

  it("may have fewer texts than there are labels, not more", () => {
    const source = { kind: "column", column: "c", labels: ["0", "1", "2"] } as const;
    expect(answersFor(source, false, { c: ["x", "y"] })).toEqual([
      { text: "x", label: "0" },
      { text: "y", label: "1" },
    ]);
    expect(() => answersFor(source, false, { c: ["x", "y", "z", "w"] })).toThrow(
      "found 4 answers; expected at most 3, one for each label (0, 1, 2)",
    );
  });

  it.each([
    [undefined, "nothing"],
    ["text", '"text"'],
    [[], "an empty list"],
    [["x", null], "a list of more than texts"],
  ])("refuses %j", (value, found) => {
    expect(() => answersFor({ kind: "column", column: "c" }, true, { c: value })).toThrow(
      `column "c" holds ${found}; expected a list of one or more texts`,
    );
  });
});

it("puts no second space before an answer", () => {
  expect(withSpace(" Yes", true)).toBe(" Yes");
  expect(withSpace("\nYes", true)).toBe("\nYes");
  expect(withSpace("Yes", false)).toBe("Yes");
});
