import { describe, expect, it } from "vitest";
import { compileText } from "../../src/patterns/index.js";
import { addSpace, getAnswers } from "../../src/verbalizers/index.js";

const text = (source: string) => compileText(source, { file: "task.yaml" });

describe("words", () => {
  const source = {
    kind: "words",
    words: [
      { label: "false", words: ["No", "Never"] },
      { label: "true", words: [" Yes"] },
    ],
  } as const;

  it("give one answer per word, in class order, with the space before the blank", () => {
    expect(getAnswers(source, true, {})).toEqual([
      { text: " No", label: "false" },
      { text: " Never", label: "false" },
      { text: " Yes", label: "true" },
    ]);
  });

  it("keep their own leading space if the blank has none", () => {
    expect(getAnswers(source, false, {}).map((answer) => answer.text)).toEqual(["No", "Never", " Yes"]);
  });
});

describe("templates", () => {
  const templates = [text("{{ a | lower_first }}"), text("{{ b }} or {{ a }}")];

  it("map to labels by position", () => {
    const source = { kind: "templates", templates, labels: ["0", "1"] } as const;
    expect(getAnswers(source, true, { a: "One", b: "two" })).toEqual([
      { text: " one", label: "0" },
      { text: " two or One", label: "1" },
    ]);
  });

  it("have no label if the task has none", () => {
    expect(getAnswers({ kind: "templates", templates }, false, { a: "One", b: "two" })).toEqual([
      { text: "one" },
      { text: "two or One" },
    ]);
  });

  it("must not be empty", () => {
    expect(() => getAnswers({ kind: "templates", templates: [text("{{ a }}")] }, true, { a: " " })).toThrow(
      "answer 1 is empty",
    );
  });
});

describe("a column", () => {
  it("provides its texts", () => {
    const source = { kind: "column", column: "entities" } as const;
    expect(getAnswers(source, true, { entities: ["Ada", " Bo"] })).toEqual([
      { text: " Ada" },
      { text: " Bo" },
    ]);
  });

  it("may have fewer texts than labels, but not more", () => {
    const source = { kind: "column", column: "c", labels: ["0", "1", "2"] } as const;
    expect(getAnswers(source, false, { c: ["x", "y"] })).toEqual([
      { text: "x", label: "0" },
      { text: "y", label: "1" },
    ]);
    expect(() => getAnswers(source, false, { c: ["x", "y", "z", "w"] })).toThrow(
      "found 4 answers; expected at most 3, one per label (0, 1, 2)",
    );
  });

  it.each([
    [undefined, "nothing"],
    ["text", '"text"'],
    [[], "an empty list"],
    [["x", null], "a list with items that are not text"],
  ])("rejects %j", (value, found) => {
    expect(() => getAnswers({ kind: "column", column: "c" }, true, { c: value })).toThrow(
      `column "c" holds ${found}; expected a list of one or more texts`,
    );
  });
});

it("adds no second space before an answer", () => {
  expect(addSpace(" Yes", true)).toBe(" Yes");
  expect(addSpace("\nYes", true)).toBe("\nYes");
  expect(addSpace("Yes", false)).toBe("Yes");
});
