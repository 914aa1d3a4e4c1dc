import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import {
  listCacheFiles,
  type ModelScoreCache,
  openScoreCache,
  type Snapshot,
  survey,
} from "../../../../src/runner/index.js";
import type { AnswerScore, ModelFacts } from "../../../../src/scoring/index.js";
import { onLinux } from "../../../platform.js";
import { FACTS } from "../../sittings.js";

const { record } = JSON.parse(
  readFileSync(new URL("../../../fixtures/score-cache/cases.json", import.meta.url), "utf8"),
) as { record: { entry: { key: string; answers: AnswerScore[] }; line: string } };

const place = mkdtempSync(join(tmpdir(), "glm-eval-cache-"));
afterAll(() => rmSync(place, { recursive: true, force: true }));
let folders = 0;
const newFolder = (): string => join(place, String(folders++));
const getKey = (n: number): string => String(n).padStart(32, "0");
const answer = (logProb: number): AnswerScore => ({
  tokenIds: [1],
  tokenLogProbs: [logProb],
  isGreedy: [true],
  closing: { tokenIds: [], logProbs: [], isGreedy: [] },
});
const entry = (n: number, logProb = -n) => ({ key: getKey(n), answers: [answer(logProb)] });
const fileIn = (folder: string): string => {
  const [name, ...others] = readdirSync(folder);
  expect(others).toEqual([]);
  return join(folder, name!);
};
const troubles: string[] = [];

async function openIn(
  folder: string,
  more: { snapshot?: Snapshot; facts?: ModelFacts } = {},
): Promise<ModelScoreCache> {
  troubles.length = 0;
  const onTrouble = (sentence: string) => troubles.push(sentence);
  return openScoreCache({ folder, model: "one", facts: FACTS, ...more, onTrouble });
}

/** A folder with these entries. */
async function filled(...numbers: number[]): Promise<string> {
  const folder = newFolder();
  const cache = await openIn(folder);
  for (const n of numbers) await cache.put([entry(n)]);
  await cache.close();
  return folder;
}

/** Which of the numbers a cache that is opened now has. */
async function held(folder: string, numbers: readonly number[]): Promise<number[]> {
  const cache = await openIn(folder);
  const found = numbers.filter((n) => cache.get(getKey(n)) !== undefined);
  await cache.close();
  return found;
}

