import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveModel } from "../../../src/models/sources/index.js";
import { sha256 } from "../../fetch/hub/hub-server.js";
import { FAST, failure, MODEL, setup, tinyFiles } from "./setup.js";

const WEIGHTS = "pytorch_model.bin";
const SIZE = 400_000;

async function setupWeights() {
  const weights = randomBytes(SIZE);
  const { hub, home, env } = await setup({ files: tinyFiles({ [WEIGHTS]: weights }) });
  const blobs = join(home, "hub", "models--somebody--glm-tiny", "blobs");
  const incomplete = join(blobs, `${sha256(weights)}.incomplete`);
  const leave = (content: Buffer): void => {
    mkdirSync(blobs, { recursive: true });
    writeFileSync(incomplete, content);
  };
  const ranges = (): (string | undefined)[] =>
    hub.requests.filter(({ host }) => host === "cdn").map(({ range }) => range);
  const check = (folder: string): void => {
    expect(sha256(readFileSync(join(folder, WEIGHTS)))).toBe(sha256(weights));
    expect(existsSync(incomplete)).toBe(false);
  };
  /** Checks that each request continued after the previous one, at most at its interruption: unread bytes are lost. */
  const expectResumed = (cutAfter: number, cuts: number): void => {
    const [first, ...others] = ranges();
    expect(first).toBeUndefined();
    expect(others).toHaveLength(cuts);
    let from = 0;
    for (const range of others) {
      const start = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1]);
      expect(start).toBeGreaterThan(from);
      expect(start).toBeLessThanOrEqual(from + cutAfter);
      from = start;
    }
  };
  return { hub, env, weights, blobs, incomplete, leave, ranges, expectResumed, check };
}

test("an interrupted download resumes by itself where it stopped", async () => {
  const { hub, env, expectResumed, check } = await setupWeights();
  hub.trouble({ file: WEIGHTS, cutAfter: 150_000 });
  const notes: string[] = [];
  const { folder } = await resolveModel(MODEL, {
    env,
    network: FAST,
    onProgress: ({ note }) => note && notes.push(note),
  });
  expectResumed(150_000, 1);
  expect(notes).toEqual(["the connection was lost: retrying in 1 s"]);
  check(folder);
});

test("an abandoned download resumes in the next run", async () => {
  const { hub, env, incomplete, ranges, check } = await setupWeights();
  hub.trouble({ file: WEIGHTS, cutAfter: 100_000 });
  const error = await failure(resolveModel(MODEL, { env, network: { ...FAST, retries: 0 } }));
  expect(error.kind).toBe("model");
  expect(error.message).toBe(`cannot download ${MODEL} from ${hub.url}: the connection was lost`);
  expect(error.hint).toContain("downloaded parts are kept");
  const kept = readFileSync(incomplete).length;
  expect(kept).toBeGreaterThan(0);

  const received: number[] = [];
  const { folder } = await resolveModel(MODEL, {
    env,
    onProgress: (event) => event.file === WEIGHTS && received.push(event.received),
  });
  expect(ranges()).toEqual([undefined, `bytes=${kept}-`]);
  expect(received).toContain(kept);
  expect(received.at(-1)).toBe(SIZE);
  check(folder);
});

test("survives any number of interruptions while bytes arrive", async () => {
  const { hub, env, expectResumed, check } = await setupWeights();
  hub.trouble({ file: WEIGHTS, cutAfter: 50_000, times: 7 });
  const { folder } = await resolveModel(MODEL, { env, network: { ...FAST, retries: 1 } });
  expectResumed(50_000, 7);
  check(folder);
});

test("retries a stalled server after the time limit", async () => {
  const { hub, env, ranges, check } = await setupWeights();
  hub.trouble({ file: WEIGHTS, stallAfter: 200_000 });
  const { folder } = await resolveModel(MODEL, { env, network: { ...FAST, timeoutMs: 300 } });
  expect(ranges()).toEqual([undefined, "bytes=200000-"]);
  check(folder);
});

test("a complete file that was not yet renamed is verified and not requested", async () => {
  const { env, weights, leave, ranges, check } = await setupWeights();
  leave(weights);
  check((await resolveModel(MODEL, { env })).folder);
  expect(ranges()).toEqual([]);
});

