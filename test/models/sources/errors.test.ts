import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { resolveModel } from "../../../src/models/sources/index.js";
import { sha256 } from "../../fetch/hub/hub-server.js";
import { FAST, failure, MODEL, setup, tinyFiles } from "./setup.js";

const network = FAST;

describe("names", () => {
  test("a path that does not exist: the nearest name is suggested", async () => {
    const { home, env } = await setup();
    mkdirSync(join(home, "models", "glm-large"), { recursive: true });
    const error = await failure(resolveModel(join(home, "models", "glm-lagre"), { env }));
    expect(error.kind).toBe("model");
    expect(error.message).toBe(`no such folder: ${join(home, "models", "glm-lagre")}`);
    expect(error.hint).toContain(`Did you mean ${join(home, "models", "glm-large")}?`);
    expect(error.hint).toContain("OWNER/NAME");
  });

  test("a path with several wrong parts: the contents of the deepest existing folder are listed", async () => {
    const { home, env } = await setup();
    mkdirSync(join(home, "checkpoints"));
    const error = await failure(resolveModel("~/quite/other", { env }));
    expect(error.message).toBe(`no such folder: ~/quite/other (${join(home, "quite", "other")})`);
    expect(error.hint).toContain(`${home} contains: checkpoints.`);
  });

  test("a file", async () => {
    const { home, env } = await setup();
    writeFileSync(join(home, "pytorch_model.bin"), "");
    const error = await failure(resolveModel(join(home, "pytorch_model.bin"), { env }));
    expect(error.message).toContain("is a file; a model is a folder");
    expect(error.hint).toContain(home);
  });

  test.each([
    ["a/b/c", undefined],
    ["some body/model", undefined],
    ["owner/name--x", undefined],
    ["owner/.hidden", undefined],
    ["glm-2b", "THUDM/glm-2b"],
    ["glm-10b-chinees", "THUDM/glm-10b-chinese"],
    ["https://huggingface.co/THUDM/glm-10b/tree/main", "THUDM/glm-10b"],
  ])("%s is not a name", async (name, meant) => {
    const { hub, env } = await setup();
    const error = await failure(resolveModel(name, { env }));
    expect(error.kind).toBe("model");
    expect(error.message).toBe(`"${name}" is neither an existing folder nor a hub name`);
    expect(error.hint).toContain("OWNER/NAME");
    if (meant === undefined) expect(error.hint).not.toContain("Did you mean");
    else expect(error.hint).toContain(`Did you mean ${meant}?`);
    expect(hub.requests).toEqual([]);
  });

  test.each(["", "a b", "../../x", "-x", "x/"])('"%s" is not a revision', async (revision) => {
    const { env } = await setup();
    const error = await failure(resolveModel(MODEL, { env, revision }));
    expect(error.message).toBe(`"${revision}" is not a revision`);
  });
});

describe("the hub's refusals", () => {
  test("no such model, with the known name that was probably meant", async () => {
    const { hub, env } = await setup();
    const error = await failure(resolveModel("THUDM/glm-roberta-lagre", { env, network }));
    expect(error.kind).toBe("model");
    expect(error.message).toContain(`${hub.url} has no model THUDM/glm-roberta-lagre`);
    expect(error.message).toContain("requires a token (HF_TOKEN)");
    expect(error.hint).toContain("Did you mean THUDM/glm-roberta-large?");
    expect(hub.requests).toHaveLength(1);
  });

  test("a private model without a token and with a wrong one", async () => {
    const { env } = await setup({ files: tinyFiles(), token: "hf_right" });
    const without = await failure(resolveModel(MODEL, { env, network }));
    expect(without.message).toContain("private and requires a token (HF_TOKEN)");
    const wrong = await failure(resolveModel(MODEL, { env: { ...env, HF_TOKEN: "hf_wrong" }, network }));
    expect(wrong.message).toContain("the token in HF_TOKEN is not valid for it");
    expect(wrong.message + wrong.hint).not.toContain("hf_wrong");
  });

  test("a token that cannot be sent", async () => {
    const { env } = await setup();
    const error = await failure(resolveModel(MODEL, { env: { ...env, HF_TOKEN: "hf_a\nb" }, network }));
    expect(error.message).toContain("the hub token in HF_TOKEN has characters");
  });

  test("a gated model", async () => {
    const { hub, env } = await setup({ files: tinyFiles(), gated: true });
    const error = await failure(resolveModel(MODEL, { env, network }));
    expect(error.message).toBe(`${MODEL} is gated: its owner must grant access first`);
    expect(error.hint).toContain(`Request access at ${hub.url}/${MODEL}`);
  });

  test("no such revision", async () => {
    const { hub, env } = await setup();
    const error = await failure(resolveModel(MODEL, { env, network, revision: "v9" }));
    expect(error.message).toBe(`${MODEL} has no revision "v9" on ${hub.url}`);
  });

  test("no weights, no config, a damaged index, a missing shard", async () => {
    const readme = await setup({ files: { "README.md": "x", "config.json": "{}", "model.py": "x" } });
    const weightless = await failure(resolveModel(MODEL, { env: readme.env, network }));
    expect(weightless.message).toContain(`${MODEL} has no supported weights (model.safetensors`);
    expect(weightless.hint).toContain("README.md, config.json, model.py");

    const { "config.json": _, ...others } = tinyFiles();
    const noConfig = await setup({ files: others });
    const configless = await failure(resolveModel(MODEL, { env: noConfig.env, network }));
    expect(configless.message).toBe(`${MODEL} has no config.json`);

    const name = "model.safetensors.index.json";
    const bad = await setup({ files: tinyFiles({ [name]: Buffer.from("{}") }) });
    const badIndex = await failure(resolveModel(MODEL, { env: bad.env, network }));
    expect(badIndex.message).toContain(`${name} of ${MODEL} is not a weight index`);

    const index = Buffer.from('{"weight_map": {"a": "../x", "b": "m-1.safetensors"}}');
    const partial = await setup({ files: tinyFiles({ [name]: index }) });
    const absent = await failure(resolveModel(MODEL, { env: partial.env, network }));
    expect(absent.message).toContain("names ../x, m-1.safetensors, which do not exist");
  });
});

