import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { encodeField, encodeOpset } from "./onnx-fields.js";
import { Graph } from "./onnx-graph.js";

const OPSET = 20;
const IR_VERSION = 9;

/**
 * Builds an ONNX model node by node and encodes it as protobuf (field numbers of onnx.proto, IR version 9, opset 20,
 * and ONNX Runtime's own operators in the domain com.microsoft). Weights are stored outside, in a data file, because a
 * protobuf message is limited to 2 GB.
 */
export class GraphBuilder extends Graph {
  constructor(name: string) {
    super(OPSET);
    this.rest.push({ no: 2, raw: Buffer.concat(encodeField(2, new TextEncoder().encode(name))) });
  }

  /** Encodes the model as a ModelProto. */
  encode(producerVersion: string): Uint8Array {
    const w = new BinaryWriter();
    w.tag(1, WireType.Varint).int64(IR_VERSION);
    w.tag(2, WireType.LengthDelimited).string("glm-eval");
    w.tag(3, WireType.LengthDelimited).string(producerVersion);
    return Buffer.concat([
      w.finish(),
      ...encodeField(7, ...this.encodeFields()),
      ...encodeField(8, encodeOpset("", OPSET)),
      ...encodeField(8, encodeOpset("com.microsoft", 1)),
    ]);
  }
}
