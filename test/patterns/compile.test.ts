import { describe, expect, it } from "vitest";
import { GlmEvalError } from "../../src/errors.js";
import { Findings } from "../../src/findings.js";
import { compilePattern, compileText, type Fields, parseCloze } from "../../src/patterns/index.js";

const ORIGIN = {
  file: "task.yaml",
  at: (offset: number) => ({ line: 7, column: 12 + offset }),
  pattern: "p0",
};

/** Formats a rendered pattern briefly: "‹text›" for a part, followed by "~" if it may be truncated. */
function formatBriefly(source: string, fields: Fields = {}): string {
  const { parts, spaceBeforeBlank } = compilePattern(source, ORIGIN).render(fields);
  return parts
    .map((part) => {
      if (part.kind === "segment") return "||";
      if (part.kind === "blank") return spaceBeforeBlank ? "_[M]" : "[M]";
      return `‹${part.text}›${part.shortenable ? "~" : ""}`;
    })
    .join(" ");
}

function catchError(call: () => unknown): GlmEvalError {
  try {
    call();
  } catch (error) {
    if (error instanceof GlmEvalError) return error;
    throw error;
  }
  throw new Error("expected an error, found none");
}

describe("a space belongs to what follows it", () => {
  it.each([
    // a space at the end of a literal moves to the next part
    ["{{ a }} Question: {{ b }}? Answer: [MASK].", "‹A› ‹ Question:› ‹ B› ‹? Answer:› _[M] ‹.›"],
    ["{{ a }} {{ b }} [MASK]", "‹A› ‹ B› _[M]"],
    ["{{ a }}{{ b }}[MASK]", "‹A› ‹B› [M]"],
    ["([MASK]) {{ a }}", "‹(› [M] ‹)› ‹ A›"],
    // so does any other whitespace, and a blank only records that there is some
    ["{{ a }}:\n\n{{ b }}\n[MASK]", "‹A› ‹:› ‹\n\nB› _[M]"],
    // a space at the start of a literal stays, and so do those in values
    ["[MASK] and {{ a }}", "[M] ‹ and› ‹ A›"],
    ["{{ spaced }}[MASK]", "‹ s › [M]"],
    // a seam starts a part: a space before it moves past it, one after it stays
    ['{{ a }}.{{ "" }} Question: [MASK]', "‹A› ‹.› ‹ Question:› _[M]"],
    ['{{ a }}. {{ "" }}Question:[MASK]', "‹A› ‹.› ‹ Question:› [M]"],
    ['[MASK],{{ "" }} "{{ a }}"', '[M] ‹,› ‹ "› ‹A› ‹"›'],
    ['x {{ "" }}[MASK]', "‹x› _[M]"],
    // a space at the very end is dropped
    ["[MASK] ", "[M]"],
    // an empty value is not a part, and does not act as a seam
    ["{{ a }} {{ empty }} b [MASK]", "‹A› ‹ b› _[M]"],
    ["{{ a }} {{ empty }}b [MASK]", "‹A› ‹b› _[M]"],
    // brackets around the blank
    ["- [[MASK]]{{ a }}", "‹- [› [M] ‹]› ‹A›"],
    // comments are removed
    ["{{ a }} x{# why #} y [MASK]", "‹A› ‹ x y› _[M]"],
  ])("%s", (source, expected) => {
    expect(formatBriefly(source, { a: "A", b: "B", empty: "", spaced: " s " })).toBe(expected);
  });

  it.each([
    ["{{ a }} ? || [MASK], {{ b }}", "‹A› ‹ ?› || _[M] ‹,› ‹ B›"],
    ["{{ a }} || {{ b }} [MASK]", "‹A› || ‹ B› _[M]"],
    ["{{ a }}||{{ b }} [MASK]", "‹A› || ‹B› _[M]"],
    ["{{ a }} ||{{ b }} [MASK]", "‹A› || ‹ B› _[M]"],
    ["x|| y [MASK]", "‹x› || ‹ y› _[M]"],
  ])("with a segment border: %s", (source, expected) => {
    expect(formatBriefly(source, { a: "A", b: "B" })).toBe(expected);
  });
});

