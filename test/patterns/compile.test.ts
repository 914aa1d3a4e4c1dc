import { describe, expect, it } from "vitest";
import { GlmEvalError } from "../../src/errors.js";
import { Findings } from "../../src/findings.js";
import { compilePattern, compileText, type Fields, parseCloze } from "../../src/patterns/index.js";

const ORIGIN = {
  file: "task.yaml",
  at: (offset: number) => ({ line: 7, column: 12 + offset }),
  pattern: "p0",
};

/** A rendered pattern in short: "‹text›" for a part, with "~" after it where it may be cut. */
function short(source: string, fields: Fields = {}): string {
  const { parts, spaceBeforeBlank } = compilePattern(source, ORIGIN).render(fields);
  return parts
    .map((part) => {
      if (part.kind === "segment") return "||";
      if (part.kind === "blank") return spaceBeforeBlank ? "_[M]" : "[M]";
      return `‹${part.text}›${part.shortenable ? "~" : ""}`;
    })
    .join(" ");
}

function errorOf(call: () => unknown): GlmEvalError {
  try {
    call();
  } catch (error) {
    if (error instanceof GlmEvalError) return error;
    throw error;
  }
  throw new Error("expected an error, found none");
}

describe("the rule of the space", () => {
  it.each([
    // a space at the end of a literal goes to the part after it
    ["{{ a }} Question: {{ b }}? Answer: [MASK].", "‹A› ‹ Question:› ‹ B› ‹? Answer:› _[M] ‹.›"],
    ["{{ a }} {{ b }} [MASK]", "‹A› ‹ B› _[M]"],
    ["{{ a }}{{ b }}[MASK]", "‹A› ‹B› [M]"],
    ["([MASK]) {{ a }}", "‹(› [M] ‹)› ‹ A›"],
    // all of it, whatever it is, and a blank only knows that it is there
    ["{{ a }}:\n\n{{ b }}\n[MASK]", "‹A› ‹:› ‹\n\nB› _[M]"],
    // a space at the start of a literal stays, as do those in values
    ["[MASK] and {{ a }}", "[M] ‹ and› ‹ A›"],
    ["{{ spaced }}[MASK]", "‹ s › [M]"],
    // a seam starts a part: a space before it moves over it, one after it stays
    ['{{ a }}.{{ "" }} Question: [MASK]', "‹A› ‹.› ‹ Question:› _[M]"],
    ['{{ a }}. {{ "" }}Question:[MASK]', "‹A› ‹.› ‹ Question:› [M]"],
    ['[MASK],{{ "" }} "{{ a }}"', '[M] ‹,› ‹ "› ‹A› ‹"›'],
    ['x {{ "" }}[MASK]', "‹x› _[M]"],
    // a space at the very end belongs to nothing
    ["[MASK] ", "[M]"],
    // a value without text is no part, and its place is no seam
    ["{{ a }} {{ empty }} b [MASK]", "‹A› ‹ b› _[M]"],
    ["{{ a }} {{ empty }}b [MASK]", "‹A› ‹b› _[M]"],
    // brackets round the blank
    ["- [[MASK]]{{ a }}", "‹- [› [M] ‹]› ‹A›"],
    // comments are not there
    ["{{ a }} x{# why #} y [MASK]", "‹A› ‹ x y› _[M]"],
  ])("%s", (source, expected) => {
    expect(short(source, { a: "A", b: "B", empty: "", spaced: " s " })).toBe(expected);
  });

  it.each([
    ["{{ a }} ? || [MASK], {{ b }}", "‹A› ‹ ?› || _[M] ‹,› ‹ B›"],
    ["{{ a }} || {{ b }} [MASK]", "‹A› || ‹ B› _[M]"],
    ["{{ a }}||{{ b }} [MASK]", "‹A› || ‹B› _[M]"],
    ["{{ a }} ||{{ b }} [MASK]", "‹A› || ‹ B› _[M]"],
    ["x|| y [MASK]", "‹x› || ‹ y› _[M]"],
  ])("with a border of the segments: %s", (source, expected) => {
    expect(short(source, { a: "A", b: "B" })).toBe(expected);
  });
});

