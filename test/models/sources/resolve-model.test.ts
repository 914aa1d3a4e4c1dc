import { randomBytes } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { type HubProgress, KNOWN_MODELS, resolveModel } from "../../../src/models/sources/index.js";
import { sha256 } from "../../fetch/hub/hub-server.js";
import { FAST, failure, MODEL, NEEDED, setup, tinyFiles } from "./setup.js";

const repoFolder = (home: string): string => join(home, "hub", "models--somebody--glm-tiny");

describe("a model on the hub", () => {
  test("is downloaded completely, without code, into the layout of Python's cache", async () => {
    const files = tinyFiles();
    const { hub, home, env } = await setup({ files });
    const progress: HubProgress[] = [];
    const model = await resolveModel(MODEL, { env, onProgress: (event) => progress.push(event) });

    const commit = hub.commit(MODEL);
    expect(model).toEqual({
      folder: join(repoFolder(home), "snapshots", commit),
      name: MODEL,
      source: "hub",
      revision: commit,
    });
    expect(readdirSync(model.folder).sort()).toEqual(NEEDED);
    for (const name of NEEDED) expect(readFileSync(join(model.folder, name))).toEqual(files[name]);

    const weights = join(model.folder, "pytorch_model.bin");
    expect(readlinkSync(weights)).toBe(join("..", "..", "blobs", sha256(files["pytorch_model.bin"]!)));
    expect(readFileSync(join(repoFolder(home), "refs", "main"), "utf8")).toBe(commit);
    expect(readdirSync(join(repoFolder(home), "blobs")).some((name) => name.includes("incomplete"))).toBe(
      false,
    );
    expect(readdirSync(join(home, "hub", ".locks", "models--somebody--glm-tiny"))).toEqual([]);

    const total = NEEDED.reduce((sum, name) => sum + files[name]!.length, 0);
    expect(progress.at(-1)).toMatchObject({ receivedTotal: total, sizeTotal: total, filesDone: 6, files: 6 });
    const sums = progress.map((event) => event.receivedTotal);
    expect(sums).toEqual([...sums].sort((a, b) => a - b));
  });

  test("comes from the cache the second time, without a request", async () => {
    const { hub, env } = await setup();
    const first = await resolveModel(MODEL, { env });
    const requests = hub.requests.length;
    expect(await resolveModel(MODEL, { env })).toEqual(first);
    expect(await resolveModel(MODEL, { env, revision: hub.commit(MODEL) })).toEqual(first);
    expect(hub.requests).toHaveLength(requests);
  });

  test("is looked up again on request, and nothing is downloaded twice", async () => {
    const { hub, env } = await setup();
    await resolveModel(MODEL, { env });
    hub.requests.length = 0;
    await resolveModel(MODEL, { env, refresh: true });
    expect(hub.requests.map(({ path }) => path.split("/")[5])).toEqual(["revision", "tree"]);
  });

  test("is found offline, by option and by HF_HUB_OFFLINE", async () => {
    const { hub, env } = await setup();
    const { folder } = await resolveModel(MODEL, { env });
    await hub.close();
    expect((await resolveModel(MODEL, { env, offline: true })).folder).toBe(folder);
    expect((await resolveModel(MODEL, { env: { ...env, HF_HUB_OFFLINE: "1" } })).folder).toBe(folder);
  });

  test("that lacks optional files is used as is if the hub is unreachable", async () => {
    const { "added_tokens.json": _, ...files } = tinyFiles();
    const { hub, env } = await setup({ files });
    const { folder } = await resolveModel(MODEL, { env });
    await hub.close();
    const notes: (string | undefined)[] = [];
    const again = await resolveModel(MODEL, {
      env,
      network: FAST,
      onProgress: ({ note }) => notes.push(note),
    });
    expect(again.folder).toBe(folder);
    expect(notes.at(-1)).toMatch(/http.* is unreachable.*connection refused.*using the cache/);
  });

  test.each([
    ["HF_HUB_CACHE", "elsewhere", "elsewhere"],
    ["HUGGINGFACE_HUB_CACHE", "legacy", "legacy"],
    ["HF_HOME", "$HOME/hf", "hf/hub"],
    ["XDG_CACHE_HOME", "~/xdg", "xdg/huggingface/hub"],
    ["UNSET", "", ".cache/huggingface/hub"],
  ])("is cached where %s says", async (variable, value, expected) => {
    const { hub, home } = await setup();
    const path = /^[~$]/.test(value) ? value : join(home, value);
    const env = { HOME: home, HF_ENDPOINT: `${hub.url}/`, [variable]: path };
    const { folder } = await resolveModel(MODEL, { env });
    expect(folder.startsWith(join(home, expected, "models--somebody--glm-tiny", "snapshots"))).toBe(true);
  });

  test("is found where Python stored it, and only missing files are downloaded", async () => {
    const files = tinyFiles();
    const { hub, home, env } = await setup({ files });
    const snapshot = join(repoFolder(home), "snapshots", hub.commit(MODEL));
    mkdirSync(join(repoFolder(home), "refs"), { recursive: true });
    writeFileSync(join(repoFolder(home), "refs", "main"), hub.commit(MODEL));
    mkdirSync(snapshot, { recursive: true });
    for (const name of ["pytorch_model.bin", "modeling_glm.py", "config.json"]) {
      writeFileSync(join(snapshot, name), files[name]!);
    }
    await resolveModel(MODEL, { env });
    const fetched = hub.requests.filter(({ file }) => file !== "").map(({ file }) => file);
    expect(fetched.sort()).toEqual(
      NEEDED.filter((name) => !["pytorch_model.bin", "config.json"].includes(name)),
    );
  });

  test("gets a damaged file in the snapshot and a lost link replaced", async () => {
    const files = tinyFiles();
    const { env } = await setup({ files });
    const { folder } = await resolveModel(MODEL, { env });
    rmSync(join(folder, "vocab.json"));
    const blob = join(dirname(join(folder, "x")), readlinkSync(join(folder, "pytorch_model.bin")));
    writeFileSync(blob, files["pytorch_model.bin"]!.subarray(0, 1000));
    await resolveModel(MODEL, { env });
    expect(readFileSync(join(folder, "pytorch_model.bin"))).toEqual(files["pytorch_model.bin"]);
    expect(lstatSync(join(folder, "vocab.json")).isSymbolicLink()).toBe(true);
  });

  test("comes by tag, by pull request and by commit", async () => {
    const { hub, home, env } = await setup({ files: tinyFiles(), revisions: ["v1.0", "refs/pr/3"] });
    const { revision } = await resolveModel(MODEL, { env, revision: "refs/pr/3" });
    expect(revision).toBe(hub.commit(MODEL));
    expect(readFileSync(join(repoFolder(home), "refs", "refs", "pr", "3"), "utf8")).toBe(revision);
    await resolveModel(MODEL, { env, revision: "v1.0" });
    expect(readdirSync(join(repoFolder(home), "refs")).sort()).toEqual(["refs", "v1.0"]);
  });

  test("is downloaded only once by concurrent calls", async () => {
    const { hub, env } = await setup();
    const both = await Promise.all([resolveModel(MODEL, { env }), resolveModel(MODEL, { env })]);
    expect(both[0]).toEqual(both[1]);
    expect(hub.requests.filter(({ host }) => host === "cdn")).toHaveLength(1);
  });

  test("takes over the lock of a dead process", async () => {
    const { home, env } = await setup();
    const lock = join(home, "hub", ".locks", "models--somebody--glm-tiny", "glm-eval.lock");
    mkdirSync(dirname(lock), { recursive: true });
    const { hostname } = await import("node:os");
    // larger than any process id of the system
    writeFileSync(lock, `2147483647 ${hostname()}`);
    const notes: (string | undefined)[] = [];
    await resolveModel(MODEL, { env, onProgress: ({ note }) => notes.push(note) });
    expect(notes.filter((note) => note !== undefined)).toEqual([]);
  });
});

