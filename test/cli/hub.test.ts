import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startHub, type TestHub } from "../fetch/hub/hub-server.js";
import { goldenFixture } from "../models/checkpoint/helpers.js";
import { onLinux } from "../platform.js";
import { expectDone, expectRefused, workspace } from "./command.js";

const NAME = "somebody/glm-small";
const { path, run, start } = workspace();
const score = ["score", "w0100 [MASK] w0101", "-a", "w0200,w0201 w0202", "--json"];

let hub: TestHub;
beforeAll(async () => {
  hub = await startHub({ [NAME]: { files: goldenFixture("sharded-fp16") } });
});
afterAll(() => hub.close());

it("a model loads by its hub name, and again without the hub", async () => {
  const env = { HF_ENDPOINT: hub.url };
  const local = expectDone(await run([...score, "--model", goldenFixture("sharded-fp16")]));

  const first = await run([...score, "--model", NAME], { env });
  expect(expectDone(first)).toBe(local);
  expect(first.stderr).toContain("downloading");
  expect(hub.requests.map(({ file }) => file)).toContain("pytorch_model-00002-of-00002.bin");

  hub.requests.length = 0;
  const offline = await run([...score, "--model", NAME, "--offline"], { env });
  expect(expectDone(offline)).toBe(local);
  expect(offline.stderr).not.toMatch(/downloading|converting/);
  expect(hub.requests).toEqual([]);

  const unreachable = await run([...score, "--model", NAME], { env: { HF_ENDPOINT: "http://127.0.0.1:9" } });
  expect(expectDone(unreachable)).toBe(local);
});

it("a revision that the hub does not have is reported", async () => {
  const env = { HF_ENDPOINT: hub.url };
  const outcome = await run([...score, "--model", NAME, "--revision", "v9"], { env });
  expectRefused(outcome, 4, `${NAME} has no revision "v9"`);
});

it("a run records the model's commit", async () => {
  const env = { HF_ENDPOINT: hub.url };
  const args = [
    "run",
    "cb",
    "--limit",
    "2",
    "--max-length",
    "64",
    "--model",
    NAME,
    "-o",
    "hub-run",
    "--json",
  ];
  const results = JSON.parse(expectDone(await run(args, { env })));
  expect(results.model).toBe(NAME);
  const { default: record } = await import(path("hub-run/run.json"), { with: { type: "json" } });
  expect(record.models[0]).toMatchObject({ name: NAME, source: "hub", revision: hub.commit(NAME) });
});

it.runIf(onLinux)("Ctrl-C during a download stops immediately, and leaves no run folder", async () => {
  hub.trouble({ file: "pytorch_model-00001-of-00002.bin", stallAfter: 1000 });
  const { child, finished } = start(["run", "cb", "--model", NAME, "-o", "stopped"], {
    env: { HF_ENDPOINT: hub.url, HF_HOME: path("other-home") },
  });
  child.stderr.on("data", (text) => {
    if (String(text).includes("pytorch_model-00001")) child.kill("SIGINT");
  });
  const { code, stderr, stdout } = await finished;
  expect(stderr).toContain("interrupted while loading the model: nothing was scored");
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stdout).toBe("");
  expect(code).toBe(130);
  expect(existsSync(path("stopped"))).toBe(false);
  expect(readdirSync(path("other-home"))).toContain("hub");
});
