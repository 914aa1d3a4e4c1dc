import { createHash } from "node:crypto";
import os from "node:os";
import type { ModelFacts } from "../../../scoring/index.js";
import { canonicalJson } from "./key.js";

/** Everything except the question itself that can change a model's scores beyond their last digits. */
export type ModelIdentity = Readonly<Record<string, unknown>>;

/** Number formats whose products depend on how the processor's instructions round and saturate. */
const FLOATS: readonly string[] = ["fp32", "fp16"];

/**
 * Derives a model's identity from its facts: all except its source and the truncation, which is reflected in the
 * questions' token ids. Facts added later become part of the identity without a change here.
 */
export function getIdentity(facts: ModelFacts): ModelIdentity {
  const { source: _source, revision: _revision, maxLength: _max, truncation: _cut, ...all } = facts;
  const { device, attention, devices = [{ name: device, attention }], ...rest } = all;
  // The number of devices of a kind, and which of them, does not affect results.
  const kinds = new Set(devices.map((of) => [of.name?.replace(/:\d+$/, ""), of.attention].join(" ").trim()));
  const processor = `${process.arch} ${os.cpus()[0]?.model ?? ""}`.trim();
  const onCpu = devices.some(({ name }) => name === "cpu");
  return {
    ...rest,
    devices: [...kinds].sort(),
    ...(onCpu && !FLOATS.includes(facts.dtype) && { processor }),
  };
}

/** Returns the sha256 (hex) of an identity: the name of its file. */
export function hashIdentity(identity: ModelIdentity): string {
  return createHash("sha256").update(canonicalJson(identity)).digest("hex");
}

export function isSameIdentity(one: ModelIdentity, other: ModelIdentity): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
