import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Element types of ONNX tensors with their numbers in onnx.proto (TensorProto.DataType). */
export const DATA_TYPE = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
} as const;
export type DataType = keyof typeof DATA_TYPE;

const TYPE_NAMES = new Map<number, DataType>(
  Object.entries(DATA_TYPE).map(([name, number]) => [number, name as DataType]),
);

/** Returns the name of an element type; undefined for those not listed above (strings, 4-bit types …). */
export function getTypeName(number: number): DataType | undefined {
  return TYPE_NAMES.get(number);
}

export type Attribute = number | { readonly float: number } | string | readonly number[];
/** A dimension: a size, or the name of one that is only known when the model runs ("" if it is unnamed). */
export type Dimension = number | string;

/** The location of a tensor's bytes in the external data file. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/** One field of a message. */
export interface Field {
  readonly no: number;
  /** the field's content, without tag and length */
  readonly content: Uint8Array;
  /** the complete field as it is in the file */
  readonly raw: Uint8Array;
}

/** Reads the fields of an encoded message, in order, as views of the same bytes: nothing is copied. */
export function* readFields(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [no, wire] = reader.tag();
    const content = wire === WireType.LengthDelimited ? reader.bytes() : reader.skip(wire, no);
    yield { no, content, raw: message.subarray(start, reader.pos) };
  }
}

const utf8 = new TextDecoder();
export const readString = (content: Uint8Array): string => utf8.decode(content);
export const readInt = (content: Uint8Array): number => Number(new BinaryReader(content).int64());

/** Reads a repeated integer field, whether it was written packed or unpacked. */
export function readInts(list: readonly Field[]): number[] {
  const values: number[] = [];
  for (const { content } of list) {
    const reader = new BinaryReader(content);
    while (reader.pos < reader.len) values.push(Number(reader.int64()));
  }
  return values;
}

/** Encodes a length-delimited field from pieces of content and returns it as pieces: the content is not copied. */
export function encodeField(no: number, ...content: readonly Uint8Array[]): Uint8Array[] {
  const length = content.reduce((sum, piece) => sum + piece.byteLength, 0);
  return [new BinaryWriter().tag(no, WireType.LengthDelimited).uint32(length).finish(), ...content];
}

/** Encodes the fields of a NodeProto other than its inputs and outputs: name 3, op_type 4, attribute 5, domain 7. */
export function encodeNodeRest(
  name: string,
  op: string,
  domain: string,
  attributes: Readonly<Record<string, Attribute>>,
): Uint8Array {
  const w = new BinaryWriter();
  w.tag(3, WireType.LengthDelimited).string(name);
  w.tag(4, WireType.LengthDelimited).string(op);
  for (const [key, value] of Object.entries(attributes)) encodeAttribute(w, key, value);
  if (domain) w.tag(7, WireType.LengthDelimited).string(domain);
  return w.finish();
}

/** Encodes the inputs (1) and outputs (2) of a NodeProto. */
export function encodeNodeEnds(inputs: readonly string[], outputs: readonly string[]): Uint8Array {
  const w = new BinaryWriter();
  for (const input of inputs) w.tag(1, WireType.LengthDelimited).string(input);
  for (const output of outputs) w.tag(2, WireType.LengthDelimited).string(output);
  return w.finish();
}

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20 (FLOAT 1, INT 2, STRING 3, INTS 7). */
function encodeAttribute(w: BinaryWriter, name: string, value: Attribute): void {
  w.tag(5, WireType.LengthDelimited).fork();
  w.tag(1, WireType.LengthDelimited).string(name);
  let type: number;
  if (typeof value === "number") {
    w.tag(3, WireType.Varint).int64(value);
    type = 2;
  } else if (typeof value === "string") {
    w.tag(4, WireType.LengthDelimited).bytes(new TextEncoder().encode(value));
    type = 3;
  } else if ("float" in value) {
    w.tag(2, WireType.Bit32).float(value.float);
    type = 1;
  } else {
    for (const item of value) w.tag(8, WireType.Varint).int64(item);
    type = 7;
  }
  w.tag(20, WireType.Varint).int32(type).join();
}

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9, external_data 13, data_location 14 (EXTERNAL 1). */
export function encodeTensor(
  name: string,
  type: number,
  shape: readonly number[],
  data: Uint8Array | ExternalData,
): Uint8Array {
  const w = new BinaryWriter();
  for (const dimension of shape) w.tag(1, WireType.Varint).int64(dimension);
  w.tag(2, WireType.Varint).int32(type);
  w.tag(8, WireType.LengthDelimited).string(name);
  if (data instanceof Uint8Array) {
    w.tag(9, WireType.LengthDelimited).bytes(data);
  } else {
    for (const [key, value] of Object.entries(data)) {
      w.tag(13, WireType.LengthDelimited).fork();
      w.tag(1, WireType.LengthDelimited).string(key);
      w.tag(2, WireType.LengthDelimited).string(String(value)).join();
    }
    w.tag(14, WireType.Varint).int32(1);
  }
  return w.finish();
}

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { value 1 | param 2 } } } }. */
export function encodeValue(name: string, type: number, shape: readonly Dimension[]): Uint8Array {
  const w = new BinaryWriter();
  w.tag(1, WireType.LengthDelimited).string(name);
  w.tag(2, WireType.LengthDelimited).fork();
  w.tag(1, WireType.LengthDelimited).fork();
  w.tag(1, WireType.Varint).int32(type);
  w.tag(2, WireType.LengthDelimited).fork();
  for (const dimension of shape) {
    w.tag(1, WireType.LengthDelimited).fork();
    if (typeof dimension === "number") w.tag(1, WireType.Varint).int64(dimension);
    else if (dimension) w.tag(2, WireType.LengthDelimited).string(dimension);
    w.join();
  }
  return w.join().join().join().finish();
}

/** OperatorSetIdProto: domain 1, version 2. */
export function encodeOpset(domain: string, version: number): Uint8Array {
  const w = new BinaryWriter();
  w.tag(1, WireType.LengthDelimited).string(domain);
  return w.tag(2, WireType.Varint).int64(version).finish();
}

/** The element types in which weights are written. */
export type WeightType = "float32" | "float16" | "int8" | "uint8";

export type ConstantType = "float32" | "int32" | "int64" | "uint8";

export function toBytes(type: ConstantType, values: readonly number[]): Uint8Array {
  if (type === "float32") return new Uint8Array(Float32Array.from(values).buffer);
  if (type === "uint8") return Uint8Array.from(values);
  if (type === "int32") return new Uint8Array(Int32Array.from(values).buffer);
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}
