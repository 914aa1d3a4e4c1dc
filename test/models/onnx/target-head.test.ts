import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { openSession, scoreTargets } from "../../../src/models/onnx/index.js";
import { encodeModel, noise } from "./tiny.js";

const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

// Since 13 and 18, ReduceSum and ReduceMax take their axes as an input.
it.each([11, 12, 13, 14, 17, 18, 20, 23])(
  "computes log-softmax at the requested ids in version %i of the operators",
  async (opset) => {
    const [rows, size] = [5, 7];
    const file = path.join(work, `${opset}.onnx`);
    writeFileSync(
      file,
      encodeModel(opset, (g) => scoreTargets(g, size, g.input("logits", "float32", ["P", size]))),
    );
    const session = await openSession(file);
    const logits = noise(rows * size, opset).map((x) => 20 * x);
    const pickRows = Int32Array.from([0, 0, 4, 2, 1, 3]);
    const pickIds = Int32Array.from([0, 6, 3, 3, 5, 0]);
    const highest = (row: number) => Math.max(...logits.subarray(row * size, (row + 1) * size));
    pickIds[4] = logits.indexOf(highest(1)) - size;
    const expected = [...pickRows].map((row, k) => {
      const line = [...logits.subarray(row * size, (row + 1) * size)];
      const sum = line.reduce((total, x) => total + Math.exp(x), 0);
      return line[pickIds[k]!]! - Math.log(sum);
    });
    const greedy = [...pickRows].map((row, k) => (logits[row * size + pickIds[k]!] === highest(row) ? 1 : 0));
    const outputs = await session.run({
      logits: { type: "float32", data: logits, dims: [rows, size] },
      pick_rows: { type: "int32", data: pickRows, dims: [6] },
      pick_ids: { type: "int32", data: pickIds, dims: [6] },
    });
    await session.close();
    expect(greedy[4]).toBe(1);
    expect([...(outputs.is_greedy!.data as Uint8Array)]).toEqual(greedy);
    expected.forEach((value, k) => {
      expect((outputs.log_probs!.data as Float32Array)[k]).toBeCloseTo(value, 4);
    });
  },
);

it("replaces approximate logits of the requested ids with exact ones, and no log p is above 0", async () => {
  const [rows, size, h] = [4, 9, 6];
  const file = path.join(work, "exact.onnx");
  writeFileSync(
    file,
    encodeModel(20, (g) => {
      const exact = {
        hidden: g.input("hidden", "float32", ["P", h]),
        table: g.input("table", "float32", [size, h]),
      };
      scoreTargets(g, size, g.input("logits", "float32", ["P", size]), exact);
    }),
  );
  const session = await openSession(file);
  const hidden = noise(rows * h, 3).map((x) => 3 * x);
  const table = noise(size * h, 4).map((x) => 3 * x);
  const exact = (row: number, id: number) => {
    let sum = 0;
    for (let k = 0; k < h; k++) sum += hidden[row * h + k]! * table[id * h + k]!;
    return sum;
  };
  const logits = noise(rows * size, 5).map((x, k) => 0.1 * x + exact(Math.floor(k / size), k % size));
  // One id has all but 1e-13 of its row's sum; by its approximate logit, slightly more than by its exact one.
  logits.subarray(3 * size).fill(exact(3, 7) - 30);
  logits[3 * size + 7] = exact(3, 7) + 0.1;
  const pickRows = Int32Array.from([0, 0, 1, 2, 3, 3]);
  const pickIds = Int32Array.from([2, 5, 0, 8, 7, 1]);
  const expected = [...pickRows].map((row, k) => {
    const own = exact(row, pickIds[k]!);
    let sum = Math.exp(own);
    for (let id = 0; id < size; id++) if (id !== pickIds[k]) sum += Math.exp(logits[row * size + id]!);
    return own - Math.log(sum);
  });
  const outputs = await session.run({
    logits: { type: "float32", data: logits.slice(), dims: [rows, size] },
    hidden: { type: "float32", data: hidden.slice(), dims: [rows, h] },
    table: { type: "float32", data: table.slice(), dims: [size, h] },
    pick_rows: { type: "int32", data: pickRows.slice(), dims: [6] },
    pick_ids: { type: "int32", data: pickIds.slice(), dims: [6] },
  });
  await session.close();
  const greedy = [...pickRows].map((row, k) => {
    const line = logits.subarray(row * size, (row + 1) * size);
    return line[pickIds[k]!] === Math.max(...line) ? 1 : 0;
  });
  expect([...(outputs.is_greedy!.data as Uint8Array)]).toEqual(greedy);
  expect(greedy[4]).toBe(1);
  const logProbs = outputs.log_probs!.data as Float32Array;
  expected.forEach((value, k) => {
    expect(logProbs[k]).toBeCloseTo(value, 4);
  });
  expect(Math.max(...logProbs)).toBeLessThanOrEqual(0);
  expect(logProbs[4]).toBeGreaterThan(-1e-5);
});
