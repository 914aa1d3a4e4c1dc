import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DownloadOptions, downloadFile } from "../../../src/fetch/files/index.js";
import { loadTask } from "../../../src/tasks/index.js";
import { catchError } from "../../tasks/helpers.js";

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

/** Serves a text; by default with an ETag and support for If-None-Match. */
function serve(text: string, { validators = true, type = "text/csv" } = {}): void {
  const etag = `"${sha256(text).slice(0, 8)}"`;
  handler = (request, response) => {
    if (validators && request.headers["if-none-match"] === etag) return void response.writeHead(304).end();
    const headers = { "content-type": type, "content-length": Buffer.byteLength(text) };
    response.writeHead(200, validators ? { ...headers, etag } : headers).end(text);
  };
}

let folders = 0;
/** Makes a new cache; `get` downloads into it. */
function makeCache() {
  const folder = join(home, String(folders++));
  const notes: string[] = [];
  const get = (path = "/set/val.csv", more: DownloadOptions = {}) =>
    downloadFile(`${origin}${path}`, { folder, limits, onNote: (note) => notes.push(note), ...more });
  return { folder, notes, get };
}

describe("a data file with a URL", () => {
  it("is downloaded once, under its own name, with progress", async () => {
    serve(ROWS);
    const { folder, get } = makeCache();
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

  it("is downloaded again if it has changed", async () => {
    serve(ROWS);
    const { get } = makeCache();
    await get();
    serve(`${ROWS}more,0\n`);
    expect(readFileSync(await get(), "utf8")).toBe(`${ROWS}more,0\n`);
  });

  it("is compared by size if the server sends neither an ETag nor a date", async () => {
    serve(ROWS, { validators: false });
    const { get } = makeCache();
    await get();
    serve(ROWS.replace("fine", "dull"), { validators: false });
    expect(readFileSync(await get(), "utf8")).toBe(ROWS);
    serve(`${ROWS}more,0\n`, { validators: false });
    expect(readFileSync(await get(), "utf8")).toBe(`${ROWS}more,0\n`);
  });

  it("is downloaded again if the cached file is damaged", async () => {
    serve(ROWS);
    const { get } = makeCache();
    writeFileSync(await get(), "cut");
    expect(readFileSync(await get(), "utf8")).toBe(ROWS);
    expect(requests.map(({ headers }) => headers["if-none-match"])).toEqual([undefined, undefined]);
  });

  it("comes from the cache without a request if it is pinned or downloads are disabled", async () => {
    serve(ROWS);
    const { get } = makeCache();
    const file = await get("/set/val.csv", { sha256: sha256(ROWS) });
    expect(await get("/set/val.csv", { sha256: sha256(ROWS) })).toBe(file);
    expect(await get("/set/val.csv", { offline: true })).toBe(file);
    expect(requests).toHaveLength(1);
    const none = await catchError(() => get("/other.csv", { offline: true }));
    expect([none.kind, none.message]).toEqual([
      "data",
      expect.stringContaining("/other.csv is not in the cache"),
    ]);
  });

  it("must match its pinned hash, new or cached, and is otherwise not saved", async () => {
    serve(ROWS);
    const { folder, get } = makeCache();
    const pin = sha256("something else");
    const error = await catchError(() => get("/set/val.csv", { sha256: pin }));
    expect([error.kind, error.message]).toEqual([
      "data",
      `${origin}/set/val.csv: the content has sha256 ${sha256(ROWS)}; expected ${pin}`,
    ]);
    expect(readdirSync(join(folder, sha256(`${origin}/set/val.csv`)))).toEqual([]);
    await get();
    for (const offline of [false, true])
      expect((await catchError(() => get("/set/val.csv", { sha256: pin, offline }))).message).toBe(
        error.message,
      );
  });

  it("is retried after a lost connection and a transient error", async () => {
    let times = 0;
    handler = (_, response) => {
      if (times++ === 0) return void response.writeHead(503).end();
      response.writeHead(200, { "content-length": ROWS.length });
      if (times === 2) response.write(ROWS.slice(0, 4), () => response.destroy());
      else response.end(ROWS);
    };
    const { get, notes } = makeCache();
    expect(readFileSync(await get(), "utf8")).toBe(ROWS);
    expect(times).toBe(3);
    expect(notes).toHaveLength(2);
  });

  it("comes from the cache, with a note, if the server is unreachable", async () => {
    serve(ROWS);
    const { get, notes } = makeCache();
    const file = await get();
    handler = (_, response) => void response.writeHead(503).end();
    expect(await get()).toBe(file);
    expect(notes.at(-1)).toContain("using the cached file");
  });

  it.each([
    ["404", (r: ServerResponse) => r.writeHead(404).end(), "the server returned 404", "no such file"],
    ["403", (r: ServerResponse) => r.writeHead(403).end(), "the server returned 403", "login"],
    [
      "a lost connection",
      (r: ServerResponse) => r.destroy(),
      "the connection was lost",
      "download it manually",
    ],
    [
      "a web page",
      (r: ServerResponse) => r.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<p>"),
      "found a web page; expected a data file",
      "Raw button",
    ],
  ])("cannot be downloaded: %s", async (_, answer, message, hint) => {
    handler = (_, response) => void answer(response);
    const { get } = makeCache();
    const error = await catchError(() => get());
    expect([error.kind, error.message, error.hint]).toEqual([
      "data",
      expect.stringContaining(message),
      expect.stringContaining(hint),
    ]);
  });

  it("must have a valid URL", async () => {
    const error = await catchError(() => downloadFile("https://"));
    expect(error.message).toBe("https:// is not a URL; expected https://host/path");
  });

  it("can be a task's data, and messages then name its URL", async () => {
    const { folder } = makeCache();
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
      warnings: [expect.stringContaining('no example has the label "0"')],
    });
    serve(`${ROWS}bad\n`);
    expect((await catchError(() => task.load(options))).message).toBe(
      `${origin}/val.csv:3: found 1 field; expected 2 (text, label)`,
    );
  });
});
