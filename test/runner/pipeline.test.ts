import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  chooseBatchTokens,
  makeClozeQuestion,
  PrepareAhead,
  scoreAll,
  tryBatchTokens,
} from "../../src/runner/index.js";
import { crowded } from "./sittings.js";
import { type StandIn, standIn } from "./stand-in.js";

const questions = (count: number) =>
  Array.from({ length: count }, (_, k) =>
    makeClozeQuestion({ id: `q${k}`, text: "It is [MASK].", answers: ["a", "b"] }),
  );
const prepareAhead = (model: StandIn, all: ReturnType<typeof questions>) =>
  new PrepareAhead(model, { count: all.length, question: (k) => all[k]! });

/** Makes a stand-in that answers only when its callbacks are called. */
function makeManual() {
  const waiting: (() => void)[] = [];
  const { reader, engine } = standIn();
  const manualEngine: StandIn["engine"] = {
    ...engine,
    score: (rows) =>
      new Promise((resolve, reject) => waiting.push(() => engine.score(rows).then(resolve, reject))),
  };
  return { model: { reader, engine: manualEngine }, waiting };
}
const waitBriefly = () => new Promise((resolve) => setTimeout(resolve, 5));

describe("scoreAll", () => {
  it("keeps two batches per device in flight, in whatever order they finish", async () => {
    for (const lanes of [1, 3]) {
      const { model, waiting } = makeManual();
      const all = questions(10);
      const scored: string[] = [];
      const done = scoreAll({ ...model.engine, lanes }, prepareAhead(model, all), {
        maxBatchTokens: 1,
        onScored: (entries) => void scored.push(...entries.map(({ id }) => id)),
      });
      for (let batch = 0; batch < 10; batch++) {
        await waitBriefly();
        expect(waiting.length).toBe(Math.min(2 * lanes, 10 - batch));
        // The last batch sent is answered first.
        waiting.pop()!();
      }
      expect((await done).map((entry) => entry!.id)).toEqual(all.map(({ id }) => id));
      expect([...scored].sort()).toEqual(all.map(({ id }) => id).sort());
    }
  });

  it("keeps the batches in flight when it is stopped", async () => {
    const { model, waiting } = makeManual();
    const stop = new AbortController();
    const scored: string[] = [];
    const onScored = (entries: readonly { id: string }[]) => void scored.push(...entries.map(({ id }) => id));
    const done = scoreAll(model.engine, prepareAhead(model, questions(9)), {
      maxBatchTokens: 1,
      onScored,
      signal: stop.signal,
    });
    await waitBriefly();
    stop.abort();
    for (const answer of waiting.splice(0)) answer();
    const entries = await done;
    expect(entries.filter((entry) => entry !== undefined)).toHaveLength(2);
    expect(scored).toHaveLength(2);
  });

  it("stops if a batch fails, and keeps the others in flight", async () => {
    const { model, waiting } = makeManual();
    let given = 0;
    const bad: StandIn["engine"] = {
      ...model.engine,
      score: (rows) => (given++ === 2 ? Promise.reject(new Error("a bad batch")) : model.engine.score(rows)),
    };
    const kept: string[] = [];
    const failing = scoreAll(bad, prepareAhead(model, questions(9)), {
      maxBatchTokens: 1,
      onScored: (entries) => void kept.push(...entries.map(({ id }) => id)),
    });
    failing.catch(() => undefined);
    for (let batch = 0; batch < 3; batch++) {
      await waitBriefly();
      waiting.shift()?.();
    }
    await expect(failing).rejects.toThrow("a bad batch");
    expect(kept).toHaveLength(given - 1);
    expect(given).toBeLessThan(5);
  });
});

describe("PrepareAhead", () => {
  it("returns windows in order while later ones are prepared, and reports an invalid question early", async () => {
    const all = questions(2500);
    const ahead = prepareAhead(standIn(), all);
    const sizes: number[] = [];
    for (let window = await ahead.next(); window; window = await ahead.next()) sizes.push(window.length);
    expect(sizes).toEqual([1024, 1024, 452]);
    expect(ahead.questions).toEqual(all);

    const bad = new PrepareAhead(standIn(), {
      count: 3000,
      question: (k) => {
        if (k === 2999) throw new TypeError("the last one");
        return all[k % 2500]!;
      },
    });
    expect(await bad.next()).toHaveLength(1024);
    for (let k = 0; k < 100; k++) await waitBriefly();
    expect(() => bad.check()).toThrow("the last one");
  });
});

describe("the size of a batch", () => {
  const countTokens = (
    { length }: StandIn["engine"],
    rows: Parameters<StandIn["engine"]["score"]>[0],
  ): number => rows.flat().reduce((sum, question) => sum + length(question), 0);
  /** The clock, which only the device moves. */
  let now = 0;
  beforeEach(() => void vi.spyOn(performance, "now").mockImplementation(() => now));
  afterEach(() => void vi.restoreAllMocks());
  /** Makes a device that takes a fixed time per batch, and more beyond its cache. */
  const makeDevice = (best: number) => {
    const { reader, engine } = crowded(true);
    const sizes: number[] = [];
    const timed: StandIn["engine"] = {
      ...engine,
      score: async (rows) => {
        const tokens = countTokens(engine, rows);
        sizes.push(tokens);
        const milliseconds = 20 + tokens / 50 + (tokens > best ? (tokens - best) / 10 : 0);
        now += milliseconds;
        return await engine.score(rows);
      },
    };
    return { model: { reader, engine: timed }, sizes };
  };

  it("is the smallest that is as fast as the fastest, and larger ones are not tried in vain", async () => {
    const { model, sizes } = makeDevice(1024);
    const tried = await tryBatchTokens(model, questions(200), { total: 10_000 });
    expect(tried.map(({ tokens }) => tokens)).toEqual([256, 512, 1024, 2048]);
    expect(chooseBatchTokens(tried)).toBe(1024);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2048);
    expect(Math.min(...sizes)).toBeGreaterThan(200);
  });

  it("is limited by memory, and not measured if everything fits one batch", async () => {
    const { model } = makeDevice(1e9);
    const { reader, engine } = model;
    const small: StandIn["engine"] = {
      ...engine,
      score: (rows) =>
        countTokens(engine, rows) > 512 ? Promise.reject(new Error("out of memory")) : engine.score(rows),
    };
    const limited = { reader, engine: small };
    const tried = await tryBatchTokens(limited, questions(200), { total: 10_000 });
    expect(tried.map(({ tokens }) => tokens)).toEqual([256, 512]);
    expect(await tryBatchTokens(limited, questions(3), { total: 3 })).toEqual([]);
    expect(chooseBatchTokens([])).toBe(256);
  });
});
