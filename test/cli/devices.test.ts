import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { vulkanEnvironment as env, noVulkan } from "../models/devices/vulkan.js";
import { expectDone, expectRefused, jsonLines, workspace } from "./command.js";

const { path, run, start } = workspace();
const readJson = (file: string) => JSON.parse(readFileSync(path(file), "utf8"));

it("a device that is not there: exit code 4, in the driver's words, with what to do", async () => {
  const outcome = await run(["superglue", "--device", "cuda:7", "--limit", "1", "--output", "none"]);
  expectRefused(outcome, 4, "cuda:7 cannot", "glm-eval doctor");
});

it("setup names what it can set up, and says what to install from where there is no such file", async () => {
  expectRefused(await run(["setup"]), 2, "setup: nothing to set up is named; expected cuda");
  const here = `${process.platform}-${process.arch}`;
  const parts = here === "linux-x64" ? ["no such file or folder: none.nupkg", "--from FILE"] : [here];
  expectRefused(await run(["setup", "cuda", "--from", "none.nupkg"]), 4, ...parts);
});

describe.skipIf(noVulkan)(`WebGPU ${noVulkan ?? ""}`, () => {
  it("run.json says where the model ran and how attention was computed", async () => {
    const flags = ["--tasks", "copa", "--limit", "3", "--device", "webgpu", "--output", "gpu"];
    const outcome = await run(["superglue", ...flags], { env });
    expectDone(outcome);
    const { model } = readJson("gpu/run.json");
    expect(model).toMatchObject({ device: "webgpu", attention: expect.stringMatching(/^(fused|plain)$/) });
    const because =
      "note: webgpu: attention is computed by plain products of matrices, as the fused one is wrong";
    expect(outcome.stderr.includes(because)).toBe(model.attention === "plain");
  });

  it("a device's process that ends loses no question that was scored, and --resume goes on", async () => {
    const flags = ["--tasks", "copa", "--max-batch-tokens", "64", "--device", "webgpu", "--output", "crash"];
    const { child, finished } = start(["superglue", ...flags], { env });
    const journal = (): { id: string }[] =>
      existsSync(path("crash/journal.jsonl"))
        ? jsonLines(readFileSync(path("crash/journal.jsonl"), "utf8").replace(/[^\n]*$/, ""))
        : [];
    const watch = setInterval(() => {
      if (journal().length === 0) return;
      clearInterval(watch);
      const processes = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(child.pid)], {
        encoding: "utf8",
      });
      const line = processes.split("\n").find((each) => each.includes("session-worker.js"));
      process.kill(Number.parseInt(line!, 10), "SIGABRT");
    }, 10);
    const { code, stderr } = await finished;
    clearInterval(watch);
    expect(stderr).toContain("webgpu stopped: its process was ended by SIGABRT");
    expect(stderr).toContain("--resume");
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(4);
    const kept = journal();
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(40);

    expectDone(await run(["superglue", ...flags, "--resume"], { env }));
    expect(journal().slice(0, kept.length)).toEqual(kept);
    expect(new Set(journal().map(({ id }) => id)).size).toBe(40);
  }, 120_000);
});
