import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run } = workspace();
const command = ["superglue", "--tasks", "copa", "--limit", "2", "--output", "mapped"];

it("--mmap yes reports its cost before loading, run.json records it, and a resumed run must keep it", async () => {
  const outcome = await run([...command, "--mmap", "yes"]);
  expectDone(outcome);
  expect(outcome.stderr).toMatch(
    /needs about 0\.\d GB of memory in fp32.*its weights are memory-mapped \(mmap\)/,
  );
  expect(JSON.parse(readFileSync(path("mapped/run.json"), "utf8")).models[0].mmap).toBe(true);
  const otherwise = await run([...command, "--resume", "--mmap", "no"]);
  expectRefused(otherwise, 2, "mmap: found false; expected true", "--mmap yes");
});

it("--mmap yes is rejected if weights are converted during loading; other values are rejected", async () => {
  const half = await run([...command.slice(0, -1), "half", "--dtype", "fp16", "--mmap", "yes"]);
  expectRefused(half, 4, "--mmap yes: this model's weights in fp16 cannot be mapped", "fp32, int8");
  expect((await run([...command, "--mmap", "maybe"])).code).toBe(2);
});
