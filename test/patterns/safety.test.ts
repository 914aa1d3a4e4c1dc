import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FindingError, Findings } from "../../src/findings.js";
import { compilePattern, compileText } from "../../src/patterns/index.js";
import { cpuTime } from "../cpu-time.js";

const ORIGIN = { file: "task.yaml" };
const render = (source: string, fields: Record<string, unknown> = {}) =>
  compileText(source, ORIGIN).render(fields);

/** Returns the message of the finding that refuses a template, which must come quickly. */
function getRefusal(source: string, fields: Record<string, unknown> = {}): string {
  const started = cpuTime();
  try {
    render(source, fields);
  } catch (error) {
    if (!(error instanceof FindingError)) throw error;
    expect(cpuTime() - started).toBeLessThan(5000);
    return error.message;
  }
  throw new Error(`${source.slice(0, 80)} was rendered`);
}

describe("a template can access only its columns", () => {
  const fields = { s: "text", n: 1, list: ["a", { b: "c" }], o: { key: "value" }, yes: true };

  it.each(
    ["s", "n", "list", "o", "yes", '"x"', "[1]", "{}", "s.length", "o.items()", "s.split()", "none"].flatMap(
      (object) =>
        [
          "constructor",
          "__proto__",
          "prototype",
          "toString",
          "valueOf",
          "hasOwnProperty",
          "builtins",
          "value",
          "type",
        ].flatMap((name) => [
          `{{ ${object}.${name} }}`,
          `{{ ${object}["${name}"] }}`,
          `{{ ${object}.${name}() }}`,
        ]),
    ),
  )("%s", (source) => {
    expect(getRefusal(source, fields)).toMatch(/there is no|cannot be (evaluated|parsed)/);
  });

  it.each([
    '{{ s.constructor.constructor("return process")() }}',
    '{{ ("a").constructor.constructor("return 1")() }}',
    '{{ list.map.constructor("return process")() }}',
    '{{ s.split.constructor("return 1")() }}',
    '{{ s | attr("constructor") }}',
    '{{ list | map(attribute="constructor") }}',
    '{{ list | map(attribute="0.constructor") | join }}',
    '{{ list | selectattr("constructor") | join }}',
    "{{ process.env }}",
    '{{ require("fs") }}',
    '{{ import("fs") }}',
    "{{ globalThis }}",
    "{{ this }}",
    "{{ self }}",
    "{{ constructor }}",
    "{{ __proto__ }}",
    "{{ namespace(a=1) }}",
    '{{ raise_exception("x") }}',
    '{{ strftime_now("%Y") }}',
    "{{ range(3) | join }}",
    "{{ lipsum() }}",
    "{{ cycler() }}",
    '{% include "/etc/passwd" %}',
    '{% import "x" as y %}',
    '{{ fetch("http://localhost") }}',
  ])("%s", (source) => {
    expect(getRefusal(source, fields)).toMatch(/^task\.yaml:1:\d+: /);
  });

  it("cannot store a method and call it later", () => {
    for (const source of [
      "{{ s.upper }}",
      "{{ [s.upper][0]() }}",
      "{{ {'f': s.upper}.f() }}",
      "{{ (s.upper if yes else s.lower)() }}",
    ])
      expect(getRefusal(source, fields)).toMatch(/is a method|there is no function/);
    expect(render("{{ s.upper() }} {{ o.get('key') }} {{ s.split('e') | join('-') }}", fields)).toBe(
      "TEXT value t-xt",
    );
    expect(getRefusal("{{ s.uper() }}", fields)).toContain("there is no s.uper");
    expect(getRefusal("{{ s.replace() }}", fields)).toContain("cannot be evaluated");
  });

  it("treats names of object internals as ordinary columns", () => {
    const row = JSON.parse('{"__proto__": "a", "constructor": "b", "o": {"__proto__": {"c": "d"}}}');
    expect(render("{{ __proto__ }} {{ constructor }} {{ o.__proto__.c }}", row)).toBe("a b d");
    expect(({} as Record<string, unknown>).c).toBeUndefined();
  });
});

