import os from "node:os";
import { expect, it } from "vitest";
import type { ChosenDevice } from "../../src/models/devices/index.js";
import { type LaneOptions, loadLanes } from "../../src/scoring/load-lanes.js";
import type { LoadEvent, LoadedEngine } from "../../src/scoring/model.js";

const chosen = (device: ChosenDevice["device"]): ChosenDevice => ({
  device,
  attention: device === "webgpu" ? "plain" : "fused",
});

/** Loads fake engines, and records their options and which ones are closed. */
async function loadOn(names: readonly ChosenDevice["device"][], threads?: number, brokenAt?: number) {
  const given: LaneOptions[] = [];
  const closed: number[] = [];
  const events: LoadEvent[] = [];
  const load = async (at: LaneOptions): Promise<LoadedEngine> => {
    const number = given.push(at) - 1;
    at.onProgress({ stage: "convert" });
    at.onProgress({ stage: "load" });
    if (number === brokenAt) throw new Error("out of memory");
    const engine = { packs: true, close: async () => void closed.push(number) };
    const facts = { device: at.device, attention: at.attention, gelu: "erf" };
    return { engine, facts, notes: ["of the model", `of ${at.device}`] } as unknown as LoadedEngine;
  };
  const options = { onProgress: (event: LoadEvent) => events.push(event), onStopped: () => undefined };
  const loading = loadLanes(names.map(chosen), { ...options, threads }, load);
  const outcome = await loading.catch((error: unknown) => error as Error);
  return { given, closed, events, outcome };
}

it("divides the cores among CPU sessions, and counts their memory once", async () => {
  const { given } = await loadOn(["webgpu", "cpu", "cpu"]);
  const half = Math.max(1, Math.floor(os.availableParallelism() / 2));
  expect(given.filter(({ device }) => device === "cpu").map(({ threads }) => threads)).toEqual([half, half]);
  expect(given.map(({ cpuSessions }) => cpuSessions)).toEqual([0, 2, 0]);
});

it("gives each the requested threads, and a single CPU session ONNX Runtime's default", async () => {
  expect((await loadOn(["cpu", "cpu"], 3)).given.map(({ threads }) => threads)).toEqual([3, 3]);
  expect((await loadOn(["cpu", "webgpu"])).given.map(({ threads }) => threads)).toEqual([
    undefined,
    undefined,
  ]);
});

it("leaves a single device as is; lists several, with their common notes only once", async () => {
  const one = await loadOn(["webgpu"]);
  expect(one.outcome).toMatchObject({ facts: { device: "webgpu", attention: "plain", gelu: "erf" } });
  expect(one.events).toEqual([{ stage: "convert" }, { stage: "load" }]);
  const two = await loadOn(["webgpu", "cpu"]);
  expect(two.outcome).toMatchObject({
    facts: {
      gelu: "erf",
      devices: [
        { name: "webgpu", attention: "plain" },
        { name: "cpu", attention: "fused" },
      ],
    },
    notes: ["of the model", "of webgpu", "of cpu"],
  });
  expect(two.events.filter(({ stage }) => stage === "load").map(({ device }) => device)).toEqual([
    "webgpu",
    "cpu",
  ]);
});

it("closes loaded engines if a later one fails to load", async () => {
  const { outcome, closed, given } = await loadOn(["webgpu", "cpu", "cpu"], 1, 1);
  expect(outcome).toMatchObject({ message: "out of memory" });
  expect(given).toHaveLength(2);
  expect(closed).toEqual([0]);
});
