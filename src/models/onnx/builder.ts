import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Element types of ONNX tensors, with their numbers in onnx.proto (TensorProto.DataType). */
export const DATA_TYPE = { float32: 1, int32: 6, int64: 7, bool: 9 } as const;
export type DataType = keyof typeof DATA_TYPE;

export type Attribute = number | { readonly float: number } | string | readonly number[];
/** A dimension: a size, or a name for one that is known only when the model runs. */
export type Dimension = number | string;

/** Where a tensor's bytes lie in the external data file. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

interface NodeSpec {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

interface InitializerSpec {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly number[];
  readonly data: Uint8Array | ExternalData;
}

interface ValueSpec {
  readonly name: string;
  readonly type: DataType;
  readonly shape: readonly Dimension[];
}

const OPSET = 20;
const IR_VERSION = 9;

/**
 * Builds an ONNX model node by node and encodes it as protobuf (field numbers of onnx.proto, IR version 9,
 * opset 20, and ONNX Runtime's own operators in the domain com.microsoft). Weights stay outside, in a data file:
 * a protobuf message is limited to 2 GB.
 */
export class GraphBuilder {
  readonly #name: string;
  readonly #nodes: NodeSpec[] = [];
  readonly #initializers: InitializerSpec[] = [];
  readonly #inputs: ValueSpec[] = [];
  readonly #outputs: ValueSpec[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  input(name: string, type: DataType, shape: readonly Dimension[]): string {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /** Declares `value` as a graph output under `name`. */
  output(name: string, value: string, type: DataType, shape: readonly Dimension[]): void {
    this.#nodes.push({ op: "Identity", domain: "", inputs: [value], outputs: [name], attributes: {} });
    this.#outputs.push({ name, type, shape });
  }

  /** A weight whose bytes lie in the external data file. */
  weight(name: string, shape: readonly number[], data: ExternalData): string {
    this.#initializers.push({ name, type: "float32", shape, data });
    return name;
  }

  constant(type: "float32" | "int32" | "int64", values: number | readonly number[]): string {
    const list = typeof values === "number" ? [values] : values;
    const shape = typeof values === "number" ? [] : [values.length];
    const name = `constant_${this.#initializers.length}`;
    this.#initializers.push({ name, type, shape, data: toBytes(type, list) });
    return name;
  }

  /** Adds a standard ONNX node with one output and returns the output's name. */
  op(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.add(op, inputs, attributes, 1)[0]!;
  }

  /**
   * Adds a node with several outputs; an output that is not wanted is given as false.
   * @param domain "" for standard ONNX, "com.microsoft" for ONNX Runtime's own operators
   */
  add(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: number | readonly boolean[],
    domain = "",
  ): string[] {
    const wanted = typeof outputs === "number" ? new Array<boolean>(outputs).fill(true) : outputs;
    const names = wanted.map((want, k) => (want ? `${op}_${this.#nodes.length}_${k}` : ""));
    this.#nodes.push({ op, domain, inputs, outputs: names, attributes });
    return names;
  }

  /** The model as an encoded ModelProto. */
  encode(producerVersion: string): Uint8Array {
    const w = new BinaryWriter();
    w.tag(1, WireType.Varint).int64(IR_VERSION);
    w.tag(2, WireType.LengthDelimited).string("glm-eval");
    w.tag(3, WireType.LengthDelimited).string(producerVersion);
    w.tag(7, WireType.LengthDelimited).fork();
    this.#encodeGraph(w);
    w.join();
    for (const [domain, version] of [
      ["", OPSET],
      ["com.microsoft", 1],
    ] as const) {
      w.tag(8, WireType.LengthDelimited).fork();
      w.tag(1, WireType.LengthDelimited).string(domain);
      w.tag(2, WireType.Varint).int64(version).join();
    }
    return w.finish();
  }

  #encodeGraph(w: BinaryWriter): void {
    this.#nodes.forEach((node, index) => {
      w.tag(1, WireType.LengthDelimited).fork();
      for (const input of node.inputs) w.tag(1, WireType.LengthDelimited).string(input);
      for (const output of node.outputs) w.tag(2, WireType.LengthDelimited).string(output);
      w.tag(3, WireType.LengthDelimited).string(`${node.op}_${index}`);
      w.tag(4, WireType.LengthDelimited).string(node.op);
      for (const [name, value] of Object.entries(node.attributes)) encodeAttribute(w, name, value);
      if (node.domain) w.tag(7, WireType.LengthDelimited).string(node.domain);
      w.join();
    });
    w.tag(2, WireType.LengthDelimited).string(this.#name);
    for (const initializer of this.#initializers) encodeInitializer(w, initializer);
    for (const value of this.#inputs) encodeValue(w, 11, value);
    for (const value of this.#outputs) encodeValue(w, 12, value);
  }
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
function encodeInitializer(w: BinaryWriter, { name, type, shape, data }: InitializerSpec): void {
  w.tag(5, WireType.LengthDelimited).fork();
  for (const dimension of shape) w.tag(1, WireType.Varint).int64(dimension);
  w.tag(2, WireType.Varint).int32(DATA_TYPE[type]);
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
  w.join();
}

/** ValueInfoProto: name 1, type 2 { tensor_type 1 { elem_type 1, shape 2 { dim 1 { value 1 | param 2 } } } }. */
function encodeValue(w: BinaryWriter, field: number, { name, type, shape }: ValueSpec): void {
  w.tag(field, WireType.LengthDelimited).fork();
  w.tag(1, WireType.LengthDelimited).string(name);
  w.tag(2, WireType.LengthDelimited).fork();
  w.tag(1, WireType.LengthDelimited).fork();
  w.tag(1, WireType.Varint).int32(DATA_TYPE[type]);
  w.tag(2, WireType.LengthDelimited).fork();
  for (const dimension of shape) {
    w.tag(1, WireType.LengthDelimited).fork();
    if (typeof dimension === "number") w.tag(1, WireType.Varint).int64(dimension);
    else w.tag(2, WireType.LengthDelimited).string(dimension);
    w.join();
  }
  w.join().join().join().join();
}

function toBytes(type: "float32" | "int32" | "int64", values: readonly number[]): Uint8Array {
  if (type === "float32") return new Uint8Array(Float32Array.from(values).buffer);
  if (type === "int32") return new Uint8Array(Int32Array.from(values).buffer);
  return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
}
