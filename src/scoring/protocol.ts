import { PROTOCOLS, type Protocol } from "../options/index.js";
import type { Truncation } from "./parts.js";

export type { Protocol };

/** How a text that is too long is cut: as is asked for, else by the protocol's rule. */
export function truncationOf({
  truncation,
  protocol = "glm",
}: {
  readonly truncation?: Truncation | undefined;
  readonly protocol?: Protocol | undefined;
}): Truncation {
  return truncation ?? PROTOCOLS[protocol].truncation;
}
