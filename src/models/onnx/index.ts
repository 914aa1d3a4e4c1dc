export { type Attribute, DATA_TYPE, type Dimension, type ExternalData, GraphBuilder } from "./builder.js";
export { type Feed, type Output, openSession, type Session, type SessionOptions } from "./session.js";
