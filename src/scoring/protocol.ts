import type { Truncation } from "./parts.js";

/** Published ways of scoring, by name. "glm": the original repository's; "glm-hf": the hub's model code. */
export type Protocol = "glm" | "glm-hf";

/** How each protocol cuts a text that is too long. */
export const PROTOCOL_TRUNCATION: Readonly<Record<Protocol, Truncation>> = {
  glm: "glm",
  "glm-hf": "longest",
};

/** What is asked for, else the protocol's rule. */
export function truncationOf({
  truncation,
  protocol = "glm",
}: {
  readonly truncation?: Truncation | undefined;
  readonly protocol?: Protocol | undefined;
}): Truncation {
  return truncation ?? PROTOCOL_TRUNCATION[protocol];
}
