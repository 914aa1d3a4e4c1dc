import { GlmEvalError } from "../errors.js";

/** For what the command line takes already, and nothing does yet. */
export function notWired(what: string): GlmEvalError {
  return new GlmEvalError("usage", `${what}: not wired`, { hint: "Leave it out." });
}
