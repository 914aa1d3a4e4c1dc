import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { vulkanEnvironment as env, noVulkan } from "../models/devices/vulkan.js";
import { outcomeOf } from "../runner/sittings.js";
import { expectDone, expectRefused, jsonLines, workspace } from "./command.js";

const { path, run } = workspace();
const readJson = (file: string) => JSON.parse(readFileSync(path(file), "utf8"));
/** ids of the questions that a run has scored, from complete lines */
const readIds = (folder: string): string[] => {
  const file = path(folder, "journal.jsonl");
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8").replace(/[^\n]*$/, "");
  return jsonLines<{ id: string }>(text).map(({ id }) => id);
};

/**
 * Runs a command, and ends its GPU process once the first question is scored. Runs in this process, which has already
 * tested the device: that takes seconds if the device computes on the CPU.
 */
async function runAndEnd(args: readonly string[], folder: string, signal: NodeJS.Signals) {
  const finished = run(args, { env });
  const watch = setInterval(() => {
    if (readIds(folder).length === 0) return;
    clearInterval(watch);
    const processes = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], {
      encoding: "utf8",
    });
    const line = processes.split("\n").find((each) => each.includes("session-worker.js"));
    process.kill(Number.parseInt(line!, 10), signal);
  }, 10);
  const outcome = await finished;
  clearInterval(watch);
  return outcome;
}

it("a missing device: exit code 4, the driver's message, and what to do", async () => {
  const outcome = await run(["superglue", "--device", "cuda:7", "--limit", "1", "--output", "none"]);
  expectRefused(outcome, 4, "cuda:7 cannot", "glm-eval doctor");
});

it("setup lists its components, and explains --from if the file is missing", async () => {
  expectRefused(await run(["setup"]), 2, "setup: no component given; expected cuda");
  const here = `${process.platform}-${process.arch}`;
  const parts = here === "linux-x64" ? ["no such file or folder: none.nupkg", "--from FILE"] : [here];
  expectRefused(await run(["setup", "cuda", "--from", "none.nupkg"]), 4, ...parts);
});

it("invalid devices: exit code 2 before anything is done, with what to pass instead", async () => {
  const rejected = (...flags: string[]) => run(["superglue", "--output", "none", ...flags]);
  const both = await rejected("--device", "cpu", "--devices", "cpu,cpu");
  expectRefused(both, 2, "found --device and --devices; expected one of the two");
  expectRefused(await rejected("--devices", "cuda,cuda:0"), 2, "cuda:0 is named twice", "only cpu");
  expectRefused(await rejected("--device", "cuda:0,cuda:1"), 2, "no such device", "--devices cuda:0,cuda:1");
  expectRefused(await rejected("--devices", "cpu,wegbpu"), 2, "no such device", "Did you mean webgpu?");
  expectRefused(await run(["score", "It is [MASK].", "-a", "so", "--devices", "cpu,"]), 2, "an empty name");
  expect(existsSync(path("none"))).toBe(false);
});

