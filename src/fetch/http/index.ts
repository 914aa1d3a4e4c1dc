export { type Answer, DEFAULT_LIMITS, HttpClient, type NetworkLimits } from "./http-client.js";
export { isOutOfReach, NetworkError, StatusError } from "./http-errors.js";
