import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DownloadOptions, downloadFile } from "../../../src/fetch/files/index.js";
import { loadTask } from "../../../src/tasks/index.js";
import { catchError as errorOf } from "../../tasks/helpers.js";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const home = mkdtempSync(join(tmpdir(), "glm-eval-data-"));
const requests: IncomingMessage[] = [];
let handler: Handler;
let origin = "";
const server = createServer((request, response) => {
  requests.push(request);
  handler(request, response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => {
  requests.length = 0;
});

const ROWS = "text,label\nfine,1\n";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const limits = { retries: 2, backoffMs: 1, timeoutMs: 2_000 };

/** Serves a text, with an ETag and answers to If-None-Match unless told otherwise. */
function serve(text: string, { validators = true, type = "text/csv" } = {}): void {
  const etag = `"${sha256(text).slice(0, 8)}"`;
  handler = (request, response) => {
    if (validators && request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
    const headers = { "content-type": type, "content-length": Buffer.byteLength(text) };
    response.writeHead(200, validators ? { ...headers, etag } : headers).end(text);
  };
}

let folders = 0;
/** Downloads into a cache of its own, however often it is called. */
function cache() {
  const folder = join(home, String(folders++));
  const notes: string[] = [];
  const get = (path = "/set/val.csv", more: DownloadOptions = {}) =>
    downloadFile(`${origin}${path}`, { folder, limits, onNote: (note) => notes.push(note), ...more });
  return { folder, notes, get };
}

describe("a data file by address", () => {
  it("is downloaded once, under its own name, with progress", async () => {
    serve(ROWS);
    const { folder, get } = cache();
    const progress: [number, number | undefined][] = [];
    const file = await get("/set/val.csv?raw=1", {
      onProgress: ({ received, total }) => progress.push([received, total]),
    });
    expect(readFileSync(file, "utf8")).toBe(ROWS);
    expect([basename(file), dirname(file)]).toEqual([
      "val.csv",
      join(folder, sha256(`${origin}/set/val.csv?raw=1`)),
    ]);
    expect(progress.at(-1)).toEqual([ROWS.length, ROWS.length]);
    expect(await get("/set/val.csv?raw=1")).toBe(file);
    expect(requests.map(({ headers }) => headers["if-none-match"] !== undefined)).toEqual([false, true]);
    expect(readdirSync(dirname(file)).sort()).toEqual(["download.json", "val.csv"]);
  });

  it("is downloaded again where it has changed", async () => {
    serve(ROWS);
    const { get } = cache();
    await get();
    serve(`${ROWS}more,0\n`);
    expect(readFileSync(await get(), "utf8")).toBe(`${ROWS}more,0\n`);
  });

  it("is compared by size where the server names no version", async () => {
    serve(ROWS, { validators: false });
    const { get } = cache();
    await get();
    serve(ROWS.replace("fine", "dull"), { validators: false });
    expect(readFileSync(await get(), "utf8")).toBe(ROWS);
    serve(`${ROWS}more,0\n`, { validators: false });
    expect(readFileSync(await get(), "utf8")).toBe(`${ROWS}more,0\n`);
  });

  it("is downloaded again where the cached file was damaged", async () => {
    serve(ROWS);
    const { get } = cache();
    writeFileSync(await get(), "cut");
    expect(readFileSync(await get(), "utf8")).toBe(ROWS);
    expect(requests.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, undefined]);
  });

  it("is had without the server where it is pinned or downloads are off", async () => {
    serve(ROWS);
    const { get } = cache();
    const file = await get("/set/val.csv", { sha256: sha256(ROWS) });
    expect(await get("/set/val.csv", { sha256: sha256(ROWS) })).toBe(file);
    expect(await get("/set/val.csv", { offline: true })).toBe(file);
    expect(requests).toHaveLength(1);
    const none = await errorOf(() => get("/other.csv", { offline: true }));
    expect([none.kind, none.message]).toEqual([
      "data",
      expect.stringContaining("/other.csv is not in the cache"),
    ]);
  });

  it("must be what its pin says, new or cached, and leaves nothing behind where it is not", async () => {
    serve(ROWS);
    const { folder, get } = cache();
    const pin = sha256("something else");
    const error = await errorOf(() => get("/set/val.csv", { sha256: pin }));
    expect([error.kind, error.message]).toEqual([
      "data",
      `${origin}/set/val.csv: the content has the sha256 ${sha256(ROWS)}; expected ${pin}`,
    ]);
    expect(readdirSync(join(folder, sha256(`${origin}/set/val.csv`)))).toEqual([]);
    await get();
    for (const offline of [false, true])
      expect((await errorOf(() => get("/set/val.csv", { sha256: pin, offline }))).message).toBe(
        error.message,
      );
  });

  it("is tried again after a cut connection and a passing error", async () => {
    let times = 0;
    handler = (_, response) => {
      if (times++ === 0) return void response.writeHead(503).end();
      response.writeHead(200, { "content-length": ROWS.length });
      if (times === 2) response.write(ROWS.slice(0, 4), () => response.destroy());
      else response.end(ROWS);
    };
    const { get, notes } = cache();
    expect(readFileSync(await get(), "utf8")).toBe(ROWS);
    expect(times).toBe(3);
    expect(notes).toHaveLength(2);
  });

  it("is taken from the cache, with a note, where the server cannot be reached", async () => {
    serve(ROWS);
    const { get, notes } = cache();
    const file = await get();
    handler = (_, response) => void response.writeHead(503).end();
    expect(await get()).toBe(file);
    expect(notes.at(-1)).toContain("the cached file is used");
  });

  it.each([
    ["404", (r: ServerResponse) => r.writeHead(404).end(), "the server answered 404", "no such file"],
    ["403", (r: ServerResponse) => r.writeHead(403).end(), "the server answered 403", "login"],
    ["a cut", (r: ServerResponse) => r.destroy(), "the connection was cut", "download it by hand"],
    [
      "a web page",
      (r: ServerResponse) => r.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<p>"),
      "found a web page; expected a data file",
      "behind Raw",
    ],
  ])("cannot be had: %s", async (_, answer, message, hint) => {
    handler = (_, response) => void answer(response);
    const { get } = cache();
    const error = await errorOf(() => get());
    expect([error.kind, error.message, error.hint]).toEqual([
      "data",
      expect.stringContaining(message),
      expect.stringContaining(hint),
    ]);
  });

  it("must be an address", async () => {
    const error = await errorOf(() => downloadFile("https://"));
    expect(error.message).toBe("https:// is no address; expected https://host/path");
  });

  it("is a task's data, named by its address in messages", async () => {
    const { folder } = cache();
    const file = join(home, "task.yaml");
    writeFileSync(
      file,
      `task: t
title: T
data: { validation: [nowhere.csv, "${origin}/val.csv"] }
label: label
labels: [0, 1]
metrics: [accuracy]
patterns: [{ id: p0, text: "{{ text }} [MASK]", verbalizer: { 0: bad, 1: good } }]
`,
    );
    const task = await loadTask(file);
    const options = { root: home, downloads: { folder, limits } };
    serve(ROWS);
    expect(task.find(options)).toBe(`${origin}/val.csv`);
    const dataset = await task.load(options);
    expect(dataset).toEqual({
      file: `${origin}/val.csv`,
      hash: sha256(ROWS),
      examples: [{ id: "0", fields: { text: "fine", label: "1" }, label: "1" }],
    });
    serve(`${ROWS}bad\n`);
    expect((await errorOf(() => task.load(options))).message).toBe(
      `${origin}/val.csv:3: found 1 fields; expected 2 (text, label)`,
    );
  });
});
