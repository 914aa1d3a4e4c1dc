import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GlmEvalError } from "../../src/errors.js";
import { ensureConverted, loadGlm, readGlm, writeGraph } from "../../src/models/glm/index.js";
import { openSession, SessionEnded } from "../../src/models/onnx/index.js";
import { parseCloze } from "../../src/patterns/index.js";
import {
  type AnswerScore,
  type Engine,
  type InfillQuestion,
  infillEngine,
  infillReader,
  loadModel,
  type PreparedQuestion,
  type Reader,
} from "../../src/scoring/index.js";
import { poolEngines } from "../../src/scoring/pool.js";
import { onLinux } from "../platform.js";
import { goldenModels } from "./golden.js";

const scoreOf = (id: string): AnswerScore[] => [
  {
    tokenIds: [1],
    tokenLogProbs: [-1 - Number(id)],
    isGreedy: [true],
    closing: { tokenIds: [], logProbs: [], isGreedy: [] },
  },
];
const batchOf = (number: number) => [[{ id: String(number), cut: 0, answers: [] }]];

interface StandIn extends Engine {
  /** ids of the questions that it scored */
  readonly answered: string[];
  mostInFlight: number;
  isClosed: boolean;
}

/**
 * A device that computes its batches one after the other, each for as long as `work` says, and stops for good when it is
 * given the batch with number `stopsAt`: whatever waits there then is lost, like all that comes later.
 */
function standIn(work: () => Promise<unknown>, stopsAt = Number.POSITIVE_INFINITY): StandIn {
  const failing = new Set<(error: Error) => void>();
  let gone: SessionEnded | undefined;
  let given = 0;
  let queue = Promise.resolve<unknown>(undefined);
  const device: StandIn = {
    packs: true,
    work: { tokens: 0, padding: 0 },
    answered: [],
    mostInFlight: 0,
    isClosed: false,
    length: () => 1,
    score(rows) {
      const fails = given++ === stopsAt;
      return new Promise((resolve, reject) => {
        if (gone) return reject(gone);
        failing.add(reject);
        device.mostInFlight = Math.max(device.mostInFlight, failing.size);
        queue = queue.then(work).then(() => {
          if (gone) return;
          if (fails) {
            gone = new SessionEnded("webgpu", "its process was killed by SIGKILL");
            for (const each of failing) each(gone);
            return;
          }
          failing.delete(reject);
          device.answered.push(...rows.flat().map(({ id }) => id));
          resolve(rows.map((row) => row.map(({ id }) => scoreOf(id))));
        });
      });
    },
    async close() {
      device.isClosed = true;
      gone ??= new SessionEnded("webgpu", "its process was killed by SIGKILL");
      for (const each of failing) each(gone);
    },
  };
  return device;
}

/** Scores batches as a run does: two in flight per lane. */
async function scoreBatches<P extends PreparedQuestion>(
  engine: Engine<P>,
  batches: readonly (readonly (readonly P[])[])[],
): Promise<AnswerScore[][][][]> {
  const results: AnswerScore[][][][] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < batches.length) {
      const number = next++;
      results[number] = await engine.score(batches[number]!);
    }
  };
  await Promise.all(Array.from({ length: 2 * engine.lanes! }, worker));
  return results;
}