describe("one weight format is chosen", () => {
  const sharded = (single: string, ...shards: string[]): Record<string, Buffer> => ({
    [`${single}.index.json`]: Buffer.from(
      JSON.stringify({ weight_map: Object.fromEntries(shards.map((shard, i) => [`tensor${i}`, shard])) }),
    ),
    ...Object.fromEntries(shards.map((shard) => [shard, randomBytes(3000)])),
  });
  const single = { "model.safetensors": randomBytes(2000) };
  const pickle = { "pytorch_model.bin": randomBytes(2000) };
  const shards = sharded("model.safetensors", "m-1-of-2.safetensors", "m-2-of-2.safetensors");
  const pickleShards = sharded("pytorch_model.bin", "p-1-of-2.bin", "p-2-of-2.bin", "p-2-of-2.bin");
  const megatron = {
    "mp_rank_01_model_states.pt": randomBytes(100),
    "mp_rank_00_model_states.pt": randomBytes(100),
  };

  test.each([
    ["safetensors before pickle", { ...pickle, ...single, ...megatron }, ["model.safetensors"]],
    ["safetensors shards before pickle", { ...pickle, ...shards }, Object.keys(shards)],
    ["pickle shards before Megatron", { ...pickleShards, ...megatron }, Object.keys(pickleShards)],
    ["Megatron", megatron, Object.keys(megatron)],
  ])("%s", async (_, weights, expected) => {
    const { env } = await setup({ files: tinyFiles(weights) });
    const { folder } = await resolveModel(MODEL, { env });
    const got = readdirSync(folder).filter((name) => Object.hasOwn(weights, name));
    expect(got.sort()).toEqual([...expected].sort());
    expect((await resolveModel(MODEL, { env, offline: true })).folder).toBe(folder);
  });

  test("an index whose shards are not all cached is not a complete model offline", async () => {
    const { env } = await setup({ files: tinyFiles(shards) });
    const { folder } = await resolveModel(MODEL, { env });
    rmSync(join(folder, "m-2-of-2.safetensors"));
    const error = await failure(resolveModel(MODEL, { env, offline: true }));
    expect(error.message).toContain("missing there: m-2-of-2.safetensors");
  });
});