describe("an unusable hub", () => {
  test("refused connection", async () => {
    const { hub, env } = await setup();
    await hub.close();
    const proxied = { ...env, HTTPS_PROXY: "http://proxy.example.org:3128" };
    const error = await failure(resolveModel(MODEL, { env: proxied, network }));
    expect(error.kind).toBe("model");
    expect(error.message).toBe(`cannot download ${MODEL} from ${hub.url}: connection refused`);
    expect(error.hint).toMatch(/HF_ENDPOINT.*folder with.*HTTPS_PROXY only with NODE_USE_ENV_PROXY=1/);
  });

  test("unknown host", async () => {
    const { env } = await setup();
    const error = await failure(
      resolveModel(MODEL, { env: { ...env, HF_ENDPOINT: "http://hub.invalid" }, network }),
    );
    expect(error.message).toBe(
      `cannot download ${MODEL} from http://hub.invalid: host name hub.invalid not found`,
    );
  });

  test("no answer", async () => {
    const { env } = await setup();
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => silent.closeAllConnections());
    onTestFinished(() => void silent.close());
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const error = await failure(
      resolveModel(MODEL, {
        env: { ...env, HF_ENDPOINT: url },
        network: { ...network, retries: 1, timeoutMs: 100 },
      }),
    );
    expect(error.message).toBe(`cannot download ${MODEL} from ${url}: no response within 0.1 s`);
  });

  test("a web page instead of a hub, and an invalid address", async () => {
    const { env } = await setup();
    const portal = createServer((_, response) => void response.end("<html>Please log in</html>"));
    await new Promise<void>((resolve) => portal.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void portal.close());
    const url = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
    const page = await failure(resolveModel(MODEL, { env: { ...env, HF_ENDPOINT: url }, network }));
    expect(page.message).toBe(`${url} does not respond like a model hub`);
    const none = await failure(resolveModel(MODEL, { env: { ...env, HF_ENDPOINT: "mirror" }, network }));
    expect(none.message).toContain('HF_ENDPOINT is "mirror"');
  });

  test("offline with nothing, another revision or an incomplete model in the cache", async () => {
    const { hub, home, env } = await setup();
    const offline = { env, network, offline: true };
    const nothing = await failure(resolveModel(MODEL, offline));
    expect(nothing.kind).toBe("model");
    expect(nothing.message).toContain(`${MODEL}, revision "main", is not in the cache ${join(home, "hub")}`);
    expect(hub.requests).toEqual([]);

    await resolveModel(MODEL, { env });
    const other = await failure(resolveModel(MODEL, { ...offline, revision: "v2" }));
    expect(other.message).toContain(`; the cache has: main, ${hub.commit(MODEL)}`);

    const half = await setup();
    const repo = join(half.home, "hub", "models--somebody--glm-tiny");
    mkdirSync(join(repo, "snapshots", half.hub.commit(MODEL)), { recursive: true });
    writeFileSync(join(repo, "snapshots", half.hub.commit(MODEL), "config.json"), "{}");
    const missing = await failure(
      resolveModel(MODEL, { env: half.env, offline: true, revision: half.hub.commit(MODEL) }),
    );
    expect(missing.message).toContain("missing there: weights, vocabulary");
  });
});

describe("the disk", () => {
  test("refuses a model that cannot fit before downloading it", async () => {
    const { hub, env } = await setup({
      files: tinyFiles(),
      listed: (entry) =>
        entry.lfs === undefined ? entry : { ...entry, lfs: { ...entry.lfs, size: 5e18 }, size: 5e18 },
    });
    const error = await failure(resolveModel(MODEL, { env, network }));
    expect(error.message).toMatch(
      /^not enough space for .*: it needs 5000000000\.0 GB, and only [\d.]+ GB are free$/,
    );
    expect(error.hint).toContain("HF_HUB_CACHE");
    // which determines the kind of model
    expect(hub.requests.map(({ file }) => file).filter((file) => file !== "")).toEqual(["config.json"]);
  });

  // A device that is always full is the only realistic way to test a full disk.
  test.skipIf(!existsSync("/dev/full"))("a disk that fills up during the download", async () => {
    const files = tinyFiles();
    const { home, env } = await setup({ files });
    const blobs = join(home, "hub", "models--somebody--glm-tiny", "blobs");
    mkdirSync(blobs, { recursive: true });
    symlinkSync("/dev/full", join(blobs, `${sha256(files["pytorch_model.bin"]!)}.incomplete`));
    const error = await failure(resolveModel(MODEL, { env, network }));
    expect(error.kind).toBe("model");
    expect(error.message).toBe(`no space left for ${MODEL} in ${join(home, "hub")}`);
  });

  test("a cache folder that is not a folder", async () => {
    const { home, env } = await setup();
    const file = join(home, "file");
    writeFileSync(file, "");
    const error = await failure(resolveModel(MODEL, { env: { ...env, HF_HUB_CACHE: file }, network }));
    expect(error.kind).toBe("model");
    expect(error.message).toContain(`cannot write to the cache folder ${file}: `);
    expect(error.hint).toContain("HF_HUB_CACHE");
  });
});