describe("devices that work and stop in any order", () => {
  /** for each device, the index of the batch at which it stops, if it does */
  const stops = fc.array(fc.option(fc.nat(6), { nil: undefined }), { maxLength: 4 });
  const settings = { numRuns: 300 };

  it("every question is scored once, correctly and in order, while one device is left", async () => {
    const property = fc.asyncProperty(
      fc.scheduler(),
      stops,
      fc.nat(),
      fc.nat(25),
      async (s, ends, place, count) => {
        const devices = ends.map((at) => standIn(() => s.schedule(Promise.resolve()), at));
        const sound = standIn(() => s.schedule(Promise.resolve()));
        devices.splice(place % (devices.length + 1), 0, sound);
        const notes: string[] = [];
        const pool = poolEngines(devices, (note) => notes.push(note));
        expect(pool.lanes).toBe(devices.length);
        const batches = Array.from({ length: count }, (_, k) => batchOf(k));
        const scored = await s.waitFor(scoreBatches(pool, batches));
        expect(scored).toEqual(batches.map((_, k) => [[scoreOf(String(k))]]));
        const answered = devices.flatMap((device) => device.answered);
        expect(answered.sort()).toEqual(batches.map((_, k) => String(k)).sort());
        // A device that stops is reported once, regardless of how many batches it had.
        expect(notes).toHaveLength(devices.length - pool.lanes!);
        for (const note of notes)
          expect(note).toMatch(/^webgpu stopped: its process was killed by SIGKILL; the others? continues?$/);
        await pool.close();
        expect(devices.every(({ isClosed }) => isClosed)).toBe(true);
        expect(notes).toHaveLength(devices.length - pool.lanes!);
      },
    );
    await fc.assert(property, settings);
  });

  it("if none stops, every device has at most two batches in flight", async () => {
    const property = fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 5 }), async (s, count) => {
      const devices = Array.from({ length: count }, () => standIn(() => s.schedule(Promise.resolve())));
      const batches = Array.from({ length: 10 * count }, (_, k) => batchOf(k));
      await s.waitFor(scoreBatches(poolEngines(devices), batches));
      expect(devices.map(({ mostInFlight }) => mostInFlight)).toEqual(devices.map(() => 2));
    });
    await fc.assert(property, settings);
  });

  it("when the last one stops, its error is thrown for every batch and for later ones", async () => {
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
      async (s, ends) => {
        const devices = ends.map((at) => standIn(() => s.schedule(Promise.resolve()), at));
        const notes: string[] = [];
        const pool = poolEngines(devices, (note) => notes.push(note));
        const batches = Array.from({ length: 40 }, (_, k) => batchOf(k));
        const error = await s.waitFor(scoreBatches(pool, batches).catch((reason: unknown) => reason));
        expect(error).toBeInstanceOf(SessionEnded);
        expect(error).toMatchObject({ message: "webgpu stopped: its process was killed by SIGKILL" });
        await expect(pool.score(batchOf(0))).rejects.toBe(error);
        expect(notes).toHaveLength(devices.length - 1);
        expect(pool.lanes).toBe(1);
      },
    );
    await fc.assert(property, settings);
  });
});

it("a batch that cannot be scored fails alone: it is not retried, and no device is dropped", async () => {
  const wrong = new GlmEvalError("runtime-failed", "ONNX Runtime failed on a batch: no");
  let asked = 0;
  const refuses = (): Engine => ({
    ...standIn(async () => undefined),
    score: async () => {
      asked++;
      throw wrong;
    },
  });
  const pool = poolEngines([refuses(), refuses()], () => expect.unreachable("nothing has stopped"));
  await expect(pool.score(batchOf(1))).rejects.toBe(wrong);
  expect(asked).toBe(1);
  expect(pool.lanes).toBe(2);
});

it("close closes all engines, even if one fails to close, and reports that", async () => {
  const [one, two] = [standIn(async () => undefined), standIn(async () => undefined)];
  const stuck = { ...standIn(async () => undefined), close: () => Promise.reject(new Error("stuck")) };
  await expect(poolEngines([one, stuck, two]).close()).rejects.toThrow("stuck");
  expect([one.isClosed, two.isClosed]).toEqual([true, true]);
});

it("a batch in flight at close is not given to another device", async () => {
  const never = () => new Promise(() => undefined);
  const devices = [standIn(never), standIn(never)];
  const pool = poolEngines(devices, () => expect.unreachable("nothing has stopped"));
  const scored = pool.score(batchOf(1));
  await pool.close();
  await expect(scored).rejects.toBeInstanceOf(SessionEnded);
  expect(devices.map(({ mostInFlight }) => mostInFlight)).toEqual([1, 0]);
});

