export type { HubProgress } from "../../fetch/hub/index.js";
export { KNOWN_MODELS, type KnownModel } from "./known-models.js";
export { type ResolvedModel, type ResolveOptions, resolveModel } from "./resolve-model.js";