describe("columns whose names are no words", () => {
  const fields = { "Class Index": 3, "mood?": "calm", 文本: "x", row: { a: "inner" } };

  it.each([
    ['{{ row["Class Index"] }} [MASK]', "‹3› _[M]"],
    ["{{ row['mood?'] | upper | shorten }} [MASK]", "‹CALM›~ _[M]"],
    ['{{ (row["Class Index"] ~ row["文本"]) | shorten }} [MASK]', "‹3x›~ _[M]"],
    ['{{ "a" if row["Class Index"] == 3 else "b" }} [MASK]', "‹a› _[M]"],
    ["{{ row.a }} [MASK]", "‹inner› _[M]"],
  ])("%s", (source, expected) => {
    expect(short(source, fields)).toBe(expected);
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

  it("are checked at their place", () => {
    expect(compilePattern('{{ row["Class Index"] }} [MASK]', ORIGIN).names).toEqual(["Class Index"]);
    expect(checked('{{ a ~ row["Clas Index"] }}', ["a", "Class Index"])).toEqual([
      {
        column: 19,
        endColumn: 36,
        message: 'the data has no column "Clas Index"',
        hint: expect.stringMatching(/^write row\["Class Index"\] for the column "Class Index"; did you mean/),
      },
    ]);
  });

  it.each([
    [
      "{{ Class Index }}",
      "the expression cannot be read",
      'If it is a column\'s name, write row["Class Index"].',
    ],
    ["{{ Class Index | shorten }}", "the expression cannot be read", 'write row["Class Index"].'],
    ["{{ 1st }}", "the expression cannot be read", 'write row["1st"].'],
    ["{{ größe }}", "the template cannot be read", 'write row["größe"].'],
    ["{{ mood? }}", "the template cannot be read", 'write row["mood?"].'],
    ["{{ Class-Index }}", 'the data has no column "Class"', 'write row["Class-Index"] for the column'],
  ])("%s says how to write the name", (source, message, hint) => {
    const [first] = checked(source, ["Class-Index"]);
    expect(first!.message).toContain(message);
    expect(first!.hint).toContain(hint);
  });

  it("an expression that is no name gets no such hint", () => {
    expect(checked("{{ a + }}", [])[0]!.hint).toBeUndefined();
  });
});

describe("expressions", () => {
  it("marks what may be cut", () => {
    expect(short("{{ a | shorten }} [MASK] {{ b }}", { a: "A", b: "B" })).toBe("‹A›~ _[M] ‹ B›");
    expect(short('{{ ("(" ~ a ~ ")") | shorten }}[MASK]', { a: "A" })).toBe("‹(A)›~ [M]");
  });

  it("puts other text in the place of what may be cut, which the example then need not have", () => {
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

  it("knows the columns that it names, and nothing else", () => {
    const source =
      '{{ a | shorten }} {{ b.c ~ d["e"] ~ f[g] }} {{ h | replace(i, "x") if j is string and not k else none }} [MASK]';
    expect(compilePattern(source, ORIGIN).names).toEqual(["a", "b", "d", "f", "g", "h", "i", "j", "k"]);
  });

  it("takes text from the data as text", () => {
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
    ["[MASK] {{ a ", 'task.yaml:7:19: pattern p0: found "{{" without its "}}"'],
    [
      '{{ a }} {{ "x }} [MASK]',
      "task.yaml:7:20: pattern p0: the template cannot be read: Unexpected end of input",
    ],
    [
      "{{ a }} {{ § }} [MASK]",
      "task.yaml:7:20: pattern p0: the template cannot be read: Unexpected character: §",
    ],
    ["[MASK] {% if a %}b{% endif %}", 'task.yaml:7:19: pattern p0: found a block ("{% if … %}")'],
    ["[MASK] {{ a | shortn }}", 'task.yaml:7:19: pattern p0: there is no filter "shortn"'],
    ["[MASK] {{ a | shorten | lower }}", "task.yaml:7:19: pattern p0: found shorten inside an expression"],
    ['[MASK] {{ "x" ~ a | shorten }}', "task.yaml:7:19: pattern p0: found shorten inside an expression"],
    ["[MASK] {{ a | shorten(3) }}", "task.yaml:7:19: pattern p0: the filter shorten takes no arguments"],
    ["[MASK] {{ a + }}", "task.yaml:7:19: pattern p0: the expression cannot be read"],
  ])("in the template: %s", (source, message) => {
    const error = errorOf(() => compilePattern(source, ORIGIN));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(message);
  });

  it("names the nearest filter", () => {
    expect(errorOf(() => compilePattern("[MASK] {{ a | shortn }}", ORIGIN)).hint).toMatch(
      /did you mean "shorten"\?/,
    );
  });

  it.each([
    ['{{ "" }}{{ premis }} [MASK]', 'task.yaml:7:23: pattern p0: the data has no column "premis"'],
    ["{{ none_here }} [MASK]", 'task.yaml:7:15: pattern p0: the data has no column "none_here"'],
    [
      "{{ deep.iner }} [MASK]",
      "task.yaml:7:12: pattern p0: the expression cannot be computed: there is no deep.iner",
    ],
    ["{{ deep.a.b }} [MASK]", "the expression cannot be computed: there is no deep.a"],
    ["{{ nothing }} [MASK]", "expected text or a number, found nothing (null)"],
    ["{{ list }} [MASK]", "expected text or a number, found array"],
    ["{{ deep }} [MASK]", "expected text or a number, found object"],
    ['{{ "x" if n == 2 }} [MASK]', 'the condition is false and there is no "else"'],
    ["{{ list | lower_first }} [MASK]", "expected text or a number, found array"],
    ["{{ n | lower }} [MASK]", "the expression cannot be computed"],
    ["{{ constructor }} [MASK]", 'the data has no column "constructor"'],
    ["{{ range(3) }} [MASK]", 'the data has no column "range"'],
  ])("in the data: %s", (source, message) => {
    const pattern = compilePattern(source, ORIGIN);
    const fields = { premise: "P", n: 1, list: ["x"], deep: { inner: 1 }, nothing: null };
    const error = errorOf(() => pattern.render(fields));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(message);
  });

  it("names the nearest column", () => {
    const error = errorOf(() => compileText("{{ premis }}", ORIGIN).render({ premise: "", label: "" }));
    expect(error.hint).toBe('did you mean "premise"? The columns are: premise, label');
  });

  it("says where a name stands", () => {
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

  it("counts lines in a template that is a file of its own", () => {
    expect(errorOf(() => compilePattern("x\n[MASK] [MASK]", { file: "f" })).message).toContain(
      "f:2:8: found a second",
    );
  });

  it("are all found where somebody collects them", () => {
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

  it("does not let an answer be cut", () => {
    expect(errorOf(() => compileText("{{ a | shorten }}", ORIGIN)).message).toContain(
      "answers are never cut",
    );
  });
});

describe("parseCloze", () => {
  it("is plain text with one blank", () => {
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
    const error = errorOf(() => parseCloze(text));
    expect(error.kind).toBe("usage");
    expect(error.message).toBe(message);
  });
});
