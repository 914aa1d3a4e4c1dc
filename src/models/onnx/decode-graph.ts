import { type Dimension, type Field, readFields, readInt, readInts, readString } from "./onnx-fields.js";
import {
  Graph,
  type GraphNode,
  type GraphValue,
  type Initializer,
  type RawField,
  type Subgraph,
} from "./onnx-graph.js";

/** Decodes a GraphProto. Everything in the result is a view of the given bytes. */
export function decodeGraph(message: Uint8Array, opset: number, prefix: string): Graph {
  const graph = new Graph(opset, prefix);
  for (const entry of readFields(message)) {
    const { no, content } = entry;
    if (no === 1) graph.nodes.push(decodeNode(content, opset, prefix));
    else if (no === 5) put(graph.initializers, decodeTensor(content));
    else if (no === 11) put(graph.inputs, decodeValue(content));
    else if (no === 12) put(graph.outputs, decodeValue(content));
    else if (no === 13) put(graph.valueInfo, decodeValue(content));
    else graph.rest.push(entry);
  }
  return graph;
}

function put<T extends { readonly name: string }>(map: Map<string, T>, item: T): void {
  map.set(item.name, item);
}

/** NodeProto: input 1, output 2, op_type 4, attribute 5, domain 7. */
function decodeNode(message: Uint8Array, opset: number, prefix: string): GraphNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Uint8Array>();
  const subgraphs = new Map<string, Subgraph>();
  const rest: RawField[] = [];
  let op = "";
  let domain = "";
  for (const entry of readFields(message)) {
    const { no, content } = entry;
    if (no === 1) inputs.push(readString(content));
    else if (no === 2) outputs.push(readString(content));
    else if (no === 5) {
      const { name, graph, others } = decodeAttribute(content);
      if (graph) subgraphs.set(name, { graph: decodeGraph(graph, opset, prefix), rest: others });
      else {
        attributes.set(name, content);
        rest.push(entry);
      }
    } else {
      if (no === 4) op = readString(content);
      if (no === 7) domain = readString(content);
      rest.push(entry);
    }
  }
  // The domain of the standard operators has two spellings.
  return { op, domain: domain === "ai.onnx" ? "" : domain, inputs, outputs, attributes, subgraphs, rest };
}

/** AttributeProto: name 1, g 6. */
function decodeAttribute(message: Uint8Array): { name: string; graph?: Uint8Array; others: RawField[] } {
  let name = "";
  let graph: Uint8Array | undefined;
  const others: RawField[] = [];
  for (const entry of readFields(message)) {
    const { no, content } = entry;
    if (no === 1) name = readString(content);
    if (no === 6) graph = content;
    else others.push(entry);
  }
  return { name, ...(graph && { graph }), others };
}

/** TensorProto: dims 1, data_type 2, name 8, external_data 13 { key 1, value 2 }. */
export function decodeTensor(message: Uint8Array): Initializer {
  const dims: Field[] = [];
  let type = 0;
  let name = "";
  let location: string | undefined;
  for (const entry of readFields(message)) {
    const { no, content } = entry;
    if (no === 1) dims.push(entry);
    else if (no === 2) type = readInt(content);
    else if (no === 8) name = readString(content);
    else if (no === 13) {
      const [key, value] = readKeyValue(content);
      if (key === "location") location = value;
    }
  }
  return {
    name,
    type,
    dims: readInts(dims),
    ...(location !== undefined && { location }),
    encoded: message,
  };
}

function readKeyValue(message: Uint8Array): [string, string] {
  let key = "";
  let value = "";
  for (const { no, content } of readFields(message)) {
    if (no === 1) key = readString(content);
    else if (no === 2) value = readString(content);
  }
  return [key, value];
}

/** ValueInfoProto: see encodeValue. */
function decodeValue(message: Uint8Array): GraphValue {
  let name = "";
  let type: number | undefined;
  let dims: Dimension[] | undefined;
  for (const value of readFields(message)) {
    if (value.no === 1) name = readString(value.content);
    if (value.no !== 2) continue;
    for (const kind of readFields(value.content)) {
      if (kind.no !== 1) continue;
      for (const part of readFields(kind.content)) {
        if (part.no === 1) type = readInt(part.content);
        if (part.no === 2)
          dims = [...readFields(part.content)].flatMap((dim) =>
            dim.no === 1 ? [decodeDimension(dim.content)] : [],
          );
      }
    }
  }
  return { name, type, dims, encoded: message };
}

function decodeDimension(message: Uint8Array): Dimension {
  let dimension: Dimension = "";
  for (const { no, content } of readFields(message)) {
    if (no === 1) dimension = readInt(content);
    else if (no === 2) dimension = readString(content);
  }
  return dimension;
}

/** Reads an integer attribute of a node (AttributeProto.i, field 3); undefined if the node does not set it. */
export function readIntAttribute(node: GraphNode, name: string): number | undefined {
  return findAttributeFields(node, name, 3).map(({ content }) => readInt(content))[0];
}

/** Reads an attribute that is a list of integers (AttributeProto.ints, field 8). */
export function readIntsAttribute(node: GraphNode, name: string): number[] | undefined {
  return node.attributes.has(name) ? readInts(findAttributeFields(node, name, 8)) : undefined;
}

/** Reads a tensor attribute (AttributeProto.t, field 5), such as the value of a Constant. */
export function readTensorAttribute(node: GraphNode, name: string): Initializer | undefined {
  return findAttributeFields(node, name, 5).map(({ content }) => decodeTensor(content))[0];
}

function findAttributeFields(node: GraphNode, name: string, no: number): Field[] {
  const encoded = node.attributes.get(name);
  return encoded ? [...readFields(encoded)].filter((entry) => entry.no === no) : [];
}
