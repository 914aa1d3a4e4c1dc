import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseExamples, examplesMarkdown, examplesText } from "../../src/report/index.js";
import { answer, sample } from "./samples.js";

const answers = [answer("it was fragile", -12.4, "0"), answer("it was small", -9.125, "1")];
const other = [answer("it was fragile", -3.5, "0"), answer("it was small", -20, "1")];
const NAMES = ["Ann", "Bill", "Carl", "Dan", "Eve", "Fay", "Bob", "Gus"];
const SAMPLES = new Map([
  [
    "copa",
    [
      sample("1", "1", { label: "0", answers, text: `${"A long premise ".repeat(10)}because [MASK].` }),
      sample("2", "1", { label: "1", answers, tie: true }),
      sample("3", "1", { label: "0", answers }),
      sample("1", "0", { label: "0", answers: other, model: "bert" }),
      sample("2", "1", { label: "1", answers: other, model: "bert" }),
      sample("3", "1", { label: "0", answers: other, model: "bert" }),
    ],
  ],
  [
    "record",
    [
      sample("7", "Ann", {
        gold: ["Bob", "Rob"],
        answers: NAMES.map((name, k) => answer(name, -k - 1)),
      }),
      sample("8", "the Bob", { gold: ["Bob"] }),
      sample("9", "Bob"),
    ],
  ],
]);

const ids = (options: Parameters<typeof chooseExamples>[1]) =>
  chooseExamples(SAMPLES, options).map(({ chosen }) => chosen.map(({ samples }) => samples[0].id));

describe("chooseExamples", () => {
  it("picks wrong, right and all examples of the first model; without gold labels they are neither", () => {
    expect(ids({ which: "wrong" })).toEqual([["1", "3"], ["7"]]);
    expect(ids({ which: "right" })).toEqual([["2"], ["8"]]);
    expect(ids({ which: "all" })).toEqual([
      ["1", "2", "3"],
      ["7", "8", "9"],
    ]);
    expect(ids({ which: "wrong", model: "bert" })).toEqual([["3"], []]);
  });

  it("picks examples on which two models disagree, with both samples", () => {
    const [copa, record] = chooseExamples(SAMPLES, { which: "disagree" });
    expect(copa!.chosen.map(({ samples }) => samples.map(({ predicted }) => predicted))).toEqual([
      ["1", "0"],
    ]);
    expect(record!.chosen).toEqual([]);
  });

  it("stops at the count for each task and knows the total", () => {
    const [copa] = chooseExamples(SAMPLES, { which: "wrong", count: 1 });
    expect(copa).toMatchObject({ all: 2, chosen: [{ right: false }] });
  });

  it.each([
    [{ which: "wrong", count: 0 }, /integer of at least 1, not 0/],
    [{ which: "wrong", model: "t5" }, /no samples of model "t5"/],
  ] as const)("rejects %o", (options, message) => {
    expect(() => chooseExamples(SAMPLES, options)).toThrow(
      expect.objectContaining({ kind: "usage", message: expect.stringMatching(message) }),
    );
  });

  it("needs two models to disagree", () => {
    const alone = new Map([["copa", SAMPLES.get("copa")!.slice(0, 3)]]);
    expect(() => chooseExamples(alone, { which: "disagree" })).toThrow(
      /needs two models, but all samples are from glm-tiny/,
    );
  });
});

describe("examples in text", () => {
  it("show the question, the answers' scores, the prediction and the gold answer", () => {
    expect(examplesText(SAMPLES, { which: "wrong", count: 1, width: 80 })).toMatchInlineSnapshot(`
      "COPA: 1 of 2 wrong examples

      COPA 1, pattern p0: gold 0, predicted 1
        A long premise A long premise A long premise A long premise A long premise A
        long premise A long premise A long premise A long premise A long premise
        because [MASK].
        >   -9.13  it was small (1)
         * -12.40  it was fragile (0)

      ReCoRD: 1 wrong example

      ReCoRD 7, pattern p0: gold Bob / Rob, predicted Ann
        It was [MASK].
        >  -1.00  Ann
           -2.00  Bill
           -3.00  Carl
           -4.00  Dan
           -5.00  Eve
         * -7.00  Bob
        … 2 more"
    `);
  });

  it("show the scores of all models that disagree", () => {
    expect(examplesText(SAMPLES, { which: "disagree" })).toMatchInlineSnapshot(`
      "COPA: 1 example on which models disagree

      COPA 1, pattern p0: gold 0, glm-tiny 1, bert 0
        A long premise A long premise A long premise A long premise A long premise A long premise A long
        premise A long premise A long premise A long premise because [MASK].
        >   -9.13 -20.00  it was small (1)
         * -12.40  -3.50  it was fragile (0)

      ReCoRD: 0 examples on which models disagree"
    `);
  });

  it("mark a tie", () => {
    expect(examplesText(SAMPLES, { which: "right" })).toContain(
      "COPA 2, pattern p0: gold 1, predicted 1 (a tie)",
    );
  });

  it("contain no control characters and exceed no line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const evil = [
          sample(`i${text}`, text, { label: `x${text}`, text, answers: [answer(text, -1, text)] }),
        ];
        const shown = examplesText(new Map([["t", evil]]), { which: "wrong", width: 60 });
        expect(shown).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_C}/u);
        for (const line of shown.split("\n")) expect([...line].length).toBeLessThanOrEqual(60);
      }),
    );
  });
});

describe("examples in Markdown", () => {
  it("have a table of answers per example", () => {
    expect(examplesMarkdown(SAMPLES, { which: "disagree" })).toMatchInlineSnapshot(`
      "**COPA: 1 example on which models disagree**

      **COPA 1, pattern p0: gold 0, glm-tiny 1, bert 0**

      > A long premise A long premise A long premise A long premise A long premise A long premise A long premise A long premise A long premise A long premise because \\[MASK\\].

      |  | Answer | glm-tiny | bert |
      | :--- | :--- | ---: | ---: |
      | predicted | it was small (1) | -9.13 | -20.00 |
      | gold | it was fragile (0) | -12.40 | -3.50 |

      **ReCoRD: 0 examples on which models disagree**"
    `);
  });
});
