import { createHash } from "node:crypto";
import type { PreparedQuestion } from "../../../scoring/index.js";

/**
 * What a prepared question's scores are found by within one model's cache: sha256 (its first 32 hex digits) over all of
 * it that they depend on (see `PreparedQuestion`). Texts, labels and where it came from are not in it.
 */
export function keyOf(prepared: PreparedQuestion): string {
  const { id: _id, cut: _cut, shotsDropped: _dropped, ...asked } = prepared;
  return createHash("sha256").update(canonicalJson(asked)).digest("hex").slice(0, 32);
}

/** Plain data as JSON, the same for the same data whatever the order of its properties. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    // Token ids are nearly all there is: joining them is much faster than going through them one by one.
    const isFlat = value.every((item) => typeof item === "number");
    return `[${(isFlat ? value : value.map(canonicalJson)).join(",")}]`;
  }
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(",")}}`;
}
