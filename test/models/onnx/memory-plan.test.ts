import { describe, expect, it } from "vitest";
import { checkMmap, type MemoryNeed, planMemory } from "../../../src/models/onnx/index.js";

const float: MemoryNeed = { dtype: "fp32", loaded: 39.4e9, mapped: 0.5e9, sameScores: true, slower: 1.1 };
const blocks: MemoryNeed = { dtype: "q4", loaded: 6.5e9, mapped: 0.5e9, sameScores: false, slower: 2 };
const half: MemoryNeed = { ...float, dtype: "fp16", mapped: undefined };

describe("planMemory", () => {
  it("loads what fits; of less than a GB nothing is said", () => {
    expect(planMemory({ ...float, loaded: 9e8 }, 1e9)).toEqual({ mmap: false });
    expect(planMemory({ ...float, loaded: 1.86e9 }, 23e9)).toEqual({
      mmap: false,
      note: "The model needs about 1.9 GB of memory in fp32, 23.0 GB are free: it fits.",
    });
  });

  it("leaves weights in their file where they would not fit, and says what that costs", () => {
    expect(planMemory(float, 8e9)).toEqual({
      mmap: true,
      note:
        "The model needs about 39.4 GB of memory in fp32, 8.0 GB are free: its weights stay in their file (mmap), about " +
        "0.5 GB are needed beside them; scoring takes 1.1 × as long, and longer where the file must be read again. " +
        "--mmap no loads them.",
    });
  });

  it("by itself does nothing that changes scores, but says what can be done", () => {
    expect(planMemory(blocks, 4e9)).toEqual({
      mmap: false,
      note:
        "The model needs about 6.5 GB of memory in q4, 4.0 GB are free: it may be slow or be stopped. Fewer " +
        "--max-batch-tokens need less; --mmap yes leaves the weights in their file (scoring takes 2.0 × as long; scores " +
        "differ slightly).",
    });
    expect(planMemory(half, 8e9)).toEqual({
      mmap: false,
      note:
        "The model needs about 39.4 GB of memory in fp16, 8.0 GB are free: it may be slow or be stopped. --dtype int8, q8 " +
        "or q4 needs less.",
    });
  });

  it("does what it is told", () => {
    expect(planMemory(float, 8e9, "no").mmap).toBe(false);
    expect(planMemory(blocks, 24e9, "yes").mmap).toBe(true);
    expect(() => planMemory(half, 24e9, "yes")).toThrow(
      "--mmap yes: weights in fp16 of this model cannot stay in their file",
    );
  });
});

it("weights stay in their file on the CPU only", () => {
  expect(() => checkMmap("yes", "cuda:0")).toThrow("--mmap yes: on cuda:0 weights are copied");
  checkMmap("yes", "cpu");
  checkMmap("auto", "webgpu");
});