test.each([
  ["of another content", randomBytes(1000), ["bytes=1000-", undefined]],
  ["longer than the file", randomBytes(SIZE + 1), [undefined]],
])("an unfinished file %s is discarded and the download restarts", async (_, content, expected) => {
  const { env, leave, ranges, check } = await setupWeights();
  leave(content);
  check((await resolveModel(MODEL, { env })).folder);
  expect(ranges()).toEqual(expected);
});

test("reads from the beginning if the server ignores ranges", async () => {
  const { hub, env, weights, leave, ranges, check } = await setupWeights();
  leave(weights.subarray(0, 1000));
  hub.trouble({ file: WEIGHTS, noRanges: true, times: 2 });
  check((await resolveModel(MODEL, { env })).folder);
  expect(ranges()).toEqual(["bytes=1000-", undefined]);
});

test("gives up on a server that ignores ranges and always disconnects", async () => {
  const { hub, env, ranges } = await setupWeights();
  hub.trouble({ file: WEIGHTS, noRanges: true, cutAfter: 1000, times: 100 });
  const error = await failure(resolveModel(MODEL, { env, network: FAST }));
  expect(error.message).toContain("the connection was lost");
  expect(ranges().length).toBeLessThan(10);
});

test("retries server errors as often as configured, and obeys Retry-After", async () => {
  const { hub, env, check } = await setupWeights();
  hub.trouble({ file: "*", status: 500 });
  hub.trouble({ file: "config.json", status: 429, headers: { "retry-after": "0" } });
  hub.trouble({ file: WEIGHTS, status: 503, times: 2 });
  check((await resolveModel(MODEL, { env, network: FAST })).folder);

  const after = await setupWeights();
  after.hub.trouble({ file: WEIGHTS, status: 503, times: 3 });
  const error = await failure(resolveModel(MODEL, { env: after.env, network: FAST }));
  expect(error.message).toMatch(/cannot download .*: the server returned 503/);
  expect(after.ranges()).toHaveLength(3);
});

test("damaged content is deleted and reported", async () => {
  const { hub, env, blobs, weights, incomplete } = await setupWeights();
  const damaged = Buffer.from(weights);
  damaged[1234]! ^= 1;
  hub.trouble({ file: WEIGHTS, replacement: damaged });
  const error = await failure(resolveModel(MODEL, { env, network: FAST }));
  expect(error.message).toContain(`the download of ${WEIGHTS} is damaged: its hash is ${sha256(damaged)}`);
  expect(error.hint).toContain("try again");
  expect(existsSync(incomplete)).toBe(false);
  expect(readdirSync(blobs)).not.toContain(sha256(weights));
  expect((await resolveModel(MODEL, { env })).source).toBe("hub");
});

test("a small file is verified too, with git's hash", async () => {
  const { hub, env } = await setupWeights();
  hub.trouble({ file: "vocab.json", replacement: Buffer.from('{"b": 0}\n') });
  const error = await failure(resolveModel(MODEL, { env, network: FAST }));
  expect(error.message).toContain("the download of vocab.json is damaged: its hash is");
});

test("content of another size is refused before it is read", async () => {
  const { hub, env, incomplete } = await setupWeights();
  hub.trouble({ file: WEIGHTS, replacement: randomBytes(SIZE + 5) });
  const error = await failure(resolveModel(MODEL, { env, network: FAST }));
  expect(error.message).toContain(
    `the download of ${WEIGHTS} is damaged: it has ${SIZE + 5} bytes, expected ${SIZE}`,
  );
  expect(existsSync(incomplete)).toBe(false);
});

test("an aborted download stops with the signal's reason and keeps the bytes so far", async () => {
  const { hub, env, incomplete, check } = await setupWeights();
  hub.trouble({ file: WEIGHTS, stallAfter: 120_000 });
  const stop = new AbortController();
  const reason = new Error("interrupted");
  const onProgress = ({ file, received }: { file: string; received: number }): void => {
    if (file === WEIGHTS && received === 120_000) stop.abort(reason);
  };
  await expect(resolveModel(MODEL, { env, signal: stop.signal, onProgress })).rejects.toBe(reason);
  expect(readFileSync(incomplete)).toHaveLength(120_000);
  check((await resolveModel(MODEL, { env })).folder);
  expect(hub.requests.some(({ range }) => range === "bytes=120000-")).toBe(true);
});
