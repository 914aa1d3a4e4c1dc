export { DEFAULT_LIMITS, HttpClient, type NetworkLimits, type StreamedResponse } from "./http-client.js";
export { isOutOfReach, NetworkError, StatusError } from "./http-errors.js";
