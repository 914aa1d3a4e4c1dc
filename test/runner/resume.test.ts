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
import { formatRunRecord, RunFolder, readRun, readSamples } from "../../src/runner/index.js";
import { loadModel, type Model } from "../../src/scoring/index.js";
import { onLinux } from "../platform.js";
import { aRecord } from "./a-record.js";
import { crowded, outcomeOf, sit } from "./sittings.js";

const place = mkdtempSync(join(tmpdir(), "glm-eval-resume-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(place, String(folders++));
const getJournal = (folder: string): string => join(folder, "journal.jsonl");
const readLines = (folder: string): string[] =>
  readFileSync(getJournal(folder), "utf8").trimEnd().split("\n");
const readIds = (folder: string): string[] =>
  readLines(folder)
    .map((line) => JSON.parse(line).id)
    .sort();
const entry = (id: string) => ({ id, answers: [], cut: 0 });
/** The record of an empty run. */
const RECORD = formatRunRecord(aRecord());

/** Copies a finished run as a kill would have left it: its journal ends at any byte, and no other file is complete. */
function tear(whole: string, share: number): string {
  const folder = newFolder();
  cpSync(whole, folder, { recursive: true });
  rmSync(join(folder, "results.json"));
  const bytes = readFileSync(getJournal(folder)).length;
  truncateSync(getJournal(folder), Math.floor(share * bytes));
  for (const name of readdirSync(join(folder, "samples")))
    truncateSync(join(folder, "samples", name), Math.floor(share * 1000));
  return folder;
}

describe.each([true, false])("a model whose scores depend on their batch (packs: %s)", (packs) => {
  const asked = { tasks: ["copa", "multirc", "rte"], patterns: ["p0", "p1"], limit: 15, maxBatchTokens: 60 };
  const whole = newFolder();
  beforeAll(() => sit(whole, crowded(packs), asked, false));

  it("gives the same to the last byte wherever its journal ends", async () => {
    const expected = outcomeOf(whole);
    // Questions and samples of three tasks, results.json and results.csv.
    expect(Object.keys(expected)).toHaveLength(8);
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (share) => {
        const folder = tear(whole, share);
        await sit(folder, crowded(packs), asked, true);
        expect(outcomeOf(folder)).toEqual(expected);
        expect(readIds(folder)).toEqual(readIds(whole));
      }),
      { seed: 11, numRuns: 40 },
    );
  });

  it("does not score complete questions again", async () => {
    const again = crowded(packs);
    await sit(tear(whole, 1), again, asked, true);
    expect(again.batches).toBe(0);
    const [all, half] = [crowded(packs), crowded(packs)];
    await sit(newFolder(), all, asked, false);
    await sit(tear(whole, 0.6), half, asked, true);
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
        const folder = tear(whole, share);
        await sit(folder, model, asked, true);
        expect(outcomeOf(folder)).toEqual(expected);
      }),
      { seed: 5, numRuns: 15 },
    );
  });

  it("resumes after any number of stops", async () => {
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
  const startRun = async (): Promise<string> => {
    const folder = newFolder();
    const run = await RunFolder.create(folder);
    await run.write("run.json", RECORD);
    await run.append("é", [entry("a"), entry("b"), entry("c")]);
    await run.close();
    return folder;
  };

  it("keeps every intact line of a damaged journal, and lists the others", async () => {
    const folder = await startRun();
    const lines = readLines(folder);
    writeFileSync(
      getJournal(folder),
      `${lines[0]}\n\0\0\0\n{"model": "é"}\n${lines[2]}\n${lines[1]!.slice(0, 9)}`,
    );
    const run = await RunFolder.resume(folder);
    expect(run.earlier!.journal.damaged).toEqual([2, 3, 5]);
    expect([...run.scored("é").keys()]).toEqual(["a", "c"]);
    expect(run.scored("another").size).toBe(0);
    await run.append("é", [entry("b")]);
    await run.close();
    expect(readLines(folder)).toEqual([lines[0], lines[2], lines[1]]);
  });

  it("is unchanged if nothing is written", async () => {
    const folder = await startRun();
    appendFileSync(getJournal(folder), "{");
    const before = readFileSync(getJournal(folder), "utf8");
    await (await RunFolder.resume(folder)).close();
    expect(readFileSync(getJournal(folder), "utf8")).toBe(before);
    const unused = newFolder();
    await (await RunFolder.create(join(unused, "deep"))).close();
    expect(readdirSync(place)).not.toContain(unused);
  });

  it("is written by only one process: the last one to resume wins", async () => {
    const folder = await startRun();
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
    expect(readIds(folder)).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  it.runIf(onLinux)("tells of a disk that is full", async () => {
    const folder = newFolder();
    const run = await RunFolder.create(folder);
    // The system's device for this: every write fails with ENOSPC.
    symlinkSync("/dev/full", getJournal(folder));
    await expect(run.append("m", [entry("a")])).rejects.toMatchObject({
      code: "disk-full",
      kind: "data",
      message: `${getJournal(folder)}: the disk is full (write)`,
      hint: expect.stringContaining("--resume"),
    });
    await run.close();
  });

  it("must contain a run to be resumed or read, and none to be created", async () => {
    for (const [none, why] of [
      [newFolder(), "there is no such folder"],
      [place, "it has no run.json"],
    ] as const) {
      const refused = { code: "run-not-found", message: expect.stringContaining(why) };
      await expect(RunFolder.resume(none)).rejects.toMatchObject(refused);
      await expect(readRun(none)).rejects.toMatchObject(refused);
    }
    const folder = await startRun();
    await expect(RunFolder.create(folder)).rejects.toMatchObject({
      code: "run-exists",
      message: expect.stringContaining("already contains a run"),
      hint: expect.stringMatching(/^Pass --resume to continue it/),
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

  it("reports the damaged line of a samples file", async () => {
    const folder = await startRun();
    mkdirSync(join(folder, "samples"), { recursive: true });
    const file = join(folder, "samples", "t.jsonl");
    writeFileSync(file, '{"id"\n');
    await expect(readSamples(await readRun(folder), "t")).rejects.toMatchObject({
      code: "run-damaged",
      message: `${file}:1 is damaged`,
    });
  });
});