describe("columns whose names are not plain words", () => {
  const fields = { "Class Index": 3, "mood?": "calm", 文本: "x", row: { a: "inner" } };

  it.each([
    ['{{ row["Class Index"] }} [MASK]', "‹3› _[M]"],
    ["{{ row['mood?'] | upper | shorten }} [MASK]", "‹CALM›~ _[M]"],
    ['{{ (row["Class Index"] ~ row["文本"]) | shorten }} [MASK]', "‹3x›~ _[M]"],
    ['{{ "a" if row["Class Index"] == 3 else "b" }} [MASK]', "‹a› _[M]"],
    ["{{ row.a }} [MASK]", "‹inner› _[M]"],
  ])("%s", (source, expected) => {
    expect(formatBriefly(source, fields)).toBe(expected);
  });

  const checked = (source: string, columns: readonly string[]) => {
    const findings = new Findings();
    compilePattern(`${source} [MASK]`, ORIGIN, findings).checkNames(columns, findings);
    return findings.list.map(({ column, endColumn, message, hint }) => ({
      column,
      endColumn,
      message,
      hint,
    }));
  };

  it("are reported at their position", () => {
    expect(compilePattern('{{ row["Class Index"] }} [MASK]', ORIGIN).names).toEqual(["Class Index"]);
    expect(checked('{{ a ~ row["Clas Index"] }}', ["a", "Class Index"])).toEqual([
      {
        column: 19,
        endColumn: 36,
        message: 'the data has no column "Clas Index"',
        hint: expect.stringMatching(/^write row\["Class Index"\] for the column "Class Index"; Did you mean/),
      },
    ]);
  });

  it.each([
    [
      "{{ Class Index }}",
      "the expression cannot be parsed",
      'If this is a column\'s name, write row["Class Index"].',
    ],
    ["{{ Class Index | shorten }}", "the expression cannot be parsed", 'write row["Class Index"].'],
    ["{{ 1st }}", "the expression cannot be parsed", 'write row["1st"].'],
    ["{{ größe }}", "the template cannot be parsed", 'write row["größe"].'],
    ["{{ mood? }}", "the template cannot be parsed", 'write row["mood?"].'],
    ["{{ Class-Index }}", 'the data has no column "Class"', 'write row["Class-Index"] for the column'],
  ])("get a hint with the correct spelling: %s", (source, message, hint) => {
    const [first] = checked(source, ["Class-Index"]);
    expect(first!.message).toContain(message);
    expect(first!.hint).toContain(hint);
  });

  it("are not suggested for an expression that is not a name", () => {
    expect(checked("{{ a + }}", [])[0]!.hint).toBeUndefined();
  });
});

