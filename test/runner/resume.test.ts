import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RunFolder, readRun, readSamples, runRecordText } from "../../src/runner/index.js";
import { loadModel, type Model } from "../../src/scoring/index.js";
import { onLinux } from "../platform.js";
import { aRecord } from "./a-record.js";
import { crowded, outcomeOf, sit } from "./sittings.js";

const place = mkdtempSync(join(tmpdir(), "glm-eval-resume-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(place, String(folders++));
const journalOf = (folder: string): string => join(folder, "journal.jsonl");
const linesOf = (folder: string): string[] => readFileSync(journalOf(folder), "utf8").trimEnd().split("\n");
const idsOf = (folder: string): string[] =>
  linesOf(folder)
    .map((line) => JSON.parse(line).id)
    .sort();
const entry = (id: string) => ({ id, answers: [], cut: 0 });
/** The record of a run of nothing. */
const RECORD = runRecordText(aRecord());

/** A copy of a finished run as a kill would have left it: its journal ends at any byte, nothing else is whole. */
function torn(whole: string, share: number): string {
  const folder = newFolder();
  cpSync(whole, folder, { recursive: true });
  rmSync(join(folder, "results.json"));
  const bytes = readFileSync(journalOf(folder)).length;
  truncateSync(journalOf(folder), Math.floor(share * bytes));
  for (const name of readdirSync(join(folder, "samples")))
    truncateSync(join(folder, "samples", name), Math.floor(share * 1000));
  return folder;
}

describe.each([true, false])("a model whose scores hang on their batch (packs: %s)", (packs) => {
  const asked = { tasks: ["copa", "multirc", "rte"], patterns: ["p0", "p1"], limit: 15, maxBatchTokens: 60 };
  const whole = newFolder();
  beforeAll(() => sit(whole, crowded(packs), asked, false));

  it("gives the same to the last byte wherever its journal ends", async () => {
    const expected = outcomeOf(whole);
    // Questions and samples of three tasks, results.json and results.csv.
    expect(Object.keys(expected)).toHaveLength(8);
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (share) => {
        const folder = torn(whole, share);
        await sit(folder, crowded(packs), asked, true);
        expect(outcomeOf(folder)).toEqual(expected);
        expect(idsOf(folder)).toEqual(idsOf(whole));
      }),
      { seed: 11, numRuns: 12 },
    );
  });

  it("asks nothing again that is whole", async () => {
    const again = crowded(packs);
    await sit(torn(whole, 1), again, asked, true);
    expect(again.batches).toBe(0);
    const [all, half] = [crowded(packs), crowded(packs)];
    await sit(newFolder(), all, asked, false);
    await sit(torn(whole, 0.6), half, asked, true);
    expect(half.batches).toBeGreaterThan(0);
    expect(half.batches).toBeLessThan(all.batches);
  });
});

describe("the bundled model", () => {
  const asked = { tasks: ["copa", "wsc"], limit: 10, maxBatchTokens: 100 };
  const whole = newFolder();
  let model: Model;
  beforeAll(async () => {
    const bundled = fileURLToPath(new URL("../../data/models/glm-tiny", import.meta.url));
    model = await loadModel(bundled, { cacheFolder: join(place, "cache"), threads: 1 });
    await sit(whole, model, asked, false);
  });
  afterAll(() => model.engine.close());

  it("gives the same to the last byte wherever its journal ends", async () => {
    const expected = outcomeOf(whole);
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (share) => {
        const folder = torn(whole, share);
        await sit(folder, model, asked, true);
        expect(outcomeOf(folder)).toEqual(expected);
      }),
      { seed: 5, numRuns: 6 },
    );
  });

  it("goes on after every stop, however many there are", async () => {
    const folder = newFolder();
    let stops = 0;
    for (let resume = false; ; resume = true) {
      let batches = 0;
      const engine: Model["engine"] = {
        ...model.engine,
        async score(rows) {
          if (batches++ === 1) throw new Error("stopped");
          return model.engine.score(rows);
        },
      };
      const stopping = { ...model, engine };
      const error = await sit(folder, stopping, asked, resume).catch((cause: Error) => cause);
      if (error === undefined) break;
      expect(error.message).toBe("stopped");
      stops++;
    }
    expect(stops).toBeGreaterThan(3);
    expect(outcomeOf(folder)).toEqual(outcomeOf(whole));
  });
});

