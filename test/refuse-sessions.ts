import { afterAll, expect } from "vitest";

/** A session on the CPU is a thread, and nothing else in the sources starts one. */
let threads = 0;
const count = (): void => void threads++;
process.on("worker", count);

afterAll(() => {
  process.off("worker", count);
  const { testPath } = expect.getState();
  expect(threads, `${testPath} opens an ONNX session: name it in SLOW of vitest.config.ts`).toBe(0);
});
