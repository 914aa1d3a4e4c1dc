import { explain, GlmEvalError } from "../../errors.js";
import { FindingError } from "../../findings.js";

/** What to do with an example that cannot be scored: fail its task, or leave it out, report it and count it. */
export type OnError = "stop" | "skip";

/**
 * Why an example cannot be rendered, where that is a matter of the example.
 * @throws the error itself, if others would have it too
 */
export function whyNotRendered(error: unknown): string {
  if (error instanceof FindingError && error.finding.example !== undefined) return explain(error);
  throw error;
}

/**
 * Says why a model cannot score a question: it is too long, or has an answer that the vocabulary cannot write.
 * @throws the error itself, if it is a defect of this program
 */
export function whyNotPrepared(error: unknown): string {
  if (error instanceof GlmEvalError) return explain(error);
  throw error;
}
