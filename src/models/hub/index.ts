export { type Answer, DEFAULT_LIMITS, HubClient, type NetworkLimits } from "./client.js";
export { NetworkError, StatusError } from "./errors.js";
export type { HubProgress } from "./from-hub.js";
export type { KnownModel } from "./known-models.js";
export { KNOWN_MODELS } from "./known-models.js";
export type { ResolvedModel, ResolveOptions } from "./resolve.js";
export { resolveModel } from "./resolve.js";