describe("--devices cpu,cpu", () => {
  const args = ["superglue", "--tasks", "copa,rte", "--max-batch-tokens", "100", "--threads", "1"];
  beforeAll(async () => {
    expectDone(await run([...args, "--device", "cpu", "--output", "one"]));
    expectDone(await run([...args, "--devices", "cpu,cpu", "--output", "two"]));
  });

  it("gives byte-identical results, scores every question once and records both devices", () => {
    expect(outcomeOf(path("two"))).toEqual(outcomeOf(path("one")));
    expect(readIds("two").sort()).toEqual(readIds("one").sort());
    expect(new Set(readIds("two")).size).toBe(76);
    const cpu = { name: "cpu", attention: "fused" };
    expect(readJson("two/run.json").models[0]).toMatchObject({ devices: [cpu, cpu] });
    expect(readJson("two/run.json").models[0]).not.toHaveProperty("device");
    expect(readJson("one/run.json").models[0]).toMatchObject({ device: "cpu", attention: "fused" });
    expect(readJson("one/run.json").models[0]).not.toHaveProperty("devices");
  });

  it("resumes only with the same devices", async () => {
    const journal = readFileSync(path("two/journal.jsonl"));
    writeFileSync(path("two/journal.jsonl"), journal.subarray(0, journal.length >> 1));
    const resumed = (...devices: string[]) => run([...args, ...devices, "--output", "two", "--resume"]);
    expectRefused(await resumed(), 2, "devices: found none; expected cpu, cpu", "--devices cpu,cpu");
    expectRefused(await resumed("--devices", "cpu,cpu,cpu"), 2, "found cpu, cpu, cpu; expected cpu, cpu");
    expectDone(await resumed("--devices", "cpu,cpu"));
    expect(outcomeOf(path("two"))).toEqual(outcomeOf(path("one")));
    expect(readIds("two").sort()).toEqual(readIds("one").sort());
  });

  it("scores a text on the command line; a single device in --devices is that device", async () => {
    const typed = (...flags: string[]) =>
      run(["score", "The sky is [MASK].", "-a", "blue,green", "--json", ...flags]);
    const expected = expectDone(await typed("--threads", "1"));
    expect(expectDone(await typed("--threads", "1", "--devices", "cpu,cpu"))).toBe(expected);
    expect(expectDone(await typed("--threads", "1", "--devices", "cpu"))).toBe(expected);
  });
});

describe.skipIf(noVulkan)(`WebGPU ${noVulkan ?? ""}`, () => {
  it("run.json records the device and how attention was computed", async () => {
    const flags = ["--tasks", "copa", "--limit", "3", "--device", "webgpu", "--output", "gpu"];
    const outcome = await run(["superglue", ...flags], { env });
    expectDone(outcome);
    const [model] = readJson("gpu/run.json").models;
    expect(model).toMatchObject({ device: "webgpu", attention: expect.stringMatching(/^(fused|plain)$/) });
    const because =
      "note: webgpu: attention is computed with plain matrix products, because fused attention is wrong";
    expect(outcome.stderr.includes(because)).toBe(model.attention === "plain");
  });

  it("no scored question is lost if the device's process ends, and --resume continues", async () => {
    const args = ["--tasks", "copa", "--limit", "8", "--max-batch-tokens", "64", "--device", "webgpu"];
    const flags = [...args, "--output", "crash"];
    const { code, stderr } = await runAndEnd(["superglue", ...flags], "crash", "SIGABRT");
    expect(stderr).toContain("webgpu stopped: its process was killed by SIGABRT");
    expect(stderr).toContain("--resume");
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(4);
    const kept = readIds("crash");
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(8);

    expectDone(await run(["superglue", ...flags, "--resume"], { env }));
    expect(readIds("crash").slice(0, kept.length)).toEqual(kept);
    expect(readIds("crash")).toHaveLength(8);
    expect(new Set(readIds("crash")).size).toBe(8);
  }, 240_000);

  it("with the CPU, the end is reported and the run finishes, every question scored once", async () => {
    const flags = ["--tasks", "copa,rte", "--limit", "20", "--max-batch-tokens", "64"];
    const outcome = await runAndEnd(
      ["superglue", ...flags, "--devices", "webgpu,cpu", "--output", "both"],
      "both",
      "SIGKILL",
    );
    expectDone(outcome);
    const note = "note: webgpu stopped: its process was killed by SIGKILL; the other continues\n";
    expect(outcome.stderr.split(note)).toHaveLength(2);
    expect(readIds("both")).toHaveLength(40);
    expect(new Set(readIds("both")).size).toBe(40);
    const [model] = readJson("both/run.json").models;
    expect(model.devices.map(({ name }: { name: string }) => name)).toEqual(["webgpu", "cpu"]);
    expect(model.notes.join("\n")).toContain("webgpu stopped");
  }, 240_000);
});
