import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { quantizeBlocks } from "../../../src/models/glm/formats/blocks.js";
import { findBeyondHalf, toHalf } from "../../../src/models/glm/formats/half.js";
import { type GlmDtype, getPrecision } from "../../../src/models/glm/formats/index.js";
import { quantizeRow } from "../../../src/models/glm/formats/int8.js";
import { padMatrix, readRows } from "../../../src/models/glm/weight-rows.js";
import { GraphBuilder, openSession, type Session } from "../../../src/models/onnx/index.js";
import { noise } from "../onnx/tiny.js";

interface Expected {
  readonly codes: string;
  readonly scales: string;
  readonly product: readonly (readonly number[])[];
  readonly bound?: readonly (readonly number[])[];
}
interface MatrixCase extends Record<"int8" | "q8" | "q4", Expected> {
  readonly rows: number;
  readonly columns: number;
  readonly w: string;
  readonly x: string;
}
const fixture = JSON.parse(readFileSync("test/fixtures/quantised.json", "utf8")) as {
  readonly half: { readonly values: string; readonly codes: string };
  readonly matrices: readonly MatrixCase[];
};
/** Decodes to bytes in their own buffer, so that views of any type are possible. */
const decodeBytes = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(base64, "base64"));
const decodeFloats = (base64: string): Float32Array => new Float32Array(decodeBytes(base64).buffer);

const QUANTIZED = ["int8", "q8", "q4"] as const;
const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

async function* inChunks(values: Float32Array, size: number): AsyncIterable<Float32Array> {
  for (let at = 0; at < values.length; at += size) yield values.slice(at, at + size);
}

interface Matrix {
  readonly w: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Encodes a matrix in a dtype and returns the bytes of its parts. */
async function encoded(
  { w, rows, columns }: Matrix,
  dtype: GlmDtype,
  chunk: number = w.length,
): Promise<Uint8Array[]> {
  const { linear } = getPrecision(dtype);
  const sizes = { float32: 4, float16: 2, int8: 1, uint8: 1 };
  const parts = linear
    .parts([rows, columns])
    .map(({ shape, type }) => new Uint8Array(sizes[type] * shape.reduce((a, b) => a * b, 1)));
  const chunks = readRows("w", inChunks(w, chunk), columns).take(rows);
  for await (const { part, at, bytes } of linear.encode({ name: "w", rows, columns, chunks }))
    parts[part]!.set(bytes, at);
  return parts;
}

let files = 0;
/** Opens a session that computes x·Wᵀ in a dtype. */
async function openProduct(matrix: Matrix, dtype: GlmDtype): Promise<Session> {
  const { rows, columns } = matrix;
  const { linear } = getPrecision(dtype);
  const pieces = await encoded(matrix, dtype);
  const location = `${files++}.bin`;
  writeFileSync(path.join(work, location), Buffer.concat(pieces));
  let offset = 0;
  const parts = linear.parts([rows, columns]).map((part, k) => {
    const data = { location, offset, length: pieces[k]!.length };
    offset += data.length;
    return { ...part, name: `w${part.suffix}`, data };
  });
  const g = new GraphBuilder("product");
  const x = g.input("x", "float32", ["T", columns]);
  const [product] = linear.products(g, x, [{ rows, columns, parts, given: { rows, columns } }]);
  g.output("product", product!, "float32", ["T", rows]);
  const model = path.join(work, `${location}.onnx`);
  writeFileSync(model, g.encode("test"));
  return openSession(model, { threads: 2 });
}

async function multiply(session: Session, x: Float32Array, columns: number): Promise<Float32Array> {
  const feeds = { x: { type: "float32", data: x.slice(), dims: [x.length / columns, columns] } } as const;
  return (await session.run(feeds)).product!.data as Float32Array;
}

it("4 and 8 bits in blocks: the codes follow the documented rule, for any weights", () => {
  const weights = fc.array(
    fc.oneof(fc.float({ noNaN: true, min: -2, max: 2 }), fc.integer({ min: -16, max: 16 })),
    {
      minLength: 40,
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(weights, fc.constantFrom(4 as const, 8 as const), (list, bits) => {
      const values = Float32Array.from(list);
      const { codes, scales } = quantizeBlocks(values, values.length, bits);
      const middle = 2 ** (bits - 1);
      const found = bits === 8 ? [...codes] : [...codes].flatMap((byte) => [byte & 15, byte >> 4]);
      values.forEach((value, k) => {
        const scale = scales[Math.floor(k / 32)]!;
        // Quotients of subnormal numbers have too few digits for any rule.
        fc.pre(scale === 0 || Math.abs(scale) > 2 ** -120);
        const code = scale === 0 ? middle : Math.min(Math.round(value / scale) + middle, 2 * middle - 1);
        expect(found[k]).toBe(code);
      });
    }),
  );
});

describe("float16", () => {
  it("matches numpy to the last bit: ties, subnormal numbers, both zeros", () => {
    const codes = new Uint16Array(decodeBytes(fixture.half.codes).buffer);
    expect(toHalf(decodeFloats(fixture.half.values))).toEqual(codes);
  });

  it("rejects values that would become infinite", () => {
    expect(findBeyondHalf(Float32Array.of(1, -65504, 65519.99))).toBe(-1);
    expect(findBeyondHalf(Float32Array.of(1, -65520))).toBe(1);
  });
});

describe.each(fixture.matrices)("a matrix [$rows, $columns]", (fixed) => {
  const { rows, columns } = fixed;
  const matrix = { w: decodeFloats(fixed.w), rows, columns };

  it.each(QUANTIZED)("in %s matches numpy, however it is chunked", async (dtype) => {
    const expected = [decodeBytes(fixed[dtype].codes), decodeBytes(fixed[dtype].scales)];
    for (const chunk of [1, columns - 1, columns, 3 * columns + 1, rows * columns])
      expect(await encoded(matrix, dtype, chunk)).toEqual(expected);
  });

  it.each(QUANTIZED)("in %s gives the same products as numpy", async (dtype) => {
    const session = await openProduct(matrix, dtype);
    const found = await multiply(session, decodeFloats(fixed.x), columns);
    await session.close();
    const { product, bound } = fixed[dtype];
    const largest = Math.max(...product.flat().map(Math.abs));
    product.flat().forEach((value, k) => {
      // int8 sums integers, which are exact; the rest is float32's rounding.
      const allowed = (bound?.flat()[k] ?? 0) + 1e-6 * largest;
      expect(Math.abs(found[k]! - value)).toBeLessThanOrEqual(allowed);
    });
  });
});

describe.each(["fp32", "fp16", ...QUANTIZED] as const)("a token's product in %s", (dtype) => {
  // The summation order of float32 products may depend on the number of rows.
  const isExact = dtype !== "fp32" && dtype !== "fp16";

  it("is the same alone and in any batch", async () => {
    const [rows, columns, tokens] = [96, 160, 37];
    const session = await openProduct({ w: noise(rows * columns, 3), rows, columns }, dtype);
    const x = noise(tokens * columns, 4).map((value, k) => value * 10 ** ((k / columns) % 5));
    const all = await multiply(session, x, columns);
    for (const [first, count] of [0, 1, 5, 16, 36].flatMap((from) => [
      [from, 1],
      [from, tokens - from],
    ]) as [number, number][]) {
      const some = await multiply(session, x.slice(first * columns, (first + count) * columns), columns);
      const expected = all.slice(first * rows, (first + count) * rows);
      if (isExact) expect(some).toEqual(expected);
      else {
        const scale = Math.max(...expected.map(Math.abs));
        some.forEach((value, k) => {
          expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(1e-6 * scale);
        });
      }
    }
    await session.close();
  });
});

/** Steps below the smallest normal float32 are not stored: values smaller than 128 of them become 0. */
const TINY = 128 * 2 ** -126;
const values = (most: number) =>
  fc
    .array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: most })
    .map((list) => Float32Array.from(list));

