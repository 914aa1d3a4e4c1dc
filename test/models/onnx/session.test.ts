import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DATA_TYPE, openSession, type Session, type Tensor } from "../../../src/models/onnx/index.js";
import { encodeModel } from "./tiny.js";

const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
let session: Session;
beforeAll(async () => {
  const file = path.join(work, "types.onnx");
  writeFileSync(
    file,
    encodeModel(14, (g) => {
      const twice = (name: string, type: "int64" | "float32" | "float16" | "int32") => {
        const x = g.input(name, type, ["n"]);
        g.output(`${name}_twice`, g.op("Add", [x, x]), type, ["n"]);
      };
      twice("wide", "int64");
      twice("small", "int32");
      twice("single", "float32");
      const half = g.input("half", "float16", ["n"]);
      const sum = g.op("Cast", [g.op("Add", [half, half])], { to: DATA_TYPE.float16 });
      g.output("half_twice", sum, "float16", ["n"]);
      g.output("not", g.op("Not", [g.input("flag", "bool", ["n"])]), "bool", ["n"]);
    }),
  );
  session = await openSession(file);
});
afterAll(async () => {
  await session.close();
  rmSync(work, { recursive: true, force: true });
});

const feeds = (): Record<string, Tensor> => ({
  wide: { type: "int64", data: BigInt64Array.of(2n ** 40n, -3n), dims: [2] },
  small: { type: "int32", data: Int32Array.of(7, -7), dims: [2] },
  single: { type: "float32", data: Float32Array.of(0.5, -2), dims: [2] },
  // 1 and -2.5 in binary16
  half: { type: "float16", data: Uint16Array.of(0x3c00, 0xc100), dims: [2] },
  flag: { type: "bool", data: Uint8Array.of(1, 0), dims: [2] },
});

it("accepts and returns tensors of every type", async () => {
  const outputs = await session.run(feeds());
  expect(outputs.wide_twice!.data).toEqual(BigInt64Array.of(2n ** 41n, -6n));
  expect(outputs.small_twice!.data).toEqual(Int32Array.of(14, -14));
  expect(outputs.single_twice!.data).toEqual(Float32Array.of(1, -4));
  // 2 and -5
  expect(outputs.half_twice!.data).toEqual(Uint16Array.of(0x4000, 0xc500));
  expect(outputs.not!.data).toEqual(Uint8Array.of(0, 1));
  expect(Object.values(outputs).map(({ type }) => type)).toEqual([
    "int64",
    "int32",
    "float32",
    "float16",
    "bool",
  ]);
});

it("returns only the requested outputs", async () => {
  const outputs = await session.run(feeds(), { fetch: ["not", "wide_twice"] });
  expect(Object.keys(outputs).sort()).toEqual(["not", "wide_twice"]);
});

it("detaches the feeds' buffers", async () => {
  const given = feeds();
  const run = session.run(given, { fetch: [] as string[] });
  expect(given.single!.data.length).toBe(0);
  await run.catch(() => undefined);
});

it("names an output that does not exist", async () => {
  await expect(session.run(feeds(), { fetch: ["none"] })).rejects.toMatchObject({
    kind: "model",
    message: expect.stringContaining("none"),
  });
});