describe("a score cache", () => {
  it("gives back every bit of every score", async () => {
    const folder = newFolder();
    const logProb = fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => -Math.abs(value) || 0);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(1e9), { minLength: 1 }),
        fc.array(logProb),
        async (keys, logs) => {
          const scores = logs.map(answer);
          const first = await openIn(folder);
          const before = keys.filter((n) => first.get(getKey(n)) !== undefined);
          await first.put(keys.map((n) => ({ key: getKey(n), answers: scores })));
          await first.close();
          const second = await openIn(folder);
          for (const n of keys.filter((each) => !before.includes(each)))
            expect(second.get(getKey(n))).toEqual(scores);
          await second.close();
        },
      ),
      { numRuns: 20 },
    );
  });

  it("writes lines as Python makes them", async () => {
    const folder = newFolder();
    const cache = await openIn(folder);
    await cache.put([record.entry]);
    await cache.close();
    const lines = readFileSync(fileIn(folder), "utf8").split("\n");
    expect(lines.slice(1)).toEqual(["", record.line, ""]);
  });

  it("keeps the first scores of a question", async () => {
    const folder = await filled(1);
    const cache = await openIn(folder);
    await cache.put([entry(1, -99), entry(2, -2), entry(2, -99)]);
    expect(cache.get(getKey(2))).toEqual([answer(-2)]);
    await cache.close();
    const again = await openIn(folder);
    expect([1, 2].map((n) => again.get(getKey(n)))).toEqual([[answer(-1)], [answer(-2)]]);
    expect([again.asked, again.hits]).toEqual([2, 2]);
    await again.close();
  });

  it("does not see what was put after its snapshot, and what was put then is not put twice", async () => {
    const folder = await filled(1);
    const first = await openIn(folder);
    const other = await openIn(folder);
    await other.put([entry(2, -7)]);
    await other.close();
    expect(first.get(getKey(2))).toBeUndefined();
    await first.close();
    const again = await openIn(folder, { snapshot: first.snapshot });
    expect(troubles).toEqual([]);
    expect(again.snapshot).toEqual(first.snapshot);
    expect([1, 2].map((n) => again.get(getKey(n)))).toEqual([[answer(-1)], undefined]);
    const { size } = statSync(fileIn(folder));
    await again.put([entry(2, -2)]);
    expect(again.get(getKey(2))).toEqual([answer(-2)]);
    await again.close();
    expect(statSync(fileIn(folder)).size).toBe(size);
  });

  it.each<[string, (file: string) => void]>([
    ["cleared", (file) => rmSync(file)],
    ["cut short", (file) => truncateSync(file, statSync(file).size - 1)],
    ["damaged", (file) => flip(file, statSync(file).size - 9)],
  ])("sees nothing of a snapshot whose file was %s, and tells it", async (_, change) => {
    const folder = await filled(1, 2);
    const first = await openIn(folder);
    await first.close();
    change(fileIn(folder));
    const again = await openIn(folder, { snapshot: first.snapshot });
    expect(again.get(getKey(1))).toBeUndefined();
    expect(again.snapshot.bytes).toBe(0);
    expect(troubles).toEqual([expect.stringContaining("cleared or changed since the run started")]);
    await again.close();
    const third = await openIn(folder, { snapshot: again.snapshot });
    expect(third.get(getKey(1))).toBeUndefined();
    expect(troubles).toEqual([]);
    await third.close();
  });

  it("is another file for another model, and no other model's under its name", async () => {
    const folder = await filled(1);
    const file = fileIn(folder);
    const other = await openIn(folder, { facts: { ...FACTS, gelu: "erf" } });
    expect(other.get(getKey(1))).toBeUndefined();
    await other.close();
    const another = readdirSync(folder).find((name) => join(folder, name) !== file)!;
    writeFileSync(join(folder, another), readFileSync(file));
    const cache = await openIn(folder, { facts: { ...FACTS, gelu: "erf" } });
    expect(troubles).toEqual([expect.stringContaining("it belongs to another model")]);
    expect(cache.get(getKey(1))).toBeUndefined();
    await cache.close();
  });
});

/** Changes one bit of a file. */
function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

describe("a damaged score cache", () => {
  it("loses a line whichever byte of it is another, nothing else, and it is counted", async () => {
    const folder = await filled(1, 2, 3);
    const file = fileIn(folder);
    const whole = readFileSync(file);
    const from = whole.indexOf(getKey(2)) - 17;
    const to = whole.indexOf("\n", from);
    for (let at = from; at < to; at += 3) {
      writeFileSync(file, whole);
      flip(file, at);
      expect(await held(folder, [1, 2, 3])).toEqual([1, 3]);
      const [found] = await listCacheFiles(folder);
      expect(await survey(found!)).toMatchObject({ entries: 2, damaged: expect.any(Number) });
      expect((await survey(found!)).damaged).toBeGreaterThan(0);
    }
  });

  it("loses a torn line, wherever it was torn, and takes others behind it", async () => {
    const folder = await filled(1);
    const file = fileIn(folder);
    const before = statSync(file).size;
    const cache = await openIn(folder);
    await cache.put([entry(2)]);
    await cache.close();
    const whole = readFileSync(file);
    for (let size = before + 2; size < whole.length - 1; size += 5) {
      writeFileSync(file, whole.subarray(0, size));
      const next = await openIn(folder);
      expect(next.get(getKey(2))).toBeUndefined();
      await next.put([entry(3)]);
      await next.close();
      expect(await held(folder, [1, 2, 3])).toEqual([1, 3]);
      const [found] = await listCacheFiles(folder);
      expect(await survey(found!)).toMatchObject({ entries: 2, cutShort: 1, damaged: 0 });
    }
  });

  it("does not believe lines that are none of ours", async () => {
    const folder = await filled(1);
    appendFileSync(fileIn(folder), `\n{"key":"${getKey(2)}","answers":[]}\nx\n\0\0\0\0\n`);
    expect(await held(folder, [1, 2])).toEqual([1]);
    const [found] = await listCacheFiles(folder);
    expect(await survey(found!)).toMatchObject({ entries: 1, damaged: 3 });
  });

  it("is not used where its first line is damaged, and tells it", async () => {
    const folder = await filled(1);
    flip(fileIn(folder), 40);
    const cache = await openIn(folder);
    expect(troubles).toEqual([expect.stringMatching(/its first line is damaged .*glm-eval cache clear/)]);
    await cache.put([entry(2)]);
    expect([1, 2].map((n) => cache.get(getKey(n)))).toEqual([undefined, [answer(-2)]]);
    await cache.close();
    const [found] = await listCacheFiles(folder);
    expect((await survey(found!)).identity).toBeUndefined();
  });

  it("that cannot be made is told once, and the run goes on with what it scores", async () => {
    const folder = newFolder();
    writeFileSync(folder, "a file");
    const cache = await openIn(folder);
    await cache.put([entry(1)]);
    await cache.put([entry(2)]);
    expect(troubles).toEqual([expect.stringContaining("the score cache is not used: ")]);
    expect(cache.snapshot).toEqual({ file: null, bytes: 0, checksum: 0 });
    expect(cache.get(getKey(2))).toEqual([answer(-2)]);
    await cache.close();
  });
});

