import { createHash } from "node:crypto";
import type { PreparedQuestion } from "../../../scoring/index.js";

/**
 * Computes the key of a prepared question's scores within one model's cache: sha256 (its first 32 hex digits) over
 * everything in it that they depend on (see `PreparedQuestion`), without texts, labels and origin.
 */
export function getKey(prepared: PreparedQuestion): string {
  const { id: _id, cut: _cut, shotsDropped: _dropped, ...asked } = prepared;
  return createHash("sha256").update(canonicalJson(asked)).digest("hex").slice(0, 32);
}

/** Makes JSON of plain data that does not depend on the order of its properties. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    // Nearly all data is token ids, and joining them is much faster than visiting each.
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