describe("expressions", () => {
  it("mark the parts that may be truncated", () => {
    expect(formatBriefly("{{ a | shorten }} [MASK] {{ b }}", { a: "A", b: "B" })).toBe("‹A›~ _[M] ‹ B›");
    expect(formatBriefly('{{ ("(" ~ a ~ ")") | shorten }}[MASK]', { a: "A" })).toBe("‹(A)›~ [M]");
  });

  it("can be rendered with other text for the parts that may be truncated, whose columns may then be missing", () => {
    const pattern = compilePattern("{{ a }} ({{ b | shorten }}) {{ c | shorten }} [MASK]", ORIGIN);
    const parts = (content?: string) =>
      pattern.render({ a: "A", b: "B", c: "C" }, content).parts.map((part) => "text" in part && part.text);
    expect(parts()).toEqual(["A", " (", "B", ")", " C", false]);
    expect(parts("N/A")).toEqual(["A", " (", "N/A", ")", " N/A", false]);
    expect(parts("")).toEqual(["A", " (", ")", false]);
    const { parts: masked } = pattern.render({ a: "A" }, "[MASK]");
    expect(masked.filter(({ kind }) => kind === "blank")).toHaveLength(1);
    expect(masked).toContainEqual({ kind: "text", text: " [MASK]", shortenable: true });
  });

  it.each([
    ["{{ a | shorten }} [MASK]", true, true],
    ["{{ a | shorten }}[MASK]", true, false],
    ["{{ a }} [MASK]", false, true],
    ["[MASK] {{ a }}", false, false],
  ])(
    "knows before any example whether it may be cut, and whether its answers have a space: %s",
    (source, isShortenable, spaceBeforeBlank) => {
      const pattern = compilePattern(source, ORIGIN);
      expect(pattern).toMatchObject({ isShortenable, spaceBeforeBlank });
      for (const a of ["A", "", " "]) expect(pattern.render({ a }).spaceBeforeBlank).toBe(spaceBeforeBlank);
    },
  );

  it.each([
    ['{{ "yes" if n == 1 else "no" }}', "yes"],
    ['{{ a ~ "/" ~ n ~ "/" ~ flag }}', "Word./1/true"],
    ["{{ a | lower }}", "word."],
    ["{{ a | strip_punctuation | lower_first }}", "word"],
    ['{{ a | replace(".", "!") }}', "Word!"],
    ["{{ deep.inner[0] }}", "x"],
    ["{{ punctuated | strip_punctuation }}", "Oh – “well” (yes"],
    ["{{ ended | rstrip }}", "\u00a0end\ufeff"],
    ["{{ accent | lower_first }}", "érable"],
  ])("%s", (source, expected) => {
    const fields = {
      a: "Word.",
      n: 1,
      flag: true,
      deep: { inner: ["x"] },
      punctuated: "Oh – “well” (yes)...?!",
      ended: "\u00a0end\ufeff\u001c \n\u0085",
      accent: "Érable",
    };
    expect(compileText(source, ORIGIN).render(fields)).toBe(expected);
  });

  it("list the columns that they name, and nothing else", () => {
    const source =
      '{{ a | shorten }} {{ b.c ~ d["e"] ~ f[g] }} {{ h | replace(i, "x") if j is string and not k else none }} [MASK]';
    expect(compilePattern(source, ORIGIN).names).toEqual(["a", "b", "d", "f", "g", "h", "i", "j", "k"]);
  });

  it("do not interpret text from the data", () => {
    const { parts } = compilePattern("{{ a }} [MASK]", ORIGIN).render({ a: "{{ b }} [MASK] || {% x %}" });
    expect(parts[0]).toEqual({ kind: "text", text: "{{ b }} [MASK] || {% x %}", shortenable: false });
  });
});

