import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { checkSubmission, superglueSubmission } from "../../src/report/index.js";
import { sample, testSplit } from "./samples.js";

const COMPLETE = testSplit();

function unzip(bytes: Uint8Array): Map<string, string> {
  return new Map(Object.entries(unzipSync(bytes)).map(([name, data]) => [name, strFromU8(data)]));
}

const FILES = unzip(superglueSubmission({ split: "test", samples: COMPLETE }));

/** Parses the first lines of a file. */
function lines(name: string, count = 2): unknown[] {
  return FILES.get(name)!
    .split("\n")
    .slice(0, count)
    .map((line) => JSON.parse(line));
}

describe("superglueSubmission", () => {
  it("contains the ten files, with every line terminated", () => {
    expect([...FILES.keys()].sort()).toEqual(
      "AX-b AX-g BoolQ CB COPA MultiRC RTE ReCoRD WSC WiC".split(" ").map((name) => `${name}.jsonl`),
    );
    for (const text of FILES.values()) expect(text.endsWith("}\n")).toBe(true);
  });

  it("spells labels as in the official files", () => {
    expect(lines("BoolQ.jsonl")).toEqual([
      { idx: 0, label: "false" },
      { idx: 1, label: "true" },
    ]);
    expect(lines("CB.jsonl", 3).map((line) => (line as { label: string }).label)).toEqual([
      "entailment",
      "contradiction",
      "neutral",
    ]);
    expect(lines("COPA.jsonl")).toEqual([
      { idx: 0, label: 0 },
      { idx: 1, label: 1 },
    ]);
    expect(lines("ReCoRD.jsonl", 1)).toEqual([{ idx: 0, label: "Bob “B.” Smith" }]);
    for (const name of ["RTE.jsonl", "AX-b.jsonl", "AX-g.jsonl"])
      expect(lines(name)).toEqual([
        { idx: 0, label: "entailment" },
        { idx: 1, label: "not_entailment" },
      ]);
    expect(lines("WiC.jsonl", 1)).toEqual([{ idx: 0, label: "false" }]);
    expect(lines("WSC.jsonl")).toEqual([
      { idx: 0, label: "False" },
      { idx: 1, label: "True" },
    ]);
  });

  it("nests MultiRC by passage and question", () => {
    const [first, second] = lines("MultiRC.jsonl") as {
      idx: number;
      passage: { questions: { idx: number; answers: { idx: number; label: number }[] }[] };
    }[];
    expect(first!.idx).toBe(0);
    expect(first!.passage.questions).toHaveLength(12);
    expect(first!.passage.questions[1]).toEqual({
      idx: 1,
      answers: [5, 6, 7, 8, 9].map((idx) => ({ idx, label: idx % 2 })),
    });
    expect(second!.idx).toBe(1);
    expect(second!.passage.questions[0]!.idx).toBe(12);
  });

  it("sorts by numeric idx, whatever the order of the samples, and gives the same bytes in every time zone", () => {
    const reversed = new Map([...COMPLETE].reverse().map(([task, samples]) => [task, samples.toReversed()]));
    const zone = process.env.TZ;
    try {
      const [here, there] = ["UTC", "Pacific/Auckland"].map((TZ) => {
        process.env.TZ = TZ;
        return superglueSubmission({ split: "test", samples: TZ === "UTC" ? COMPLETE : reversed });
      });
      expect(Buffer.from(there!).equals(Buffer.from(here!))).toBe(true);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    expect(lines("CB.jsonl", 12).map((line) => (line as { idx: number }).idx)).toEqual(
      Array.from({ length: 12 }, (_, k) => k),
    );
  });

  const getRefusal = (input: Parameters<typeof superglueSubmission>[0]): string => {
    try {
      superglueSubmission(input);
    } catch (error) {
      expect(error).toMatchObject({ kind: "data", hint: expect.stringContaining("--split test") });
      return (error as Error).message;
    }
    throw new Error("it was not rejected");
  };
  const without = (task: string) => new Map([...COMPLETE].filter(([name]) => name !== task));
  const changed = (task: string, change: (samples: (typeof FIRST)[]) => (typeof FIRST)[]) =>
    new Map(COMPLETE).set(task, change(COMPLETE.get(task)!));
  const FIRST = COMPLETE.get("cb")![0]!;

  it.each([
    ["another split", { split: "validation", samples: COMPLETE }, /the run used the validation split/],
    ["no samples", { split: "test", samples: new Map() }, /: no samples$/],
    [
      "a missing task",
      { split: "test", samples: without("record") },
      /^not a complete SuperGLUE submission: ReCoRD: not run$/,
    ],
    [
      "a limit",
      { split: "test", samples: changed("cb", (all) => all.slice(0, 8)) },
      /: CB\.jsonl: 8 predictions, but the test split has 250$/,
    ],
    [
      "a duplicate example",
      { split: "test", samples: changed("cb", (all) => [...all.slice(1), all[3]!]) },
      /CB\.jsonl: line 4: idx 3 appears twice/,
    ],
    [
      "an id that is not an idx",
      { split: "test", samples: changed("cb", (all) => [{ ...FIRST, id: "a7" }, ...all.slice(1)]) },
      /CB: example "a7" has no official idx/,
    ],
    [
      "an unknown label",
      { split: "test", samples: changed("cb", (all) => [{ ...FIRST, predicted: "maybe" }, ...all.slice(1)]) },
      /CB: the prediction for example "0" is "maybe", expected one of entailment, contradiction, neutral/,
    ],
    [
      "several patterns",
      { split: "test", samples: changed("cb", (all) => [...all, { ...FIRST, pattern: "p3" }]) },
      /CB: it has samples from several patterns \(p0, p3\) and no ensemble/,
    ],
    [
      "several models",
      { split: "test", samples: changed("cb", (all) => [...all, { ...FIRST, model: "bert" }]) },
      /several models \(glm-tiny, bert\): choose one/,
    ],
    [
      "a model without samples",
      { split: "test", samples: COMPLETE, model: "bert" },
      /no samples from bert, only from glm-tiny/,
    ],
  ])("rejects %s", (_, input, reason) => {
    expect(getRefusal(input)).toMatch(reason);
  });

  it("lists all unfit tasks with their reasons", () => {
    const some = new Map([
      ["cb", [sample("0", "entailment")]],
      ["rte", [sample("x", "entailment")]],
    ]);
    expect(getRefusal({ split: "test", samples: some })).toMatch(/BoolQ: not run; .*RTE: example "x"/);
  });

  it("uses the requested pattern, otherwise the ensemble, and one model of several", () => {
    const two = new Map(
      [...COMPLETE].map(([task, all]) => [
        task,
        [
          ...all,
          ...all.map((one) => ({ ...one, pattern: "p1", model: "bert", predicted: all[0]!.predicted })),
        ],
      ]),
    );
    const own = superglueSubmission({ split: "test", samples: two, model: "glm-tiny" });
    expect(unzip(own)).toEqual(FILES);
    const patterns = (second: string) =>
      changed("cb", (all) => [
        ...all,
        ...all.map((one) => ({ ...one, pattern: second, predicted: "neutral" })),
      ]);
    const labels = (bytes: Uint8Array) =>
      new Set(
        unzip(bytes)
          .get("CB.jsonl")!
          .match(/"label":"\w+"/g),
      );
    expect(labels(superglueSubmission({ split: "test", samples: patterns("ensemble") }))).toEqual(
      new Set(['"label":"neutral"']),
    );
    const requested = superglueSubmission({ split: "test", samples: patterns("ensemble"), pattern: "p0" });
    expect(unzip(requested)).toEqual(FILES);
  });
});

describe("checkSubmission", () => {
  it("finds no problem in a complete submission", () => {
    expect(checkSubmission(FILES)).toEqual([]);
  });

  const replaced = (name: string, change: (text: string) => string) =>
    checkSubmission(new Map(FILES).set(name, change(FILES.get(name)!)));
  const firstLine = (name: string, line: string) =>
    replaced(name, (text) => `${line}\n${text.slice(text.indexOf("\n") + 1)}`);

  it.each([
    ["invalid JSON", () => firstLine("CB.jsonl", "{"), "CB.jsonl: line 1: not JSON"],
    [
      "a label of another task",
      () => firstLine("CB.jsonl", '{"idx":0,"label":"true"}'),
      "CB.jsonl: line 1: label: ",
    ],
    [
      "WSC's label in lower case",
      () => firstLine("WSC.jsonl", '{"idx":0,"label":"true"}'),
      "WSC.jsonl: line 1: label: ",
    ],
    [
      "a boolean label",
      () => firstLine("BoolQ.jsonl", '{"idx":0,"label":true}'),
      "BoolQ.jsonl: line 1: label: ",
    ],
    [
      "COPA's label as text",
      () => firstLine("COPA.jsonl", '{"idx":0,"label":"0"}'),
      "COPA.jsonl: line 1: label: ",
    ],
    [
      "an idx as text",
      () => firstLine("RTE.jsonl", '{"idx":"0","label":"entailment"}'),
      "RTE.jsonl: line 1: idx: ",
    ],
    ["no label", () => firstLine("ReCoRD.jsonl", '{"idx":0,"label":""}'), "ReCoRD.jsonl: line 1: label: "],
    ["an extra key", () => firstLine("WiC.jsonl", '{"idx":0,"label":"true","x":1}'), "WiC.jsonl: line 1: "],
    [
      "MultiRC without its nesting",
      () => firstLine("MultiRC.jsonl", '{"idx":0,"label":1}'),
      "MultiRC.jsonl: line 1: passage: ",
    ],
    [
      "a duplicate answer",
      () => replaced("MultiRC.jsonl", (text) => text.replace('{"idx":1,"label":1}', '{"idx":0,"label":1}')),
      "MultiRC.jsonl: line 1: answer 0 of question 0 of passage 0 appears twice",
    ],
    [
      "no newline at the end",
      () => replaced("CB.jsonl", (text) => text.trimEnd()),
      "CB.jsonl: no newline at the end of the last line",
    ],
    [
      "a missing line",
      () => replaced("AX-g.jsonl", (text) => text.slice(text.indexOf("\n") + 1)),
      "AX-g.jsonl: 355 predictions, but the test split has 356",
    ],
    ["an extra file", () => checkSubmission(new Map(FILES).set("x.txt", "")), "x.txt: not part of"],
  ])("finds %s", (_, check, found) => {
    const problems = check();
    expect(problems).toHaveLength(1);
    expect(problems[0]!.startsWith(found)).toBe(true);
  });

  it("finds a missing file", () => {
    const files = new Map(FILES);
    files.delete("CB.jsonl");
    expect(checkSubmission(files)).toEqual(["CB.jsonl: missing"]);
  });
});