describe("GLM", () => {
  const golden = goldenModels.find(({ name }) => name === "wordpiece-fp32")!;
  const cache = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
  afterAll(() => rmSync(cache, { recursive: true, force: true }));
  const questions = golden.cases.map(({ text, answers }, k) => ({
    id: String(k),
    answerKind: "texts" as const,
    clozes: [{ pattern: parseCloze(text), answers: answers.map((answer) => ({ text: answer })) }],
  }));
  /** every question three times, alone in its batch */
  const batchesOf = <P extends PreparedQuestion>(reader: Reader<P>) => {
    const each = questions.flatMap((question) => reader.prepare(question)).map((one) => [[one]]);
    return [...each, ...each, ...each];
  };
  let alone: AnswerScore[][][][];
  beforeAll(async () => {
    const { reader, engine } = await loadModel(golden.folder, {
      cacheFolder: cache,
      gelu: golden.gelu,
      threads: 1,
    });
    alone = [];
    for (const batch of batchesOf(reader)) alone.push(await engine.score(batch));
    await engine.close();
  });

  it("the CPU listed three times gives bitwise the scores of one, and facts that list all", async () => {
    const devices = ["cpu", "cpu", "cpu"];
    const { reader, engine, facts, notes } = await loadModel(golden.folder, {
      ...{ cacheFolder: cache, gelu: golden.gelu, threads: 1, devices },
      onStopped: () => expect.unreachable("nothing has stopped"),
    });
    try {
      expect(facts).toMatchObject({ devices: devices.map((name) => ({ name, attention: "fused" })) });
      expect(facts).not.toHaveProperty("device");
      expect(facts).not.toHaveProperty("attention");
      expect(new Set(notes).size).toBe(notes.length);
      expect(engine.lanes).toBe(3);
      expect(await scoreBatches(engine, batchesOf(reader))).toEqual(alone);
    } finally {
      await engine.close();
    }
  });

  it("memory is estimated for all sessions", async () => {
    const notesOf = async (cpuSessions: number): Promise<string[]> => {
      const notes: string[] = [];
      const onNote = (note: string) => notes.push(note);
      const options = { cacheFolder: cache, gelu: golden.gelu, cpuSessions, onNote };
      await (await loadGlm(await readGlm(golden.folder), options)).session.close();
      return notes;
    };
    expect(await notesOf(0)).toEqual([]);
    const [note] = await notesOf(1e6);
    expect(note).toMatch(/^The model needs about \d{5,}\.\d GB of memory in fp32/);
  });

  it.runIf(onLinux)("if a process is killed with batches in flight, the others score them", async () => {
    const pids: number[] = [];
    const engines: Engine<InfillQuestion>[] = [];
    const options = { cacheFolder: cache, gelu: golden.gelu, threads: 1 };
    const glm = await loadGlm(await readGlm(golden.folder), options);
    try {
      const { folder, dtype } = await ensureConverted(golden.folder, glm.config, { cacheFolder: cache });
      const model = await writeGraph(folder, glm.config, { gelu: glm.gelu, dtype });
      for (let k = 0; k < 3; k++) {
        const session = await openSession(model, { threads: 1, ownProcess: true });
        pids.push(children().find((pid) => !pids.includes(pid))!);
        engines.push(infillEngine({ ...glm, session }));
      }
      const notes: string[] = [];
      const pool = poolEngines(engines, (note) => notes.push(note));
      const batches = batchesOf(infillReader(glm));
      // While suspended it holds its batches, so it has batches in flight whenever it is killed.
      process.kill(pids[1]!, "SIGSTOP");
      const scored = scoreBatches(pool, batches);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(notes).toEqual([]);
      process.kill(pids[1]!, "SIGKILL");
      expect(await scored).toEqual(alone);
      expect(notes).toEqual(["cpu stopped: its process was killed by SIGKILL; the others continue"]);
      expect(pool.lanes).toBe(2);
    } finally {
      await Promise.all([glm.session.close(), ...engines.map((engine) => engine.close())]);
    }
    expect(children()).toEqual([]);
  });
});

/** The session processes of this test. */
function children(): number[] {
  return execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("session-worker.js"))
    .map((line) => Number.parseInt(line, 10));
}