describe("errors", () => {
  it.each([
    ["no blank", "task.yaml:7:12: pattern p0: found no [MASK]; a pattern has exactly one"],
    ["[MASK] and [MASK]", "task.yaml:7:23: pattern p0: found a second [MASK]; a pattern has only one"],
    ["[MASK][MASK]", "task.yaml:7:18: pattern p0: found a second [MASK]; a pattern has only one"],
    ["a || b || [MASK]", "task.yaml:7:19: pattern p0: found a second ||; a pattern has only one"],
    ["[MASK] {{ a ", 'task.yaml:7:19: pattern p0: found "{{" without "}}"'],
    [
      '{{ a }} {{ "x }} [MASK]',
      "task.yaml:7:20: pattern p0: the template cannot be parsed: Unexpected end of input",
    ],
    [
      "{{ a }} {{ § }} [MASK]",
      "task.yaml:7:20: pattern p0: the template cannot be parsed: Unexpected character: §",
    ],
    ["[MASK] {% if a %}b{% endif %}", 'task.yaml:7:19: pattern p0: found a block ("{% if … %}")'],
    ["[MASK] {{ a | shortn }}", 'task.yaml:7:19: pattern p0: there is no filter "shortn"'],
    ["[MASK] {{ a | shorten | lower }}", "task.yaml:7:19: pattern p0: found shorten inside an expression"],
    ['[MASK] {{ "x" ~ a | shorten }}', "task.yaml:7:19: pattern p0: found shorten inside an expression"],
    ["[MASK] {{ a | shorten(3) }}", "task.yaml:7:19: pattern p0: the filter shorten takes no arguments"],
    ["[MASK] {{ a + }}", "task.yaml:7:19: pattern p0: the expression cannot be parsed"],
  ])("in the template: %s", (source, message) => {
    const error = catchError(() => compilePattern(source, ORIGIN));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(message);
  });

  it("suggest the nearest filter", () => {
    expect(catchError(() => compilePattern("[MASK] {{ a | shortn }}", ORIGIN)).hint).toMatch(
      /Did you mean "shorten"\?/,
    );
  });

  it.each([
    ['{{ "" }}{{ premis }} [MASK]', 'task.yaml:7:23: pattern p0: the data has no column "premis"'],
    ["{{ none_here }} [MASK]", 'task.yaml:7:15: pattern p0: the data has no column "none_here"'],
    [
      "{{ deep.iner }} [MASK]",
      "task.yaml:7:12: pattern p0: the expression cannot be evaluated: there is no deep.iner",
    ],
    ["{{ deep.a.b }} [MASK]", "the expression cannot be evaluated: there is no deep.a"],
    ["{{ nothing }} [MASK]", "expected text or a number, found nothing (null)"],
    ["{{ list }} [MASK]", "expected text or a number, found array"],
    ["{{ deep }} [MASK]", "expected text or a number, found object"],
    ['{{ "x" if n == 2 }} [MASK]', 'the condition is false and there is no "else"'],
    ["{{ list | lower_first }} [MASK]", "expected text or a number, found array"],
    ["{{ n | lower }} [MASK]", "the expression cannot be evaluated"],
    ["{{ constructor }} [MASK]", 'the data has no column "constructor"'],
    ["{{ range(3) }} [MASK]", 'the data has no column "range"'],
  ])("in the data: %s", (source, message) => {
    const pattern = compilePattern(source, ORIGIN);
    const fields = { premise: "P", n: 1, list: ["x"], deep: { inner: 1 }, nothing: null };
    const error = catchError(() => pattern.render(fields));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(message);
  });

  it("suggest the nearest column", () => {
    const error = catchError(() => compileText("{{ premis }}", ORIGIN).render({ premise: "", label: "" }));
    expect(error.hint).toBe('Did you mean "premise"? The columns are: premise, label');
  });

  it("have the position of a name", () => {
    const pattern = compilePattern('{{ "a}}\\"b" ~ \'{{c\' }} {{- d }} [MASK] {{ d ~ e }}', { file: "f" });
    const findings = new Findings();
    pattern.checkNames(["a"], findings);
    expect(findings.list).toMatchObject([
      {
        code: "unknown-column",
        file: "f",
        line: 1,
        column: 28,
        endColumn: 29,
        message: expect.stringContaining('"d"'),
      },
      {
        code: "unknown-column",
        file: "f",
        line: 1,
        column: 47,
        endColumn: 48,
        message: expect.stringContaining('"e"'),
      },
    ]);
  });

  it("have line numbers in a template that is a separate file", () => {
    expect(catchError(() => compilePattern("x\n[MASK] [MASK]", { file: "f" })).message).toContain(
      "f:2:8: found a second",
    );
  });

  it("are all found if they are collected", () => {
    const findings = new Findings();
    const source = "{{ a | shortn }} {% if b %} {{ c | lower_first(1) }} {{ d + }} [MASK] [MASK] || ||";
    compilePattern(source, ORIGIN, findings).checkNames(["b"], findings);
    expect(findings.list.map(({ code, column, endColumn }) => [code, column, endColumn])).toEqual([
      ["block-in-template", 29, 31],
      ["unknown-filter", 12, 28],
      ["filter-arguments", 40, 64],
      ["bad-expression", 65, 74],
      ["second-blank", 82, 88],
      ["second-border", 92, 94],
      ["unknown-column", 15, 16],
      ["unknown-column", 43, 44],
    ]);
  });

  it("include an answer that may be truncated", () => {
    expect(catchError(() => compileText("{{ a | shorten }}", ORIGIN)).message).toContain(
      "answers are never truncated",
    );
  });
});

describe("parseCloze", () => {
  it("parses plain text with one blank", () => {
    expect(parseCloze("The {{ cat }} || sat on the [MASK] mat.")).toEqual({
      parts: [
        { kind: "text", text: "The {{ cat }} || sat on the", shortenable: false },
        { kind: "blank" },
        { kind: "text", text: " mat.", shortenable: false },
      ],
      spaceBeforeBlank: true,
    });
    expect(parseCloze("([MASK])").spaceBeforeBlank).toBe(false);
    expect(parseCloze("[MASK]")).toEqual({ parts: [{ kind: "blank" }], spaceBeforeBlank: false });
  });

  it.each([
    ["no blank here", 'found no [MASK] in "no blank here"; expected exactly one'],
    ["[MASK] [MASK] [MASK]", 'found 3 [MASK] in "[MASK] [MASK] [MASK]"; expected exactly one'],
  ])("%s", (text, message) => {
    const error = catchError(() => parseCloze(text));
    expect(error.kind).toBe("usage");
    expect(error.message).toBe(message);
  });
});
