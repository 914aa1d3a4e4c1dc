import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { zipSync } from "fflate";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { fetchHubFiles, type HubTask } from "../../../../src/cli/commands/data/hub-source.js";
import {
  downloadFiles,
  extractArchiveFiles,
  findFolderFiles,
} from "../../../../src/cli/commands/data/local-source.js";
import { keepFile, readPulled, type SourceFile } from "../../../../src/cli/commands/data/pulled-files.js";
import { findTask } from "../../../../src/tasks/index.js";
import { sha256, startHub } from "../../../fetch/hub/hub-server.js";
import { catchError } from "../../../tasks/helpers.js";

const DATASET = "somebody/super_glue";
const SAMPLE = fileURLToPath(new URL("../../../../data/superglue-sample", import.meta.url));
const quiet = { say: vi.fn(), update: () => {}, end: () => {} };

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "glm-eval-pull-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function hubTask(name: string): Promise<HubTask> {
  const task = await findTask(name);
  return { ...task, hub: { ...task.hub!, dataset: DATASET } };
}

/** Starts a hub with these files of the data set, and sets the environment for it. */
async function serveHub(paths: readonly string[]) {
  const files = Object.fromEntries(paths.map((name) => [name, `content of ${name} `.repeat(50)]));
  const repository = { files, token: "secret", revisions: ["main", "refs/convert/parquet"] };
  const hub = await startHub({ [`datasets/${DATASET}`]: repository });
  onTestFinished(() => hub.close());
  const env = { HF_ENDPOINT: hub.url, HF_HOME: emptyFolder(), HF_TOKEN: "secret", HF_HUB_OFFLINE: "" };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  return { hub, files };
}

afterEach(() => vi.unstubAllEnvs());

const MAIN = { revision: "main", offline: false };
const splits = (config: string, ...names: string[]) =>
  names.map((split) => `${config}/${split}-00000-of-00001.parquet`);

it("a data set's files have the sha256 that the hub lists, and the token is sent to no other host", async () => {
  const paths = [...splits("cb", "train", "validation", "test"), ...splits("axb", "test")];
  const { hub, files } = await serveHub([...paths, "README.md", "boolq/train-00000-of-00001.parquet"]);
  const found = await fetchHubFiles(DATASET, [await hubTask("cb"), await hubTask("axb")], MAIN, quiet);
  expect(found.map(({ path }) => path).sort()).toEqual([...paths].sort());
  for (const { path, sha256: expected, ...about } of found) {
    expect(expected).toBe(sha256(Buffer.from(files[path]!)));
    expect(about).toMatchObject({
      from: DATASET,
      verified: "hub",
      revision: hub.commit(`datasets/${DATASET}`),
    });
  }
  expect(hub.requests.filter(({ file }) => file === "README.md")).toEqual([]);
  expect(
    hub.requests.every(({ host, authorization }) => (host === "hub") === (authorization !== undefined)),
  ).toBe(true);
});

it("an interrupted download resumes where it stopped; offline, the cache is used", async () => {
  const { hub } = await serveHub(splits("cb", "train", "validation", "test"));
  hub.trouble({ file: "cb/train-00000-of-00001.parquet", cutAfter: 100 });
  const tasks = [await hubTask("cb")];
  const first = await fetchHubFiles(DATASET, tasks, MAIN, quiet);
  expect(hub.requests.map(({ range }) => range)).toContain("bytes=100-");
  hub.requests.length = 0;
  const again = await fetchHubFiles(DATASET, tasks, { ...MAIN, offline: true }, quiet);
  expect(again).toEqual(first);
  expect(hub.requests).toEqual([]);
});

it("a missing data set or file on the hub is reported, with the branch that has the files", async () => {
  await serveHub(splits("cb", "validation"));
  const tasks = [await hubTask("cb")];
  const lacking = await catchError(() => fetchHubFiles(DATASET, tasks, MAIN, quiet));
  expect(lacking.message).toBe(`${DATASET} has no cb/test-*.parquet, cb/train-*.parquet`);
  expect(lacking.hint).toContain("--revision refs/convert/parquet");
  const missing = await catchError(() => fetchHubFiles("somebody/superglue", tasks, MAIN, quiet));
  expect(missing).toMatchObject({ code: "dataset-not-found", kind: "data" });
  expect(missing.hint).toContain("/datasets/somebody/superglue");
  const offline = await catchError(() => fetchHubFiles(DATASET, tasks, { ...MAIN, offline: true }, quiet));
  expect(offline).toMatchObject({ code: "download-offline", kind: "data" });
});

it("the hub's own conversion is found by its file names", async () => {
  const paths = ["validation", "train", "test"].map((split) => `cb/${split}/0000.parquet`);
  await serveHub(paths);
  const options = { ...MAIN, revision: "refs/convert/parquet" };
  const found = await fetchHubFiles(DATASET, [await hubTask("cb")], options, quiet);
  expect(found.map(({ path }) => path).sort()).toEqual([...paths].sort());
});