describe("the folder of a run", () => {
  const begun = async (): Promise<string> => {
    const folder = newFolder();
    const run = await RunFolder.create(folder);
    await run.write("run.json", RECORD);
    await run.append("é", [entry("a"), entry("b"), entry("c")]);
    await run.close();
    return folder;
  };

  it("takes every whole line of a damaged journal, and tells which were not", async () => {
    const folder = await begun();
    const lines = linesOf(folder);
    writeFileSync(
      journalOf(folder),
      `${lines[0]}\n\0\0\0\n{"model": "é"}\n${lines[2]}\n${lines[1]!.slice(0, 9)}`,
    );
    const run = await RunFolder.resume(folder);
    expect(run.earlier!.journal.damaged).toEqual([2, 3, 5]);
    expect([...run.scored("é").keys()]).toEqual(["a", "c"]);
    expect(run.scored("another").size).toBe(0);
    await run.append("é", [entry("b")]);
    await run.close();
    expect(linesOf(folder)).toEqual([lines[0], lines[2], lines[1]]);
  });

  it("is left as it was where nothing is written", async () => {
    const folder = await begun();
    appendFileSync(journalOf(folder), "{");
    const before = readFileSync(journalOf(folder), "utf8");
    await (await RunFolder.resume(folder)).close();
    expect(readFileSync(journalOf(folder), "utf8")).toBe(before);
    const unused = newFolder();
    await (await RunFolder.create(join(unused, "deep"))).close();
    expect(readdirSync(place)).not.toContain(unused);
  });

  it("is not written by two at once: the one that went on last stays", async () => {
    const folder = await begun();
    const first = await RunFolder.resume(folder);
    await first.append("é", [entry("d")]);
    const second = await RunFolder.resume(folder);
    await second.append("é", [entry("e")]);
    await expect(first.append("é", [entry("f")])).rejects.toMatchObject({
      code: "journal-changed",
      message: expect.stringContaining("changed by another process"),
    });
    await second.append("é", [entry("f")]);
    await Promise.all([first.close(), second.close()]);
    expect(idsOf(folder)).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  it.runIf(onLinux)("tells of a disk that is full", async () => {
    const folder = newFolder();
    const run = await RunFolder.create(folder);
    // The system's own device for it: every write fails with ENOSPC.
    symlinkSync("/dev/full", journalOf(folder));
    await expect(run.append("m", [entry("a")])).rejects.toMatchObject({
      code: "disk-full",
      kind: "data",
      message: `${journalOf(folder)}: the disk is full (write)`,
      hint: expect.stringContaining("--resume"),
    });
    await run.close();
  });

  it("holds a run, or there is nothing to go on with", async () => {
    for (const [none, why] of [
      [newFolder(), "there is no such folder"],
      [place, "it has no run.json"],
    ] as const) {
      const refused = { code: "run-not-found", message: expect.stringContaining(why) };
      await expect(RunFolder.resume(none)).rejects.toMatchObject(refused);
      await expect(readRun(none)).rejects.toMatchObject(refused);
    }
    const folder = await begun();
    await expect(RunFolder.create(folder)).rejects.toMatchObject({
      code: "run-exists",
      message: expect.stringContaining("holds a run already"),
      hint: expect.stringMatching(/^--resume continues it/),
    });
    const file = join(folder, "run.json");
    const older = { ...JSON.parse(readFileSync(file, "utf8")), schema: 1 };
    writeFileSync(file, JSON.stringify(older));
    await expect(readRun(folder)).rejects.toMatchObject({
      code: "run-version",
      kind: "data",
      message: expect.stringContaining("in version 1 of the record"),
    });
    writeFileSync(file, '{"model');
    await expect(RunFolder.resume(folder)).rejects.toMatchObject({ code: "run-damaged", kind: "data" });
  });

  it("names the damaged line of a file of samples", async () => {
    const folder = await begun();
    mkdirSync(join(folder, "samples"), { recursive: true });
    const file = join(folder, "samples", "t.jsonl");
    writeFileSync(file, '{"id"\n');
    await expect(readSamples(await readRun(folder), "t")).rejects.toMatchObject({
      code: "run-damaged",
      message: `${file}:1 is damaged`,
    });
  });
});
