import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openSession } from "../../../src/models/onnx/index.js";
import { simplifyMessage, stderrTail } from "../../../src/models/onnx/stderr-tail.js";
import { onLinux } from "../../platform.js";
import { encodeModel } from "./tiny.js";

const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
const file = path.join(work, "twice.onnx");
beforeAll(() => {
  writeFileSync(
    file,
    encodeModel(14, (g) => {
      const x = g.input("x", "int64", ["n"]);
      g.output("y", g.op("Add", [x, x]), "int64", ["n"]);
    }),
  );
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const feeds = () => ({ x: { type: "int64" as const, data: BigInt64Array.of(3n, -(2n ** 40n)), dims: [2] } });
const children = (): number[] =>
  execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("session-worker.js"))
    .map((line) => Number.parseInt(line, 10));

it.runIf(onLinux)(
  "a session in its own process gives the same results as one in a thread, and leaves no process behind",
  async () => {
    const session = await openSession(file, { ownProcess: true });
    const { y } = await session.run(feeds());
    expect(y).toEqual({ type: "int64", data: BigInt64Array.of(6n, -(2n ** 41n)), dims: [2] });
    expect(children()).toHaveLength(1);
    await session.close();
    expect(children()).toHaveLength(0);
  },
);

it.runIf(onLinux)("a model that fails to load there is reported, and its process ends", async () => {
  const opened = openSession(path.join(work, "none.onnx"), { ownProcess: true });
  await expect(opened).rejects.toMatchObject({
    kind: "model",
    message: expect.stringContaining("none.onnx"),
  });
  expect(children()).toHaveLength(0);
});

it.runIf(onLinux)("a process killed from outside fails the waiting runs and all later ones", async () => {
  const session = await openSession(file, { ownProcess: true });
  const [pid] = children();
  process.kill(pid!, "SIGSTOP");
  const run = session.run(feeds());
  process.kill(pid!, "SIGKILL");
  const message = "the model stopped: its process was killed by SIGKILL";
  await expect(run).rejects.toMatchObject({ kind: "model", message });
  await expect(session.run(feeds())).rejects.toMatchObject({ kind: "model", message });
  await session.close();
});

it.runIf(onLinux)("a driver's last output is reported without details for developers", () => {
  const dawn =
    "Warning: Couldn't load Vulkan: libvulkan.so.1: No such file\n    at operator() (/build/BackendVk.cpp:368)\n\n";
  expect(stderrTail(dawn)).toBe("Warning: Couldn't load Vulkan: libvulkan.so.1: No such file");
  const log =
    "\u001b[1;31m2026-01-02 03:04:05.678 [E:onnxruntime:onnxruntime-node, bridge.cc:2146 Create] /src/bridge.cc:1988 " +
    "onnxruntime::Provider& Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library /opt/some/lib.so with error: /opt/some/lib.so: no such file\u001b[m\n";
  expect(stderrTail(log)).toBe("Failed to load library lib.so with error: lib.so: no such file");
  expect(stderrTail("\n \n")).toBeUndefined();
  const thrown =
    "/src/context.cc:136 lambda() status == Success was false. Failed to get a WebGPU adapter: none\n";
  expect(simplifyMessage(thrown)).toBe("Failed to get a WebGPU adapter: none");
});