const source = (text: string, change: Partial<SourceFile> = {}): SourceFile => ({
  path: "cb/validation.jsonl",
  content: { bytes: Buffer.from(text) },
  from: DATASET,
  verified: "hub",
  sha256: sha256(Buffer.from(text)),
  ...change,
});

it("a pulled file is stored once, recorded, and replaced by a newer one", async () => {
  const folder = emptyFolder();
  expect(await keepFile(folder, source("one"))).toMatchObject({ wasThere: false });
  expect(await keepFile(folder, source("one"))).toMatchObject({ wasThere: true });
  await keepFile(folder, source("two!"));
  const there = join(folder, "cb/validation.jsonl");
  expect(readFileSync(there, "utf8")).toBe("two!");
  const about = { path: "cb/validation.jsonl", from: DATASET, verified: "hub" };
  expect(await readPulled(folder)).toEqual([{ ...about, bytes: 4, sha256: sha256(Buffer.from("two!")) }]);
});

it("content with a wrong hash is not stored, and no file of the user's is replaced", async () => {
  const folder = emptyFolder();
  const wrong = await catchError(() => keepFile(folder, source("one", { sha256: "0".repeat(64) })));
  expect(wrong).toMatchObject({
    code: "wrong-hash",
    message: expect.stringContaining(`expected ${"0".repeat(64)}`),
  });
  expect(existsSync(join(folder, "cb/validation.jsonl"))).toBe(false);
  writeFileSync(join(folder, "cb/validation.jsonl"), "mine");
  const inTheWay = await catchError(() => keepFile(folder, source("one")));
  expect(inTheWay).toMatchObject({ code: "file-exists", hint: expect.stringContaining("--dir") });
  expect(readFileSync(join(folder, "cb/validation.jsonl"), "utf8")).toBe("mine");
});

it("a folder provides the official files of its tasks, else the hub's", async () => {
  const folder = emptyFolder();
  for (const name of ["CB/val.jsonl", "rte/train-00000-of-00001.parquet", "wic/notes.txt"]) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), name);
  }
  const tasks = await Promise.all(["cb", "rte", "wic"].map(findTask));
  const found = findFolderFiles(folder, tasks);
  expect(found.map(({ path }) => path)).toEqual(["CB/val.jsonl", "rte/train-00000-of-00001.parquet"]);
  expect(found.every(({ verified }) => verified === null)).toBe(true);
  expect((await catchError(() => findFolderFiles(emptyFolder(), tasks))).hint).toContain(
    "CB/val.jsonl, RTE/val.jsonl",
  );
  expect((await catchError(() => findFolderFiles(join(folder, "no"), tasks))).code).toBe("file-not-found");
});

/** Makes a zip with a file of the sample, in a folder as in the combined archive, and another file. */
function zip(name: string): Buffer {
  const inside = { "notes.txt": Buffer.from("-"), [`all/${name}`]: readFileSync(join(SAMPLE, name)) };
  return Buffer.from(zipSync(inside));
}

it("an archive provides the official files; one with an official name must have the published sha256", async () => {
  const folder = emptyFolder();
  const tasks = [await findTask("cb")];
  const file = (name: string, content: Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const archive = file("combined.zip", zip("CB/val.jsonl"));
  const found = await extractArchiveFiles(archive, archive, tasks);
  expect(found).toMatchObject([{ path: "CB/val.jsonl", from: archive, verified: null }]);
  await keepFile(folder, found[0]!);
  expect(readFileSync(join(folder, "CB/val.jsonl"))).toEqual(readFileSync(join(SAMPLE, "CB/val.jsonl")));

  const fails = async (path: string) => (await catchError(() => extractArchiveFiles(path, path, tasks))).code;
  expect(await fails(file("CB.zip", zip("CB/val.jsonl")))).toBe("wrong-hash");
  expect(await fails(file("cut.zip", zip("CB/val.jsonl").subarray(0, 200)))).toBe("archive-damaged");
  expect(await fails(file("other.zip", zip("RTE/val.jsonl")))).toBe("data-not-found");
});

it("a URL is that of an archive, or of the folder of the official archives, which are verified", async () => {
  vi.stubEnv("GLM_EVAL_CACHE", emptyFolder());
  const requested: string[] = [];
  const server = createServer((request, response) => {
    requested.push(request.url!);
    response.end(zip("CB/val.jsonl"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2`;
  const tasks = [await findTask("cb")];
  const from = { offline: false, progress: quiet };
  const found = await downloadFiles(`${url}/mine.zip`, tasks, from);
  expect(found.map(({ path }) => basename(path))).toEqual(["val.jsonl"]);
  const error = await catchError(() => downloadFiles(`${url}/`, tasks, from));
  expect(error.code).toBe("wrong-hash");
  expect(error.message).toContain("8d641383298d54554066ba1c93f56ae7410af75df621b90c63028806bbbbb535");
  expect(requested).toEqual(["/v2/mine.zip", "/v2/CB.zip"]);
});
