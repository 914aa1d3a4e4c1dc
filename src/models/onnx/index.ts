export { type Attribute, DATA_TYPE, type Dimension, type ExternalData, GraphBuilder } from "./builder.js";
export { openSession, type Session, type SessionOptions, type Tensor } from "./session.js";
export { type GraphOperators, scoreTargets } from "./target-head.js";
