import {
  type Attribute,
  type ConstantType,
  DATA_TYPE,
  type DataType,
  type Dimension,
  type ExternalData,
  encodeField,
  encodeNodeEnds,
  encodeNodeRest,
  encodeTensor,
  encodeValue,
  type Field,
  toBytes,
  type WeightType,
} from "./onnx-fields.js";

/** A node: its inputs and outputs can be edited, everything else stays as encoded. */
export interface GraphNode {
  readonly op: string;
  /** "" for standard ONNX, "com.microsoft" for ONNX Runtime's own operators */
  readonly domain: string;
  /** names of values; "" for an omitted optional input */
  inputs: string[];
  outputs: string[];
  /** encoded AttributeProtos by name */
  readonly attributes: ReadonlyMap<string, Uint8Array>;
  /** graphs among the attributes (the branches of an If, the body of a Loop), by the attribute's name */
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  /** the fields that are not inputs, outputs or subgraphs */
  readonly rest: readonly RawField[];
}

/** A field that is kept as encoded. */
export type RawField = Pick<Field, "no" | "raw">;

export interface Subgraph {
  readonly graph: Graph;
  /** the fields of the AttributeProto other than the graph */
  readonly rest: readonly RawField[];
}

/** A constant of the graph; its data is not copied. */
export interface Initializer {
  readonly name: string;
  /** TensorProto.DataType */
  readonly type: number;
  readonly dims: readonly number[];
  /** the external data file, if the data is not in the model file itself */
  readonly location?: string;
  readonly encoded: Uint8Array;
}

/** A declared input, output or inner value. */
export interface GraphValue {
  readonly name: string;
  /** TensorProto.DataType; undefined if it is not a tensor */
  readonly type: number | undefined;
  /** undefined if the number of dimensions is not declared */
  readonly dims: readonly Dimension[] | undefined;
  readonly encoded: Uint8Array;
}

/**
 * An ONNX graph that can be extended and edited. Of the GraphProto, node 1, initializer 5, input 11, output 12 and
 * value_info 13 are interpreted; all other fields are kept.
 */
export class Graph {
  nodes: GraphNode[] = [];
  readonly initializers = new Map<string, Initializer>();
  readonly inputs = new Map<string, GraphValue>();
  readonly outputs = new Map<string, GraphValue>();
  /** declared types of inner values: hints that a reader can infer; edits that change shapes clear them */
  readonly valueInfo = new Map<string, GraphValue>();
  rest: RawField[] = [];
  #added = 0;

  /**
   * @param opset version of the standard operators, which determines how some of them are written
   * @param prefix prefix for the names of added items, so that they cannot collide with those of a graph from a file
   */
  constructor(
    readonly opset: number,
    private readonly prefix = "",
  ) {}

  input(name: string, type: DataType, shape: readonly Dimension[]): string {
    this.inputs.set(name, declareValue(name, DATA_TYPE[type], shape));
    return name;
  }

  /** Declares `value` as a graph output under `name`. */
  output(name: string, value: string, type: DataType, shape: readonly Dimension[]): void {
    this.alias(name, value);
    this.outputs.set(name, declareValue(name, DATA_TYPE[type], shape));
  }

  /** Gives a value a second name. */
  alias(name: string, value: string): void {
    this.nodes.push(this.#node("Identity", "", [value], [name], {}));
  }

  /** Adds a weight whose bytes are in the external data file. */
  weight(name: string, shape: readonly number[], data: ExternalData, type: WeightType = "float32"): string {
    return this.#initializer(name, DATA_TYPE[type], shape, data);
  }

  /** Adds a scalar or a list, by default under a generated name. */
  constant(type: ConstantType, values: number | readonly number[], name?: string): string {
    const list = typeof values === "number" ? [values] : values;
    const shape = typeof values === "number" ? [] : [values.length];
    const chosen = name ?? `${this.prefix}constant_${this.#added++}`;
    return this.#initializer(chosen, DATA_TYPE[type], shape, toBytes(type, list));
  }

  /** Adds a tensor without elements: one of its dimensions is 0. */
  empty(name: string, type: number, shape: readonly number[]): string {
    return this.#initializer(name, type, shape, new Uint8Array(0));
  }

  #initializer(name: string, type: number, dims: readonly number[], data: Uint8Array | ExternalData): string {
    const encoded = encodeTensor(name, type, dims, data);
    const location = data instanceof Uint8Array ? {} : { location: data.location };
    this.initializers.set(name, { name, type, dims, ...location, encoded });
    return name;
  }

  /** Adds a standard ONNX node with one output and returns the output's name. */
  op(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
    return this.add(op, inputs, attributes, 1)[0]!;
  }

  /**
   * Adds a node with several outputs; pass false for an output that is not needed.
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
    const id = this.#added;
    const names = wanted.map((want, k) => (want ? `${this.prefix}${op}_${id}_${k}` : ""));
    this.nodes.push(this.#node(op, domain, inputs, names, attributes));
    return names;
  }

  #node(
    op: string,
    domain: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
  ): GraphNode {
    const rest = encodeNodeRest(`${this.prefix}${op}_${this.#added++}`, op, domain, attributes);
    return {
      op,
      domain,
      inputs: [...inputs],
      outputs: [...outputs],
      attributes: new Map(),
      subgraphs: new Map(),
      rest: [{ no: 3, raw: rest }],
    };
  }

  /** Encodes the GraphProto, as pieces that concatenate to its bytes. */
  encodeFields(): Uint8Array[] {
    const lists = [
      [5, this.initializers],
      [11, this.inputs],
      [12, this.outputs],
      [13, this.valueInfo],
    ] as const;
    return sortFields([
      ...this.nodes.map((node) => ({ no: 1, pieces: encodeField(1, ...encodeNode(node)) })),
      ...this.rest.map(toEncodedField),
      ...lists.flatMap(([no, list]) =>
        [...list.values()].map(({ encoded }) => ({ no, pieces: encodeField(no, encoded) })),
      ),
    ]);
  }
}

/** The operations that extend a graph, whether it is being built or was read from a file. */
export type GraphOperators = Pick<Graph, "input" | "output" | "constant" | "op" | "opset">;

export function declareValue(name: string, type: number, dims: readonly Dimension[]): GraphValue {
  return { name, type, dims, encoded: encodeValue(name, type, dims) };
}

function encodeNode(node: GraphNode): Uint8Array[] {
  const subgraphs = [...node.subgraphs.values()].map(({ graph, rest }) => {
    const attribute = sortFields([
      ...rest.map(toEncodedField),
      { no: 6, pieces: encodeField(6, ...graph.encodeFields()) },
    ]);
    return { no: 5, pieces: encodeField(5, ...attribute) };
  });
  return [
    encodeNodeEnds(node.inputs, node.outputs),
    ...sortFields([...node.rest.map(toEncodedField), ...subgraphs]),
  ];
}

interface EncodedField {
  readonly no: number;
  readonly pieces: readonly Uint8Array[];
}

const toEncodedField = ({ no, raw }: RawField): EncodedField => ({ no, pieces: [raw] });

/** Sorts fields by number, as protobuf's own writers do. */
function sortFields(list: readonly EncodedField[]): Uint8Array[] {
  return [...list].sort((a, b) => a.no - b.no).flatMap(({ pieces }) => pieces);
}
