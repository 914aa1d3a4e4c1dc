import { describe, expect, it } from "vitest";
import { GlmEvalError } from "../src/errors.js";
import { describeFinding, type Finding, FindingError, Findings, STRICT } from "../src/findings.js";

const FINDING: Finding = {
  severity: "error",
  code: "unknown-column",
  file: "boolq.yaml",
  line: 12,
  column: 34,
  endColumn: 40,
  pattern: "p4",
  example: "17",
  message: 'the data has no column "premis"',
  hint: 'Did you mean "premise"?',
};

describe("findings", () => {
  it("are described with the position, pattern and example that they have", () => {
    expect(describeFinding(FINDING)).toBe(
      'boolq.yaml:12:34: pattern p4: the data has no column "premis" (example 17)',
    );
    expect(
      describeFinding({
        severity: "error",
        code: "not-json",
        file: "val.jsonl",
        line: 3,
        message: "no JSON",
      }),
    ).toBe("val.jsonl:3: no JSON");
    expect(
      describeFinding({ severity: "error", code: "no-examples", file: "val.jsonl", message: "empty" }),
    ).toBe("val.jsonl: empty");
  });

  it("are errors of kind data for callers that cannot continue", () => {
    const error = new FindingError(FINDING);
    expect(error).toBeInstanceOf(GlmEvalError);
    const { code, kind, message, hint } = error;
    expect([code, kind, message, hint]).toEqual([
      FINDING.code,
      "data",
      describeFinding(FINDING),
      FINDING.hint,
    ]);
    expect(() => STRICT.add(FINDING)).toThrow(describeFinding(FINDING));
    expect(() => STRICT.add({ ...FINDING, severity: "warning" })).not.toThrow();
  });

  it("are kept up to ten for each code and pattern, and all are counted", () => {
    const findings = new Findings();
    for (let k = 0; k < 47; k++) findings.add({ ...FINDING, example: String(k) });
    findings.add({ ...FINDING, pattern: "p1" });
    findings.add({ ...FINDING, severity: "warning", code: "unused-label" });
    expect(findings.list.map(({ example }) => example).slice(0, 10)).toEqual([..."0123456789"]);
    expect(findings.list).toHaveLength(12);
    expect(findings.omitted).toEqual([
      { severity: "error", code: "unknown-column", pattern: "p4", count: 37 },
    ]);
    expect([findings.errors, findings.warnings]).toEqual([48, 1]);
  });

  it("throw the first error, with the number of others and how to list them", () => {
    const findings = new Findings();
    findings.throwFirst("t.yaml");
    findings.add({ ...FINDING, severity: "warning", message: "odd" });
    findings.throwFirst("t.yaml");
    findings.add(FINDING);
    expect(() => findings.throwFirst("t.yaml")).toThrow(
      expect.objectContaining({ message: describeFinding(FINDING), hint: FINDING.hint }),
    );
    findings.add({ ...FINDING, code: "no-blank" });
    findings.add({ ...FINDING, code: "bad-value" });
    expect(() => findings.throwFirst("t.yaml")).toThrow(
      expect.objectContaining({
        message: describeFinding(FINDING),
        hint: 'Did you mean "premise"?; and 2 more: run glm-eval tasks validate t.yaml',
      }),
    );
    const sentence = new Findings();
    for (let k = 0; k < 2; k++) sentence.add({ ...FINDING, hint: "Give a name." });
    expect(() => sentence.throwFirst("t.yaml")).toThrow(
      expect.objectContaining({ hint: "Give a name; and 1 more: run glm-eval tasks validate t.yaml" }),
    );
  });
});
