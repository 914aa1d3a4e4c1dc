export { GraphBuilder } from "./builder.js";
export { intAttribute, intsAttribute, tensorAttribute } from "./decode.js";
export type { Device } from "./device.js";
export { allGraphs, consumers, inlineBranch, producers, prune, replaceInput } from "./edit.js";
export { SessionEnded } from "./ended.js";
export {
  declare,
  type Graph,
  type GraphNode,
  type GraphOperators,
  type Initializer,
  type Value,
} from "./graph.js";
export { checkMmap, type MemoryNeed, type MemoryPlan, type Mmap, planMemory } from "./memory.js";
export { OnnxModel } from "./model.js";
export {
  type Attribute,
  DATA_TYPE,
  type DataType,
  type Dimension,
  type ExternalData,
  typeName,
  type WeightType,
} from "./proto.js";
export { openSession, type Session, type SessionOptions, type Tensor } from "./session.js";
export { scoreTargets } from "./target-head.js";
