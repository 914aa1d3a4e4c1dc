import { expect, it } from "vitest";
import { parseDevice } from "../../../src/models/devices/index.js";

it("reads the names of devices", () => {
  const names = ["auto", "cpu", "webgpu", "cuda", "cuda:0", "cuda:12"];
  expect(names.map(parseDevice)).toEqual(["auto", "cpu", "webgpu", "cuda:0", "cuda:0", "cuda:12"]);
});

it.each(["gpu", "cuda:", "cuda:-1", "cuda:01", "cuda:x", "CPU", "", "cpu:0", "auto cpu"])(
  "refuses %j",
  (name) => {
    expect(() => parseDevice(name)).toThrow(
      expect.objectContaining({ kind: "usage", message: expect.stringContaining("no such device") }),
    );
  },
);