describe("int8", () => {
  it("is at most half a step off, and no two neighbors can overflow 16 bits", () => {
    fc.assert(
      fc.property(values(40), (row) => {
        const codes = new Int8Array(row.length);
        const scale = quantizeRow(row, codes);
        row.forEach((value, k) => {
          expect(Math.abs(value - scale * codes[k]!)).toBeLessThanOrEqual(0.5001 * scale + TINY);
        });
        for (let k = 0; k < codes.length; k += 2)
          expect(255 * (Math.abs(codes[k]!) + Math.abs(codes[k + 1] ?? 0))).toBeLessThan(2 ** 15);
      }),
    );
  });
});

describe.each([4, 8] as const)("%i bits in blocks", (bits) => {
  it("are at most half a step off, or a full step at the end with one code less", () => {
    fc.assert(
      fc.property(values(70), (row) => {
        const { codes, scales } = quantizeBlocks(row, row.length, bits);
        const middle = 2 ** (bits - 1);
        row.forEach((value, k) => {
          const code = bits === 8 ? codes[k]! : (codes[k >> 1]! >> (4 * (k & 1))) & 15;
          const step = Math.abs(scales[k >> 5]!);
          const allowed = code === 2 * middle - 1 ? step : step / 2;
          expect(Math.abs(value - (code - middle) * scales[k >> 5]!)).toBeLessThanOrEqual(
            1.001 * allowed + TINY,
          );
        });
      }),
    );
  });
});

it("pads rows with zeros, and the matrix with rows of zeros, wherever the tensor's chunks end", async () => {
  const given = { rows: 3, columns: 2 };
  const w = Float32Array.from([1, 2, 3, 4, 5, 6]);
  const stored = async (rows: number, columns: number, chunk: number) => {
    const all: number[] = [];
    const chunks = readRows("w", inChunks(w, chunk), given.columns).take(given.rows);
    for await (const piece of padMatrix(chunks, { rows, columns, given })) all.push(...piece);
    return all;
  };
  for (const chunk of [1, 3, 4, 6]) {
    expect(await stored(3, 2, chunk)).toEqual([...w]);
    expect(await stored(3, 4, chunk)).toEqual([1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0]);
    expect(await stored(4, 2, chunk)).toEqual([...w, 0, 0]);
    expect(await stored(5, 3, chunk)).toEqual([1, 2, 0, 3, 4, 0, 5, 6, 0, 0, 0, 0, 0, 0, 0]);
  }
});
