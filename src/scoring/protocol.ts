import { PROTOCOLS, type Protocol } from "../options/index.js";
import type { Truncation } from "./parts.js";

export type { Protocol };

/** Chooses how to truncate a text that is too long: as requested, or by the protocol's rule. */
export function chooseTruncation({
  truncation,
  protocol = "glm",
}: {
  readonly truncation?: Truncation | undefined;
  readonly protocol?: Protocol | undefined;
}): Truncation {
  return truncation ?? PROTOCOLS[protocol].truncation;
}
