import { describe, expect, it } from "vitest";
import { parseDevices } from "../../../src/models/devices/index.js";

const refused = (message: string, hint: string) =>
  expect.objectContaining({
    kind: "usage",
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });

describe("one device", () => {
  it("reads its name; the CPU by default", () => {
    const names = ["cpu", "webgpu", "cuda", "cuda:0", "cuda:12", "auto"];
    const found = names.map((device) => parseDevices({ device }));
    expect(found).toEqual([["cpu"], ["webgpu"], ["cuda:0"], ["cuda:0"], ["cuda:12"], "best"]);
    expect(parseDevices({})).toEqual(["cpu"]);
  });

  it.each([
    ["gpu", "Did you mean cpu?"],
    ["CPU", "Did you mean cpu?"],
    ["wegbpu", "Did you mean webgpu?"],
    ["cuda:", "Did you mean cuda?"],
    ["cuda:-1", "Did you mean cuda:1?"],
    ["cuda:01", "Did you mean cuda:0?"],
    ["cuda:0,cuda:1", "pass several devices with --devices cuda:0,cuda:1."],
    ["mps", "`glm-eval doctor`"],
    ["cpu auto", "`glm-eval doctor`"],
  ])("refuses %j", (device, hint) => {
    const error = refused(`no such device: ${device}; expected auto, cpu, webgpu, cuda or cuda:1`, hint);
    expect(() => parseDevices({ device })).toThrow(error);
  });
});

describe("several devices", () => {
  it.each([
    [
      ["cuda:1", "cuda"],
      ["cuda:1", "cuda:0"],
    ],
    [
      ["cpu", "webgpu", "cpu"],
      ["cpu", "webgpu", "cpu"],
    ],
    [["cuda"], ["cuda:0"]],
    [["auto"], "all"],
  ])("reads %j", (devices, expected) => {
    expect(parseDevices({ devices })).toEqual(expected);
  });

  it.each([
    [["cuda", "cpu", "cuda:0"], "cuda:0 is named twice", "once"],
    [["webgpu", "webgpu"], "webgpu is named twice", "once"],
    [["cpu", "auto"], "found auto among 2 names; expected it alone", "all GPUs"],
    [["auto", "auto"], "found auto among 2 names; expected it alone", "all GPUs"],
    [["cpu", ""], "no such device: an empty name", "`glm-eval doctor`"],
    [["cpu", "webgp"], "no such device: webgp", "Did you mean webgpu?"],
  ])("refuses %j", (devices, message, hint) => {
    expect(() => parseDevices({ devices })).toThrow(refused(message, hint));
  });

  it("refuses an empty list, and --device together with --devices", () => {
    expect(() => parseDevices({ devices: [] })).toThrow(expect.objectContaining({ kind: "usage" }));
    const error = refused("found --device and --devices; expected one of the two", "--devices cuda:0,cuda:1");
    expect(() => parseDevices({ device: "cpu", devices: ["cpu"] })).toThrow(error);
  });
});
