import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sha256, startHub, type TestHub } from "../fetch/hub/hub-server.js";
import { expectDone, workspace } from "./command.js";

const fixture = (config: string): Buffer =>
  readFileSync(
    fileURLToPath(
      new URL(`../fixtures/hub-superglue/${config}/validation-00000-of-00001.parquet`, import.meta.url),
    ),
  );
const CONFIGS = ["boolq", "cb", "copa", "multirc", "record", "rte", "wic", "wsc"];
const REAL = ["boolq", "multirc", "record", "wsc"];
const { path, run } = workspace();

let hub: TestHub;
beforeAll(async () => {
  const file = (config: string, split: string) =>
    [
      `${config}/${split}-00000-of-00001.parquet`,
      split === "validation" && REAL.includes(config) ? fixture(config) : `${config} ${split}`,
    ] as const;
  const all = CONFIGS.flatMap((config) =>
    ["train", "validation", "test"].map((split) => file(config, split)),
  );
  const files = Object.fromEntries([...all, file("axb", "test"), file("axg", "test")]);
  hub = await startHub({ "datasets/aps/super_glue": { files } });
});
afterAll(() => hub.close());

it("SuperGLUE from the hub is verified, listed, and gives the results of the official files", async () => {
  const pulled = expectDone(await run(["data", "pull", "superglue"], { env: { HF_ENDPOINT: hub.url } }));
  const folder = path(".home/cache/datasets/aps--super_glue");
  expect(pulled).toContain(`26 files, 0.1 MB in ${folder}`);
  expect(pulled).toContain(
    "Verified: each file has the sha256 that the hub lists for it (aps/super_glue at ",
  );
  expect(pulled).toContain(`Use them: glm-eval run superglue --data ${folder}`);

  const listed = JSON.parse(expectDone(await run(["data", "list", "--json"])));
  expect(listed.folders.map((each: { folder: string }) => each.folder)).toEqual([folder]);
  const { splits } = listed.folders[0];
  expect(splits).toHaveLength(28);
  expect(splits.find((each: { task: string; split: string }) => each.task === "boolq")).toEqual({
    task: "boolq",
    split: "validation",
    examples: 36,
    layout: "hub",
    file: "boolq/validation-00000-of-00001.parquet",
    sha256: sha256(fixture("boolq")),
    as_pulled: true,
    message: null,
  });

  const args = ["run", ...REAL, "--limit", "3", "--max-length", "64"];
  expectDone(await run([...args, "-o", "official"]));
  expectDone(await run([...args, "-o", "hub", "--data", folder]));
  const results = (of: string) => JSON.parse(readFileSync(path(of, "results.json"), "utf8")).tasks;
  expect(results("hub")).toEqual(results("official"));
  for (const task of REAL)
    for (const each of [`samples/${task}.jsonl`, `questions/${task}.jsonl`])
      expect(readFileSync(path("hub", each), "utf8")).toBe(readFileSync(path("official", each), "utf8"));
  const layouts = (of: string) =>
    JSON.parse(readFileSync(path(of, "run.json"), "utf8")).data.files.map(
      ({ layout }: { layout: string }) => layout,
    );
  expect(layouts("hub")).toEqual(REAL.map(() => "hub"));
  expect(layouts("official")).toEqual(REAL.map(() => "official"));
});