describe.runIf(onLinux)("processes at once", () => {
  const SCRIPT = fileURLToPath(new URL("put-in-child.mjs", import.meta.url));
  const child = (folder: string, name: string, count: number, limit = "") =>
    spawn(
      "/bin/sh",
      [
        ...["-c", `${limit}exec "$0" "$@"`, process.execPath, SCRIPT],
        ...[folder, name, String(count), JSON.stringify(FACTS)],
      ],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
  const said = new WeakMap<ChildProcess, string>();
  const ready = (one: ReturnType<typeof child>): Promise<void> =>
    new Promise((resolve, reject) => {
      one.stdout.on("data", (chunk) => {
        said.set(one, (said.get(one) ?? "") + chunk);
        if (said.get(one)!.includes("ready\n")) resolve();
      });
      one.on("error", reject).on("close", () => reject(new Error("ended before it was ready")));
    });
  const ended = (one: ChildProcess): Promise<void> =>
    new Promise((resolve) => one.on("close", () => resolve()));
  const numbered = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, k) => `${name}${String(k).padStart(31, "0")}`);

  it("that begin one file and append to it lose nothing", async () => {
    const folder = newFolder();
    const both = [child(folder, "a", 1500), child(folder, "b", 1500)];
    await Promise.all(both.map(ready));
    const ends = both.map(ended);
    for (const one of both) one.stdin.end("go\n");
    await Promise.all(ends);
    const cache = await openIn(folder);
    const keys = [...numbered("a", 1500), ...numbered("b", 1500)];
    expect(keys.filter((key) => cache.get(key) === undefined)).toEqual([]);
    await cache.close();
    const [found] = await listCacheFiles(folder);
    expect(await survey(found!)).toMatchObject({ entries: 3000, damaged: 0 });
  });

  it("that are killed leave whole lines, and at most one that is not", async () => {
    const folder = newFolder();
    mkdirSync(folder);
    for (const name of ["a", "b", "c"]) {
      const one = child(folder, name, 1e6);
      await ready(one);
      const end = ended(one);
      const size = statSync(fileIn(folder)).size;
      one.stdin.end("go\n");
      while (statSync(fileIn(folder)).size < size + 200_000) await new Promise((r) => setTimeout(r, 1));
      one.kill("SIGKILL");
      await end;
    }
    const [found] = await listCacheFiles(folder);
    const { entries, cutShort, damaged } = await survey(found!);
    expect(cutShort).toBeLessThanOrEqual(3);
    expect(damaged).toBe(0);
    const cache = await openIn(folder);
    const keys = ["a", "b", "c"].flatMap((name) => numbered(name, entries));
    expect(keys.filter((key) => cache.get(key) !== undefined)).toHaveLength(entries);
    await cache.close();
  });

  it("that may not let a file grow tell it once, and go on", async () => {
    const folder = newFolder();
    const one = child(folder, "a", 1000, "ulimit -f 16; ");
    await ready(one);
    const end = ended(one);
    one.stdin.end("go\n");
    await end;
    const told = said.get(one)!.trimEnd().split("\n").slice(1);
    expect(told).toEqual([
      expect.stringMatching(/^scores are not stored in the score cache: .*exceeds the maximum file size/),
    ]);
    expect(existsSync(fileIn(folder))).toBe(true);
    const [found] = await listCacheFiles(folder);
    expect((await survey(found!)).entries).toBeGreaterThan(3);
  });
});
