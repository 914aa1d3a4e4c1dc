import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkTask } from "../../src/tasks/index.js";
import { findDistractors } from "../../src/tasks/readers/noun-phrases.js";
import { cpuTime } from "../cpu-time.js";
import { folders, jsonLines } from "./helpers.js";
import { ROWS, TASK } from "./weather.js";

const folder = folders();

/** Returns the codes of the findings for a hostile task file; the check must be quick. */
async function findCodes(yaml: string | Uint8Array, rows: string = jsonLines(ROWS)): Promise<string[]> {
  const root = folder({ "task.yaml": yaml, "weather.jsonl": rows });
  const started = cpuTime();
  const { findings } = await checkTask(join(root, "task.yaml"), { root });
  expect(cpuTime() - started).toBeLessThan(10_000);
  return [...new Set(findings.list.map(({ code }) => code))];
}

describe("a hostile task file is refused quickly", () => {
  it("of more than a megabyte", async () => {
    expect(await findCodes(`${TASK}# ${"x".repeat(1_000_000)}`)).toEqual(["too-big"]);
  });

  it("that is not text", async () => {
    expect(await findCodes(Uint8Array.from([0x74, 0x3a, 0xff, 0xfe]))).toEqual(["not-utf8"]);
  });

  it("with aliases that multiply", async () => {
    const levels = [..."bcdefghi"].map(
      (name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(", ")}]`,
    );
    const laughs = ['a: &a ["lol", "lol", "lol", "lol", "lol", "lol", "lol", "lol", "lol"]', ...levels];
    expect(await findCodes(`${laughs.join("\n")}\n${TASK}`)).toEqual(["yaml-too-big"]);
  });

  it("with an alias to a node that contains it", async () => {
    expect((await findCodes(`a: &a [*a]\n${TASK}`)).length).toBeGreaterThan(0);
  });

  it("nested deeper than the stack", async () => {
    for (const deep of [
      "[".repeat(60_000),
      "{a: ".repeat(40_000),
      `${"[".repeat(9_000)}${"]".repeat(9_000)}`,
    ]) {
      const found = await findCodes(`a: ${deep}`);
      expect(["not-yaml", "yaml-too-big"]).toContain(found[0]);
    }
  });

  it("with thousands of keys, one of them twice", async () => {
    const keys = Array.from({ length: 10_000 }, (_, k) => `k${k}:\n`).join("");
    expect(await findCodes(`${keys}k5:\n${TASK}`)).toEqual(["duplicate-key", "unknown-key"]);
  });

  it("with thousands of patterns", async () => {
    expect(await findCodes(`task: x\npatterns:\n${"- {}\n".repeat(2_000)}`)).toEqual(["missing-key"]);
    const patterns = Array.from(
      { length: 2_000 },
      (_, k) => `- { id: p${k}, text: "[MASK]", answers: [x] }\n`,
    );
    expect(await findCodes(`task: x\npatterns:\n${patterns.join("")}`)).toEqual(["missing-key"]);
  });

  it("with tags of other languages, which have no meaning here", async () => {
    expect(await findCodes(TASK.replace("title: W", "title: !!js/function W"))).toEqual(["odd-yaml"]);
    expect(await findCodes(TASK.replace("title: W", "title: !!python/object/apply:os.system W"))).toEqual([
      "odd-yaml",
    ]);
  });

  it("with columns and labels named like properties of objects", async () => {
    const rows = ROWS.map(({ label: _, ...row }) => row);
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect(await findCodes(TASK.replace("label: label", `label: ${name}`), jsonLines(rows))).toEqual([
        "no-gold",
      ]);
      expect(await findCodes(TASK.replace("clean: [text]", `clean: [${name}]`))).toEqual(["unknown-column"]);
      expect(await findCodes(TASK.replace("label: label", `label: label\ngroup: ${name}`))).toEqual([
        "unknown-column",
      ]);
      expect(await findCodes(TASK.replace("verbalizer: {", `verbalizer: { ${name}: x,`))).not.toContain(
        "no-gold",
      );
    }
  });
});

describe("hostile data is refused quickly", () => {
  it("nested deeper than the stack", async () => {
    const deep = `{"text": ${"[".repeat(50_000)}${"]".repeat(50_000)}, "a": "x", "b": "y", "label": true}`;
    expect(await findCodes(TASK, deep)).toEqual(["too-deep"]);
    expect(await findCodes(TASK.replace("  clean: [text]\n", ""), deep)).toEqual([
      "unused-label",
      "cannot-compute",
    ]);
  });

  it("with a label of a megabyte", async () => {
    expect(await findCodes(TASK, jsonLines([{ ...ROWS[0], label: "x".repeat(1_000_000) }]))).toContain(
      "unknown-gold-label",
    );
  });

  it("with texts that are expensive to tag", async () => {
    for (const text of [
      "'s ".repeat(1_600),
      "! ".repeat(2_400),
      " ".repeat(4_900),
      "a-".repeat(2_400),
      "and ".repeat(1_200),
    ]) {
      const started = cpuTime();
      findDistractors(`${text} dog`, "cat", "it");
      expect(cpuTime() - started).toBeLessThan(10_000);
    }
    const row = {
      text: "it ".repeat(2_000),
      target: { span1_text: "cat", span2_text: "it", span2_index: 0 },
    };
    const yaml = TASK.replace("jsonl\n", "wsc\n")
      .replace("{{ a }}", "{{ pronoun }}")
      .replace("{{ b }}", "{{ text }}");
    expect(await findCodes(yaml, jsonLines([row]))).toEqual(["bad-row"]);
  });
});