describe("the token", () => {
  const token = "hf_secret";

  test.each(["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"])("from %s is sent only to the hub", async (variable) => {
    const { hub, env } = await setup({ files: tinyFiles(), token });
    await resolveModel(MODEL, { env: { ...env, [variable]: ` ${token}\n` } });
    for (const { host, authorization } of hub.requests) {
      expect(authorization).toBe(host === "hub" ? `Bearer ${token}` : undefined);
    }
    expect(hub.requests.some(({ host }) => host === "cdn")).toBe(true);
  });

  test("is read from the file written by Python's login", async () => {
    const { home, env } = await setup({ files: tinyFiles(), token });
    writeFileSync(join(home, "token"), `${token}\n`);
    expect((await resolveModel(MODEL, { env })).source).toBe("hub");
  });

  test("for a mirror need not start with hf_", async () => {
    const { env } = await setup({ files: tinyFiles(), token: "mirror-token" });
    expect((await resolveModel(MODEL, { env: { ...env, HF_TOKEN: "mirror-token" } })).source).toBe("hub");
  });
});

describe("a folder", () => {
  test("is used as is, even under a name that could be on the hub", async () => {
    const { hub, home, env } = await setup();
    const folder = join(home, "THUDM", "glm-2b");
    mkdirSync(folder, { recursive: true });
    expect(await resolveModel(folder, { env })).toEqual({ folder, name: folder, source: "folder" });
    expect((await resolveModel("~/THUDM/glm-2b", { env })).folder).toBe(folder);

    const here = process.cwd();
    process.chdir(home);
    try {
      const byName = await resolveModel("THUDM/glm-2b", { env });
      expect(byName).toEqual({ folder, name: "THUDM/glm-2b", source: "folder" });
      expect((await resolveModel("./THUDM/glm-2b/", { env })).folder).toBe(folder);
    } finally {
      process.chdir(here);
    }
    expect(hub.requests).toEqual([]);
  });

  test("has no revisions", async () => {
    const { home, env } = await setup();
    const error = await failure(resolveModel(home, { env, revision: "main" }));
    expect(error.kind).toBe("usage");
    expect(error.message).toContain("is a folder, and folders have no revisions");
  });
});

test("the known models' download sizes match their number of weights", () => {
  expect(KNOWN_MODELS.map(({ name }) => name)).toContain("THUDM/glm-10b");
  for (const { millions, bytes } of KNOWN_MODELS) {
    if (bytes === undefined) continue;
    const perWeight = bytes / (millions * 1e6);
    expect(Math.min(Math.abs(perWeight - 2), Math.abs(perWeight - 4))).toBeLessThan(0.01);
  }
});
