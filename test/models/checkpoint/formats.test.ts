import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findNonFinite, toFloat32 } from "../../../src/models/checkpoint/float32.js";
import { openCheckpoint } from "../../../src/models/checkpoint/index.js";
import { unpickle } from "../../../src/models/checkpoint/pickle.js";
import { Inert, TorchBuilder, type TorchTensor } from "../../../src/models/checkpoint/torch-objects.js";
import {
  checkpointFixture,
  goldenFixture,
  type Header,
  readAll,
  refusal,
  safetensors,
  sha256,
  withFolder,
} from "./helpers.js";

describe("float32", () => {
  test("every finite float16 matches PyTorch's value", () => {
    const bits = Uint16Array.from({ length: 65_536 }, (_, i) => i).filter(
      (half) => ((half >> 10) & 31) !== 31,
    );
    const values = toFloat32(new Uint8Array(bits.buffer), "float16");
    expect(values.length).toBe(63_488);
    expect(sha256(values)).toBe(JSON.parse(readFileSync(checkpointFixture("expected.json"), "utf8")).halves);
  });

  test("non-finite values are found in every type", () => {
    const halves = Uint16Array.of(0x3c00, 0x7c00, 0xfc00, 0x7e00);
    expect([...toFloat32(new Uint8Array(halves.buffer), "float16")]).toEqual([1, Infinity, -Infinity, NaN]);
    const upper = Uint16Array.of(0x3f80, 0x7f7f, 0x7f80);
    expect(findNonFinite(toFloat32(new Uint8Array(upper.buffer), "bfloat16"))).toBe(2);
    const doubles = Float64Array.of(1e-300, -1e38, 1e39);
    expect(findNonFinite(toFloat32(new Uint8Array(doubles.buffer), "float64"))).toBe(2);
    expect(findNonFinite(Float32Array.of(0, -0, 3e38, 1e-45))).toBe(-1);
  });
});

describe("pickle", () => {
  const read = (pickle: string, policy: "weights" | "training" = "training") =>
    unpickle(Buffer.from(pickle, "latin1"), 0, new TorchBuilder(policy)).value;

  test.each<[string, unknown]>([
    ["\x80\x02N.", null],
    ["I01\n.", true],
    ["I-12\n.", -12],
    ["L123456789012345678901234567890L\n.", 123456789012345678901234567890n],
    ["\x8a\x00.", 0],
    ["\x8a\x02\x00\xff.", -256],
    ["\x8a\x09\x00\x00\x00\x00\x00\x00\x00\x00\x01.", 2n ** 64n],
    ["J\xfe\xff\xff\xff.", -2],
    ["M\x01\x02.", 513],
    ["F-2.5\n.", -2.5],
    ["G?\xf8\x00\x00\x00\x00\x00\x00.", 1.5],
    ["S'a\\n\\x41\\''\n.", "a\nA'"],
    ["X\x02\x00\x00\x00\xc3\xa9.", "é"],
    ["\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x01a\x94.", "a"],
    ["(I1\nI2\nl.", [1, 2]],
    ["]q\x00(K\x01h\x00e.0", undefined],
    ["(dS'k'\nI1\ns.", new Map([["k", 1]])],
    ["(K\x01K\x02\x91.", new Set([1, 2])],
    ["\x8f(K\x01\x90.", new Set([1])],
    ["K\x01K\x02\x86p5\n0g5\n.", [1, 2]],
    ["K\x072\x86.", [7, 7]],
    ["K\x01(K\x02K\x031.", 1],
  ])("%j", (pickle, value) => {
    if (value === undefined) {
      const list = read(pickle) as unknown[];
      expect(list[1]).toBe(list); // a list that contains itself
    } else {
      expect(read(pickle)).toEqual(value);
    }
  });

  test.each([
    [".", "the stack is empty"],
    ["t.", "the stack has no mark"],
    ["K\x01", "the pickle continues after its last byte"],
    ["X\xff\xff\xff\x7fa.", "the pickle continues after its last byte"],
    ["h\x03.", "the memo has no entry 3"],
    ["(K\x01d.", "a dict has a key without a value"],
    ["K\x01K\x02K\x03s.", "not a dict"],
    ["K\x01K\x02a.", "not a list"],
    ["\x80\x09N.", "pickle protocol 9"],
    ["\xfe.", "unknown pickle instruction 0xfe"],
    ["\x97.", "unknown pickle instruction 0x97"],
    ["K\x01K\x02R.", "arguments of a call"],
    ["K\x01K\x02\x93.", "a name is not a string"],
    ["K\x01K\x02b.", "a state is set on something that is not an object"],
    ["\x8b\x00\x00\x00\x10.", "an integer of 268435456 bytes"],
  ])("%j is refused", (pickle, message) => {
    expect(() => read(pickle)).toThrow(message);
  });

  test("unknown names, extensions and anything put into them stay inert", () => {
    expect(read("cos\nsystem\n(S'x'\ntR(dS'a'\nK\x01sb.")).toEqual(new Inert("os.system"));
    expect(read("cabc\nList\n)\x81(K\x01e(K\x01K\x02u.")).toEqual(new Inert("abc.List"));
    expect(() => read("\x82\x05.", "weights")).toThrow('names "copyreg.extension 5"');
  });

  test("tensors from PyTorch before 0.2: created empty, then set to storage, offset, size and stride", () => {
    const storage = "(S'storage'\nctorch\nFloatStorage\nS'7'\nS'cpu'\nK\x06tQ";
    const tensor = read(
      `ctorch\nFloatTensor\n)R(${storage}K\x02K\x02\x85K\x01\x85tb.`,
      "weights",
    ) as TorchTensor;
    expect(tensor).toMatchObject({ offset: 2, shape: [2], strides: [1], storage: { key: "7", length: 6 } });
  });

  test("one list copied by many calls is refused before it exhausts memory", () => {
    const pairs = `(${"K\x01K\x01\x86".repeat(1000)}lq\x00`;
    const call = "ccollections\nOrderedDict\nh\x00\x85R";
    expect(() => read(`${pairs}${call.repeat(1001)}.`)).toThrow("calls copy more than 1000000 items");
  });
});

