import { readFileSync } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { GlmEvalError } from "../../../src/errors.js";
import { checkpointFixture, digests, withFolder } from "./helpers.js";

/** The location of each small checkpoint's headers and pickles: the bytes that control the reader. */
const CASES: readonly [folder: string, file: string, start: number, end: number][] = [
  ["types-safetensors", "model.safetensors", 0, 640],
  ["types-zip", "pytorch_model.bin", 0, 1024],
  ["types-zip", "pytorch_model.bin", -1300, 0],
  ["layouts-zip", "pytorch_model.bin", 0, 2048],
  ["layouts-legacy", "pytorch_model.bin", 0, 2600],
  ["types-legacy", "pytorch_model.bin", 0, 1200],
  ["megatron-objects-zip", "mp_rank_00_model_states.pt", 0, 12_000],
  ["megatron-objects-legacy", "mp_rank_00_model_states.pt", 0, 12_000],
  ["megatron-objects-protocol4", "mp_rank_00_model_states.pt", 0, 12_000],
];

/** Reads everything; a GlmEvalError is fine, any other error or a buffer larger than the file is not. */
async function readDamaged(folder: string, name: string, bytes: Uint8Array): Promise<"read" | "refused"> {
  await writeFile(join(folder, name), bytes);
  const allocations = vi.spyOn(Buffer, "allocUnsafeSlow");
  try {
    await digests(folder);
    return "read";
  } catch (error) {
    if (!(error instanceof GlmEvalError)) throw error;
    expect(error.kind).toBe("data");
    expect(error.message).toContain(folder);
    return "refused";
  } finally {
    expect(Math.max(0, ...allocations.mock.calls.map(([length]) => length))).toBeLessThanOrEqual(
      bytes.length,
    );
    allocations.mockRestore();
  }
}

describe.each(CASES)("%s/%s, bytes %i to %i", (fixture, name, start, end) => {
  const whole = readFileSync(join(checkpointFixture(fixture), name));
  const from = start < 0 ? whole.length + start : start;
  const to = end > 0 ? Math.min(end, whole.length) : whole.length + end;

  test("changed bytes result in a clear error or a checkpoint", async () => {
    const change = fc.record({
      at: fc.integer({ min: from, max: to - 1 }),
      byte: fc.oneof(
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom(0, 255, ...Buffer.from("(.RQbt}]ceuh")),
      ),
    });
    await withFolder({}, async (folder) => {
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
          const damaged = Buffer.from(whole);
          for (const { at, byte } of changes) damaged[at] = byte;
          await readDamaged(folder, name, damaged);
        }),
        { numRuns: 150 },
      );
    });
  });
});

describe.each([...new Map(CASES.map(([fixture, name]) => [fixture, name]))])("%s/%s", (fixture, name) => {
  const whole = readFileSync(join(checkpointFixture(fixture), name));

  test("truncated anywhere, it is refused", async () => {
    await withFolder({}, async (folder) => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
          expect(await readDamaged(folder, name, whole.subarray(0, length))).toBe("refused");
        }),
        { numRuns: 60 },
      );
    });
  });

  test("truncated by one byte, the error says so", async () => {
    await withFolder({}, async (folder) => {
      await writeFile(join(folder, name), whole.subarray(0, -1));
      await expect(digests(folder)).rejects.toThrow(/truncated.*bytes/);
    });
  });
});

test("a file truncated after opening fails when it is read", async () => {
  const { openCheckpoint } = await import("../../../src/models/checkpoint/index.js");
  await withFolder({}, async (folder) => {
    const path = join(folder, "model.safetensors");
    await writeFile(path, readFileSync(join(checkpointFixture("types-safetensors"), "model.safetensors")));
    const checkpoint = await openCheckpoint(folder);
    const handle = await open(path, "r+");
    await handle.truncate(100);
    await handle.close();
    const reading = checkpoint.read("float32")[Symbol.asyncIterator]().next();
    await expect(reading).rejects.toThrow(/shrank while being read: tensor "float32" ends at byte/);
    await checkpoint.close();
  });
});