describe("a template renders fast and stays small", () => {
  const long = {
    s: "a".repeat(1000),
    big: "a".repeat(500_000),
    list: Array(1000).fill("a".repeat(500)),
    o: { a: [[[["x"]]]] },
  };

  it.each([
    '{{ s | replace("", s) | replace("", s) | replace("a", s) }}',
    '{{ s.replace("", s).replace("", s).replace("", s) }}',
    '{{ s.replace(*["", s]).replace(*["a", s]) }}',
    '{{ s["replace"]("", s)["replace"]("a", s) }}',
    "{{ s | join(s) | join(s) }}",
    "{{ list | join(s) | join(s) }}",
    '{{ list | join(separator="b" ~ s ~ s) }}',
    "{{ s | indent(1000000000) }}",
    "{{ s | indent(width=100000000, first=true) }}",
    "{{ o | tojson(indent=1000000000) }}",
    '{{ list | tojson(separators=[s ~ s, ":"]) }}',
    "{{ big ~ big ~ big }}",
    "{{ big + big + big }}",
    "{{ [big, big, big] | join }}",
    "{{ [list, list, list] | string }}",
    "{{ big | upper ~ big }}{{ big }}",
    "{{ s }}".repeat(1001),
  ])("%s", (source) => {
    expect(getRefusal(source, long)).toMatch(
      /longer than 1,000,000 characters|more than [\d,]+ characters in total/,
    );
  });

  it.each([
    [`{{ ${Array(600).fill("s").join(" ~ ")} }}`, "in total"],
    [`{{ ${Array(1500).fill("s").join(" ~ ")} }}`, "tokens; expected at most"],
    [`{{ ${"(".repeat(3000)}s${")".repeat(3000)} }}`, "tokens; expected at most"],
    [`{{ ${"[".repeat(900)}s${"]".repeat(900)} | string }}`, "cannot be"],
    [`{{ s }}`.repeat(1400), "longer than"],
    [`${" ".repeat(9_000)}x {{ `, 'found "{{" without "}}"'],
    [`${"{# #}".repeat(1900)}{{ § }}`, "cannot be parsed"],
    ["x".repeat(10_001), "expected at most 10000"],
    ['{{ "x" * 1000000000 }}', "cannot be evaluated"],
    ["{{ 9 ** 999 }}", "cannot be evaluated"],
    ["{{ big in half }}", "it searches for a text"],
    ["{{ big.split(half) | join }}", "it searches for a text"],
  ])("%# %s", (source, message) => {
    const fields = { ...long, half: `b${"a".repeat(250_000)}` };
    expect(getRefusal(source.slice(0, 12_000), fields)).toContain(message);
  });

  it("although its data may be large", () => {
    const fields = { passage: "a long line of text\n".repeat(20_000), name: "n".repeat(60) };
    expect(render('{{ passage | indent(2) | replace("long", "short") | length }}', fields)).toBe("459998");
    const shorter = { ...fields, passage: fields.passage.slice(0, 40_000) };
    expect(render("{{ passage.replace('line', name) | upper | length }}", shorter)).toBe("152000");
  });

  it("because the steps of the entire text are counted", () => {
    const sum = (terms: number) => `{{ ${Array(terms).fill("n").join("+")} }}`;
    expect(render(sum(900).repeat(2), { n: 1 })).toBe("900900");
    expect(getRefusal(sum(900).repeat(4), { n: 1 })).toContain("it takes more than 5,000 steps");
  });

  it("for any combination of operations", () => {
    const atoms = fc.constantFrom("s", "big", "list", '""', '"a"', "1000000000", "o", "[s, big]", '{"k": s}');
    const expressions = fc.letrec<{ e: string }>((tie) => ({
      e: fc.oneof(
        { maxDepth: 5 },
        atoms,
        fc.tuple(tie("e"), tie("e")).map(([a, b]) => `(${a} ~ ${b})`),
        fc.tuple(tie("e"), tie("e")).map(([a, b]) => `(${a} + ${b})`),
        fc.tuple(tie("e"), tie("e"), tie("e")).map(([a, b, c]) => `(${a} | replace(${b}, ${c}))`),
        fc.tuple(tie("e"), tie("e"), tie("e")).map(([a, b, c]) => `(${a}.replace(${b}, ${c}))`),
        fc.tuple(tie("e"), tie("e")).map(([a, b]) => `(${a} | join(${b}))`),
        fc.tuple(tie("e"), tie("e")).map(([a, b]) => `(${a} | indent(${b}))`),
        fc.tuple(tie("e"), tie("e")).map(([a, b]) => `(${a} | tojson(indent=${b}))`),
        fc.tuple(tie("e"), tie("e")).map(([a, b]) => `(${a}.split(${b}))`),
        fc
          .tuple(tie("e"), fc.constantFrom("upper", "string", "list", "items", "title", "reverse"))
          .map(([a, f]) => `(${a} | ${f})`),
      ),
    })).e;
    fc.assert(
      fc.property(expressions, (expression) => {
        const findings = new Findings();
        const text = compileText(`{{ ${expression} }}`, ORIGIN, findings);
        if (findings.errors > 0) return;
        const started = cpuTime();
        try {
          expect(text.render(long).length).toBeLessThanOrEqual(1_000_000);
        } catch (error) {
          expect(error).toBeInstanceOf(FindingError);
        }
        expect(cpuTime() - started).toBeLessThan(5000);
      }),
      { numRuns: 300 },
    );
  });

  it("even if its literal text is odd", () => {
    const sources = [
      " ".repeat(9_000),
      " || ".repeat(2_000),
      "[MASK".repeat(1_900),
      "{".repeat(9_990),
      "}}".repeat(4_900),
      '"'.repeat(9_900),
      "\\".repeat(9_900),
    ];
    for (const source of sources) {
      const started = cpuTime();
      const findings = new Findings();
      compilePattern(`${source}{{ s }}`, ORIGIN, findings);
      expect(findings.errors).toBeGreaterThan(0);
      expect(cpuTime() - started).toBeLessThan(5000);
    }
  });
});