describe("safetensors headers", () => {
  const entry = (dtype: string, shape: number[], begin: number, end: number): Header[string] => ({
    dtype,
    shape,
    data_offsets: [begin, end],
  });
  test.each<[string, Header | string, number, string]>([
    ["not JSON", "{oops", 0, "not JSON"],
    ["not an object", "[1]", 0, "not a JSON object"],
    ["a broken entry", '{"x":{"dtype":"F32"}}', 0, 'broken header entry for tensor "x"'],
    ["a null entry", '{"x":null}', 0, 'broken header entry for tensor "x": null'],
    ["a negative size", { x: entry("F32", [-1], 0, 4) }, 4, "broken header entry"],
    ["offsets backwards", { x: entry("F32", [1], 8, 4) }, 8, "but its offsets [8,4]"],
    [
      "another length",
      { x: entry("F16", [3], 0, 8) },
      8,
      'tensor "x" of F16 [3] needs 6 bytes, but its offsets [0,8] give 8',
    ],
    ["overlaps", { x: entry("F32", [2], 0, 8), y: entry("F32", [1], 4, 8) }, 8, 'tensor "y" overlaps'],
    ["gaps", { x: entry("F32", [1], 4, 8) }, 8, 'tensor "x" leaves a gap'],
    ["too little data", { x: entry("F32", [2], 0, 8) }, 7, "is truncated: its header describes"],
    ["too much data", { x: entry("F32", [2], 0, 8) }, 9, "does not match its header"],
    ["an unknown type", { "word_embeddings.weight": entry("F4", [3], 0, 2) }, 2, "is F4; weights must be"],
    ["no tensors", {}, 0, "contains no float tensors"],
  ])("%s", async (_, header, length, message) => {
    await withFolder({ "model.safetensors": safetensors(header, new Uint8Array(length)) }, async (folder) => {
      const error = await refusal(folder);
      expect(error.message).toContain(join(folder, "model.safetensors"));
      expect(error.message).toContain(message);
    });
  });

  test.each([
    [200_000_000n, "claims a header of 200000000 bytes"],
    [2n ** 63n, "claims a header of 9223372036854775808 bytes"],
    [5000n, "is truncated: the header ends at byte 5008, the file has 10 bytes"],
  ])("a length of %s", async (length, message) => {
    const file = Buffer.alloc(10);
    file.writeBigUInt64LE(length);
    await withFolder({ "model.safetensors": file }, async (folder) => {
      expect((await refusal(folder)).message).toContain(message);
    });
  });
});

describe("zip", () => {
  test("sizes and positions in ZIP64 fields", async () => {
    const bytes = readFileSync(join(goldenFixture("original-megatron"), "mp_rank_00_model_states.pt"));
    await withFolder({ "mp_rank_00_model_states.pt": withZip64Entries(bytes) }, async (folder) => {
      const [plain, moved] = [
        await openCheckpoint(goldenFixture("original-megatron")),
        await openCheckpoint(folder),
      ];
      expect([...moved.tensors]).toEqual([...plain.tensors]);
      for (const name of plain.tensors.keys())
        expect(await readAll(moved, name)).toEqual(await readAll(plain, name));
      await Promise.all([plain.close(), moved.close()]);
    });
  });

  test("a truncated archive is reported as such", async () => {
    const bytes = readFileSync(join(goldenFixture("original-megatron"), "mp_rank_00_model_states.pt"));
    await withFolder({ "mp_rank_00_model_states.pt": bytes.subarray(0, 200_000) }, async (folder) => {
      expect((await refusal(folder)).message).toContain(
        "its 200000 bytes do not include the zip directory that must end it",
      );
    });
  });
});

/** Returns the archive with every size and position of its central directory moved to a ZIP64 extra field. */
function withZip64Entries(bytes: Buffer): Buffer {
  const end64 = Number(bytes.readBigUInt64LE(bytes.length - 22 - 20 + 8));
  const size = Number(bytes.readBigUInt64LE(end64 + 40));
  const start = Number(bytes.readBigUInt64LE(end64 + 48));
  const entries: Buffer[] = [];
  for (let at = start; at < start + size; ) {
    const nameEnd = at + 46 + bytes.readUInt16LE(at + 28);
    const entry = Buffer.from(bytes.subarray(at, nameEnd));
    const extra = Buffer.alloc(28);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    for (const [i, field] of [24, 20, 42].entries()) {
      extra.writeBigUInt64LE(BigInt(entry.readUInt32LE(field)), 4 + 8 * i);
      entry.writeUInt32LE(0xffff_ffff, field);
    }
    // The reader must skip an unknown extra field before it.
    const other = Buffer.from([0x99, 0x99, 2, 0, 1, 1]);
    entry.writeUInt16LE(extra.length + other.length, 30);
    entry.writeUInt16LE(0, 32);
    entries.push(entry, other, extra);
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  const directory = Buffer.concat(entries);
  const tail = Buffer.from(bytes.subarray(end64));
  tail.writeBigUInt64LE(BigInt(directory.length), 40);
  tail.writeBigUInt64LE(BigInt(start + directory.length), tail.length - 22 - 20 + 8);
  return Buffer.concat([bytes.subarray(0, start), directory, tail]);
}
