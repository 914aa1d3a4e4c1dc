import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goldenFixture, type Header, safetensors } from "../models/checkpoint/helpers.js";

/** A tensor of a safetensors file. */
export interface Stored {
  dtype: string;
  shape: number[];
  bytes: Uint8Array;
}

/** Copies a golden model's folder to `to`, without its weights. */
export function copyWithoutWeights(golden: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(goldenFixture(golden)))
    if (!/safetensors|\.bin|\.pt$|cases/.test(name))
      copyFileSync(join(goldenFixture(golden), name), join(to, name));
}

/** Writes the golden safetensors model to the folder `to`, with its tensors changed. */
export function edited(to: string, change: (tensors: Map<string, Stored>) => void): string {
  copyWithoutWeights("wordpiece-fp16-safetensors", to);
  const file = readFileSync(goldenFixture("wordpiece-fp16-safetensors/model.safetensors"));
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, start)) as Header & { __metadata__?: unknown };
  const tensors = new Map<string, Stored>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [from, end] = entry.data_offsets;
    const { dtype, shape } = entry;
    tensors.set(name, { dtype, shape, bytes: file.subarray(start + from, start + end) });
  }
  change(tensors);
  let at = 0;
  const written: Record<string, Header[string]> = {};
  for (const [name, { dtype, shape, bytes }] of tensors) {
    written[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    at += bytes.length;
  }
  const data = Buffer.concat([...tensors.values()].map(({ bytes }) => bytes));
  writeFileSync(join(to, "model.safetensors"), safetensors(written, data));
  return to;
}

/** Converts a float16 tensor to float32, for values that float16 cannot represent. */
export function asFloat32(tensor: Stored, change: (values: Float32Array) => void): Stored {
  const { bytes, shape } = tensor;
  const halves = new Uint16Array(Uint8Array.from(bytes).buffer);
  const values = Float32Array.from(halves, fromHalf);
  change(values);
  return { dtype: "F32", shape, bytes: new Uint8Array(values.buffer) };
}

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
