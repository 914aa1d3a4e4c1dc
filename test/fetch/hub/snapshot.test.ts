import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  fetchSnapshot,
  hubSettings,
  type Missing,
  type SnapshotRequest,
} from "../../../src/fetch/hub/index.js";
import { startHub } from "./hub-server.js";

const NAME = "somebody/poems";
const FILES = {
  "list.txt": "spring.txt\nautumn.txt\n",
  "spring.txt": "Green.",
  "autumn.txt": "Red.",
  "winter.txt": "White.",
};
const NOTHING: Missing = { required: [], optional: [] };

/** Makes a request for the files named in list.txt, to a hub that runs as long as the test. */
async function makeRequest(missing: Missing = NOTHING) {
  const hub = await startHub({ [NAME]: { files: FILES } });
  const home = mkdtempSync(join(tmpdir(), "glm-eval-snapshot-"));
  onTestFinished(async () => {
    await hub.close();
    rmSync(home, { recursive: true, force: true });
  });
  const request: SnapshotRequest = {
    kind: "model",
    name: NAME,
    revision: "main",
    settings: await hubSettings({ HF_HOME: home, HF_ENDPOINT: hub.url, HOME: home }),
    wanted: {
      choose: async (_, text) => ["list.txt", ...(await text("list.txt")).trim().split("\n")],
      missing: async () => missing,
    },
    suggest: () => "somebody/else",
    limits: { retries: 0, backoffMs: 1, timeoutMs: 5_000 },
    refresh: false,
    signal: undefined,
    onProgress: () => undefined,
  };
  return { hub, request };
}

test("a snapshot contains exactly the chosen files and is requested only once", async () => {
  const { hub, request } = await makeRequest();
  const { folder, commit } = await fetchSnapshot(request);
  expect(commit).toBe(hub.commit(NAME));
  expect(readdirSync(folder).sort()).toEqual(["autumn.txt", "list.txt", "spring.txt"]);
  expect(readFileSync(join(folder, "spring.txt"), "utf8")).toBe(FILES["spring.txt"]);
  const requests = hub.requests.length;
  expect(await fetchSnapshot(request)).toEqual({ folder, commit });
  expect(hub.requests).toHaveLength(requests);
});

test("an incomplete snapshot is requested again; offline it is refused if a required file is missing", async () => {
  const { hub, request } = await makeRequest({ required: ["summer.txt"], optional: [] });
  await fetchSnapshot(request);
  const requests = hub.requests.length;
  await fetchSnapshot(request);
  expect(hub.requests.length).toBeGreaterThan(requests);
  const settings = { ...request.settings, offline: true };
  await expect(fetchSnapshot({ ...request, settings })).rejects.toThrow("missing there: summer.txt");
  const wanted = { ...request.wanted, missing: async () => ({ required: [], optional: ["summer.txt"] }) };
  expect(await fetchSnapshot({ ...request, settings, wanted })).toMatchObject({ commit: hub.commit(NAME) });
});

test("an unknown name gets a suggestion", async () => {
  const { request } = await makeRequest();
  await expect(fetchSnapshot({ ...request, name: "somebody/poem" })).rejects.toMatchObject({
    hint: expect.stringContaining("Did you mean somebody/else?"),
  });
});
