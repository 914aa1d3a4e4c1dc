import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** A repository that the hub serves: a folder on disk, or its files by name. */
export interface HubModel {
  readonly files: string | Readonly<Record<string, Buffer | string>>;
  /** branches and tags (default: "main"), all of the same commit */
  readonly revisions?: readonly string[];
  /** 401 without this token, as the hub does for private models */
  readonly token?: string;
  /** the files are refused (403) with any token */
  readonly gated?: boolean;
  /** changes a file's entry in the listing, to make it wrong */
  readonly listed?: (entry: ListedFile) => ListedFile;
}

export interface ListedFile {
  type: "file" | "directory";
  path: string;
  size: number;
  oid: string;
  lfs?: { oid: string; size: number; pointerSize: number };
}

export interface HubRequestRecord {
  readonly host: "hub" | "cdn";
  readonly method: string;
  readonly path: string;
  /** name of the requested file, "" for other requests */
  readonly file: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** A fault in the next `times` requests for a file ("*": for any file). */
export interface Trouble {
  readonly file: string;
  readonly times?: number;
  /** return this status */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** close the connection after this many bytes of the body */
  readonly cutAfter?: number;
  /** send this many bytes of the body, then stall */
  readonly stallAfter?: number;
  /** send these bytes instead of the file */
  readonly replacement?: Buffer;
  /** ignore Range, as some proxies do */
  readonly noRanges?: boolean;
}

export interface TestHub {
  readonly url: string;
  readonly requests: HubRequestRecord[];
  /** commit of every model, 40 hexadecimal digits */
  commit(model: string): string;
  trouble(trouble: Trouble): void;
  close(): Promise<void>;
}

const LFS = /\.(bin|safetensors|pt|model|onnx|onnx_data(_\d+)?|parquet)$/;

/**
 * Starts a small hub on loopback; data sets are named "datasets/OWNER/NAME". As on the real one, large (LFS) files are
 * sent by another host, which refuses tokens; a large file's hash is its sha256, a small one's is git's.
 */
export async function startHub(models: Readonly<Record<string, HubModel>>): Promise<TestHub> {
  const requests: HubRequestRecord[] = [];
  const troubles: { trouble: Trouble; left: number }[] = [];
  const contents = new Map(Object.entries(models).map(([name, model]) => [name, readFiles(model)]));

  const record = (host: HubRequestRecord["host"], request: IncomingMessage, file: string): void => {
    const { range, authorization } = request.headers;
    const path = decodeURIComponent(request.url ?? "");
    requests.push({ host, method: request.method ?? "", path, file, range, authorization });
  };
  const troubleFor = (file: string): Trouble => {
    const found = troubles.find(({ trouble, left }) => left > 0 && [file, "*"].includes(trouble.file));
    if (found === undefined) return { file };
    found.left -= 1;
    return found.trouble;
  };

  const cdn = createServer((request, response) => {
    const [, model, file] = /^\/([^?]+)\?(.*)$/.exec(decodeURIComponent(request.url ?? "")) ?? [];
    record("cdn", request, file ?? "");
    if (request.headers.authorization !== undefined) return answer(response, 400, "InvalidArgument");
    const body = contents.get(model ?? "")?.get(file ?? "");
    if (body === undefined) return answer(response, 404, "NoSuchKey");
    return sendFile(request, response, body, troubleFor(file!), {});
  });
  const cdnUrl = await listen(cdn, "localhost");

  const hub = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "").replace(/\?.*$/, ""));
    const api =
      /^\/api\/(?:models\/|(?=datasets\/))((?:datasets\/)?[^/]+\/[^/]+)\/(revision|tree)\/(.+)$/.exec(path);
    const [, commit, folder = ""] = /^([0-9a-f]{40})\/?(.*)$/.exec(api?.[3] ?? "") ?? [];
    const resolve = /^\/((?:datasets\/)?[^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const name = api?.[1] ?? resolve?.[1] ?? "";
    const revision = commit ?? api?.[3] ?? resolve?.[2] ?? "";
    const file = resolve?.[3] ?? "";
    record("hub", request, file);
    const isLfs = resolve !== null && LFS.test(file);
    const trouble = isLfs ? { file } : troubleFor(file);
    if (trouble.status !== undefined) return answer(response, trouble.status, "Trouble", trouble.headers);

    const model = models[name];
    const files = contents.get(name);
    const denied = model?.token !== undefined && request.headers.authorization !== `Bearer ${model.token}`;
    if (model === undefined || files === undefined || denied) return answer(response, 401, "RepoNotFound");
    const sha = makeCommit(name);
    if (revision !== sha && !(model.revisions ?? ["main"]).includes(revision)) {
      return answer(response, 404, "RevisionNotFound");
    }
    if (api?.[2] === "revision") return json(response, { _id: name, id: name, sha, private: denied });
    if (api?.[2] === "tree")
      return json(response, listEntries(files, folder).map(model.listed ?? ((entry) => entry)));

    const body = files.get(file);
    if (model.gated) return answer(response, 403, "GatedRepo");
    if (body === undefined) return answer(response, 404, "EntryNotFound");
    const entry = makeListedFile(file, body);
    const headers: Record<string, string> = { "x-repo-commit": sha, etag: `"${entry.oid}"` };
    if (!isLfs) return sendFile(request, response, body, trouble, headers);
    const linked = { "x-linked-size": String(body.length), "x-linked-etag": `"${entry.lfs?.oid}"` };
    const location = `${cdnUrl}/${encodeURIComponent(name)}?${encodeURIComponent(file)}`;
    return response.writeHead(302, { ...headers, ...linked, location }).end();
  });
  const url = await listen(hub, "127.0.0.1");

  return {
    url,
    requests,
    commit: makeCommit,
    trouble: (trouble) => void troubles.push({ trouble, left: trouble.times ?? 1 }),
    close: async () => {
      await Promise.all([stop(hub), stop(cdn)]);
    },
  };
}

