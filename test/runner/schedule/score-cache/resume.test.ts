import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeClozeQuestion, openScoreCache } from "../../../../src/runner/index.js";
import { PrepareAhead } from "../../../../src/runner/schedule/prepare-ahead.js";
import { scoreAll } from "../../../../src/runner/schedule/score-all.js";
import { crowded, FACTS, outcomeOf, sit } from "../../sittings.js";
import type { StandIn } from "../../stand-in.js";

const place = mkdtempSync(join(tmpdir(), "glm-eval-cache-resume-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(place, String(folders++));
const newCache = (): string => join(newFolder(), "scores");
const copyOf = (folder: string, copy = newFolder()): string => {
  cpSync(folder, copy, { recursive: true });
  return copy;
};
const copyOfCache = (folder: string): string => copyOf(folder, newCache());
const inCache = (folder: string, troubles: string[] = []) => ({ folder, troubles });
const asked = { tasks: ["copa", "multirc", "rte"], patterns: ["p0", "p1"], limit: 12, maxBatchTokens: 60 };
/** In other batches the model gives the same questions other scores. */
const others = { tasks: ["copa", "rte", "cb"], patterns: ["p0"], limit: 9, maxBatchTokens: 90 };
const more = { ...others, tasks: ["copa", "multirc", "wic"], patterns: ["p1"], limit: 20 };

/** A copy of a run as a kill would have left it. */
function torn(whole: string, share: number): string {
  const folder = copyOf(whole);
  rmSync(join(folder, "results.json"));
  const journal = join(folder, "journal.jsonl");
  truncateSync(journal, Math.floor(share * readFileSync(journal).length));
  return folder;
}

describe.each([true, false])("a run with a warm cache that other runs change (packs: %s)", (packs) => {
  const [warm, after, whole] = [newCache(), newCache(), newFolder()];
  beforeAll(async () => {
    await sit(newFolder(), crowded(packs), others, false, inCache(warm));
    cpSync(warm, after, { recursive: true });
    await sit(whole, crowded(packs), asked, false, inCache(after));
  });

  it("gives the same to the last byte wherever its journal ends", async () => {
    const expected = outcomeOf(whole);
    // Questions and samples of three tasks, results.json and results.csv.
    expect(Object.keys(expected)).toHaveLength(8);
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        async (share, keptItsOwn) => {
          // Of what it scored itself nothing or all is in the file, and what another run scored behind it.
          const cache = copyOfCache(keptItsOwn ? after : warm);
          await sit(newFolder(), crowded(packs), more, false, inCache(cache));
          const folder = torn(whole, share);
          const troubles: string[] = [];
          await sit(folder, crowded(packs), asked, true, inCache(cache, troubles));
          expect(troubles).toEqual([]);
          expect(outcomeOf(folder)).toEqual(expected);
        },
      ),
      { seed: 12, numRuns: 30 },
    );
  });

  it("goes on after every stop, however many there are", async () => {
    const [cache, folder] = [copyOfCache(warm), newFolder()];
    let stops = 0;
    for (let resume = false; ; resume = true) {
      const model = crowded(packs);
      let batches = 0;
      const engine: StandIn["engine"] = {
        ...model.engine,
        score: async (rows) => {
          // Ever later: of a batch that completes no question nothing is kept.
          if (batches++ === 1 + stops) throw new Error("stopped");
          return model.engine.score(rows);
        },
      };
      const stopping = { ...model, engine };
      const error = await sit(folder, stopping, asked, resume, inCache(cache)).catch((cause: Error) => cause);
      if (error === undefined) break;
      expect(error.message).toBe("stopped");
      stops++;
      if (stops === 1) await sit(newFolder(), crowded(packs), more, false, inCache(cache));
    }
    expect(stops).toBeGreaterThan(1);
    expect(outcomeOf(folder)).toEqual(outcomeOf(whole));
  });

  it("asks nothing the second time, and gives the same; without the cache it asks again", async () => {
    const [again, without, folder] = [crowded(packs), crowded(packs), newFolder()];
    await sit(folder, again, asked, false, inCache(copyOfCache(after)));
    expect(again.batches).toBe(0);
    await sit(newFolder(), without, asked, false);
    expect(without.batches).toBeGreaterThan(10);
    const first = copyOfCache(after);
    const second = newFolder();
    await sit(second, crowded(packs), asked, false, inCache(first));
    expect(outcomeOf(second)).toEqual(outcomeOf(folder));
    expect(outcomeOf(folder)).toEqual(outcomeOf(whole));
  });

  it("goes on without what it had where the cache was cleared, and tells it", async () => {
    const [cache, troubles] = [newCache(), [] as string[]];
    const folder = torn(whole, 0.4);
    await sit(folder, crowded(packs), asked, true, inCache(cache, troubles));
    expect(troubles).toEqual([
      expect.stringMatching(/^the score cache was cleared or changed .* last digits/),
    ]);
    expect(JSON.parse(readFileSync(join(folder, "run.json"), "utf8")).models[0].score_cache.bytes).toBe(0);
    expect(Object.keys(outcomeOf(folder))).toEqual(Object.keys(outcomeOf(whole)));
    expect(readdirSync(cache)).toHaveLength(1);
  });
});

it("questions that are the same to the model are scored once", async () => {
  const model = crowded(false);
  const texts = ["aa", "bbb", "cc", "ddd", "ee"].map((answer, k) =>
    makeClozeQuestion({ id: `${k}0`, text: "x [MASK]", answers: [answer] }),
  );
  const cache = await openScoreCache({
    folder: newCache(),
    facts: FACTS,
    model: "one",
    onTrouble: () => undefined,
  });
  const asked = new PrepareAhead(model, { count: texts.length, question: (k) => texts[k]! });
  const entries = await scoreAll(model.engine, asked, { maxBatchTokens: 1, cache });
  await cache.close();
  expect(model.batches).toBe(2);
  const scores = entries.map((entry) => entry!.answers[0]!.tokenLogProbs);
  expect(scores[2]).toEqual(scores[0]);
  expect(scores[4]).toEqual(scores[0]);
  expect(scores[3]).toEqual(scores[1]);
  expect(scores[1]).not.toEqual(scores[0]);
  expect([cache.asked, cache.hits]).toEqual([2, 0]);
});
