export { readIntAttribute, readIntsAttribute, readTensorAttribute } from "./decode-graph.js";
export type { Device } from "./device.js";
export { GraphBuilder } from "./graph-builder.js";
export {
  findConsumers,
  findProducers,
  inlineBranch,
  listGraphs,
  prune,
  replaceInput,
} from "./graph-edits.js";
export { checkMmap, type MemoryNeed, type MemoryPlan, type Mmap, planMemory } from "./memory-plan.js";
export {
  type Attribute,
  DATA_TYPE,
  type DataType,
  type Dimension,
  type ExternalData,
  getTypeName,
  type WeightType,
} from "./onnx-fields.js";
export {
  declareValue,
  type Graph,
  type GraphNode,
  type GraphOperators,
  type GraphValue,
  type Initializer,
} from "./onnx-graph.js";
export { OnnxModel } from "./onnx-model.js";
export { openSession, type Session, type SessionOptions, type Tensor } from "./session.js";
export { SessionEnded } from "./session-ended.js";
export { scoreTargets } from "./target-head.js";
