import { describe, expect, it } from "vitest";
import { checkMmap, type MemoryNeed, planMemory } from "../../../src/models/onnx/index.js";

const float: MemoryNeed = { dtype: "fp32", loaded: 39.4e9, mapped: 0.5e9, sameScores: true, slower: 1.1 };
const blocks: MemoryNeed = { dtype: "q4", loaded: 6.5e9, mapped: 0.5e9, sameScores: false, slower: 2 };
const half: MemoryNeed = { ...float, dtype: "fp16", mapped: undefined };

describe("planMemory", () => {
  it("loads a model that fits, without a note if it needs less than 1 GB", () => {
    expect(planMemory({ ...float, loaded: 9e8 }, 1e9)).toEqual({ mmap: false });
    expect(planMemory({ ...float, loaded: 1.86e9 }, 23e9)).toEqual({
      mmap: false,
      note: "The model needs about 1.9 GB of memory in fp32, 23.0 GB are free: it fits.",
    });
  });

  it("maps weights that would not fit, and states the cost", () => {
    expect(planMemory(float, 8e9)).toEqual({
      mmap: true,
      note:
        "The model needs about 39.4 GB of memory in fp32, 8.0 GB are free: its weights are memory-mapped (mmap), and the rest " +
        "needs about 0.5 GB; scoring takes 1.1 × as long, or longer if the file must be read again. " +
        "--mmap no loads them.",
    });
  });

  it("never changes scores on its own, but suggests what to do", () => {
    expect(planMemory(blocks, 4e9)).toEqual({
      mmap: false,
      note:
        "The model needs about 6.5 GB of memory in q4, 4.0 GB are free: it may run slowly or be killed. A smaller " +
        "--max-batch-tokens needs less; --mmap yes maps the weights (scoring takes 2.0 × as long; scores " +
        "differ slightly).",
    });
    expect(planMemory(half, 8e9)).toEqual({
      mmap: false,
      note:
        "The model needs about 39.4 GB of memory in fp16, 8.0 GB are free: it may run slowly or be killed. --dtype int8, q8 " +
        "or q4 needs less.",
    });
  });

  it("obeys an explicit choice", () => {
    expect(planMemory(float, 8e9, "no").mmap).toBe(false);
    expect(planMemory(blocks, 24e9, "yes").mmap).toBe(true);
    expect(() => planMemory(half, 24e9, "yes")).toThrow(
      "--mmap yes: this model's weights in fp16 cannot be mapped",
    );
  });
});

it("weights can be mapped only on the CPU", () => {
  expect(() => checkMmap("yes", "cuda:0")).toThrow("--mmap yes: on cuda:0 weights are copied");
  checkMmap("yes", "cpu");
  checkMmap("auto", "webgpu");
});
