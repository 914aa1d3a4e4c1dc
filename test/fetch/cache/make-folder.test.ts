import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { makeFolder } from "../../../src/fetch/cache/index.js";

const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-folders-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

it("makes missing parents and returns the folders that it made", async () => {
  const [outer, inner] = [path.join(work, "a"), path.join(work, "a", "b")];
  expect(await makeFolder(inner)).toEqual([outer, inner]);
  expect(await makeFolder(inner)).toEqual([]);
});

it("refuses a path that is blocked by a file or a dangling link", async () => {
  const file = path.join(work, "file");
  writeFileSync(file, "");
  await expect(makeFolder(path.join(file, "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
  const link = path.join(work, "link");
  symlinkSync(path.join(work, "nowhere"), link);
  await expect(makeFolder(link)).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(path.join(link, "below"))).rejects.toMatchObject({ code: "EEXIST" });
});

it.skipIf(!existsSync("/proc/self"))("returns if the system does not allow new folders", async () => {
  await expect(makeFolder("/proc/glm-eval/below")).rejects.toMatchObject({ code: "ENOENT" });
});

it("is used everywhere instead of Node's recursive mkdir, which may never return", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".ts"),
  );
  const users = files.filter((name) =>
    /\bmkdir(?:Sync)?\([^;]*recursive/.test(readFileSync(path.join("src", name), "utf8")),
  );
  expect(users).toEqual([]);
});