/** Returns the sha256 of content, in hexadecimal digits. */
export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function readFiles({ files }: HubModel): Map<string, Buffer> {
  if (typeof files === "string") {
    const paths = readdirSync(files, { recursive: true, encoding: "utf8" }).sort();
    const found = paths.filter((path) => statSync(join(files, path)).isFile());
    return new Map(found.map((path) => [path, readFileSync(join(files, path))]));
  }
  return new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
}

function makeCommit(model: string): string {
  return createHash("sha1").update(model).digest("hex");
}

function makeListedFile(path: string, body: Buffer): ListedFile {
  const git = createHash("sha1").update(`blob ${body.length}\0`).update(body).digest("hex");
  const entry: ListedFile = { type: "file", path, size: body.length, oid: git };
  return LFS.test(path)
    ? { ...entry, lfs: { oid: sha256(body), size: body.length, pointerSize: 130 } }
    : entry;
}

/** Lists the files and folders in a folder of the repository ("" for the top one), as the hub does. */
function listEntries(files: ReadonlyMap<string, Buffer>, folder: string): ListedFile[] {
  const inside = folder === "" ? "" : `${folder}/`;
  const entries = new Map<string, ListedFile>();
  for (const [path, body] of files) {
    if (!path.startsWith(inside)) continue;
    const [first, deeper] = path.slice(inside.length).split("/");
    const entry = deeper === undefined ? makeListedFile(path, body) : undefined;
    const directory = { type: "directory" as const, path: inside + first, size: 0, oid: makeCommit(path) };
    entries.set(inside + first, entry ?? directory);
  }
  return [...entries.values()];
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  whole: Buffer,
  trouble: Trouble,
  headers: Record<string, string>,
): ServerResponse {
  if (trouble.status !== undefined) return answer(response, trouble.status, "Trouble", trouble.headers);
  const content = trouble.replacement ?? whole;
  const range = trouble.noRanges ? null : /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const from = Number(range?.[1] ?? 0);
  if (from >= content.length && range !== null) return answer(response, 416, "InvalidRange");
  const to = range?.[2] ? Number(range[2]) : content.length - 1;
  const body = content.subarray(from, to + 1);
  response.writeHead(range === null ? 200 : 206, {
    ...headers,
    "content-length": body.length,
    ...(range === null ? {} : { "content-range": `bytes ${from}-${to}/${content.length}` }),
  });
  if (request.method === "HEAD") return response.end();
  if (trouble.cutAfter !== undefined) {
    // After a delay, so that the client has read most of it: unread data is lost with the connection.
    response.write(body.subarray(0, trouble.cutAfter), () => setTimeout(() => response.socket?.end(), 50));
    return response;
  }
  if (trouble.stallAfter !== undefined) {
    response.write(body.subarray(0, trouble.stallAfter));
    return response;
  }
  return response.end(body);
}

function answer(
  response: ServerResponse,
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): ServerResponse {
  return response.writeHead(status, { "x-error-code": code, ...headers }).end();
}

function json(response: ServerResponse, value: unknown): ServerResponse {
  return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function listen(server: Server, host: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
