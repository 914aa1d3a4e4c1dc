import { createHash } from "node:crypto";
import os from "node:os";
import type { ModelFacts } from "../../../scoring/index.js";
import { canonicalJson } from "./key.js";

/** Everything that can move a model's scores beyond their last digits, besides the question itself. */
export type ModelIdentity = Readonly<Record<string, unknown>>;

/** Number formats whose products are computed as the processor's own instructions round and saturate them. */
const FLOATS: readonly string[] = ["fp32", "fp16"];

/**
 * A model's identity by its facts: all of them but those that say where it was found and how texts are cut to length,
 * which is in the questions' token ids. A fact that is added later tells models apart without a change here.
 */
export function identityOf(facts: ModelFacts): ModelIdentity {
  const { source: _source, revision: _revision, maxLength: _max, truncation: _cut, ...all } = facts;
  const { device, attention, devices = [{ name: device, attention }], ...rest } = all;
  // How many there are of a kind, and which of them, moves no number.
  const kinds = new Set(devices.map((of) => [of.name?.replace(/:\d+$/, ""), of.attention].join(" ").trim()));
  const processor = `${process.arch} ${os.cpus()[0]?.model ?? ""}`.trim();
  const onCpu = devices.some(({ name }) => name === "cpu");
  return {
    ...rest,
    devices: [...kinds].sort(),
    ...(onCpu && !FLOATS.includes(facts.dtype) && { processor }),
  };
}

/** sha256 (hex) of an identity: the name of its file. */
export function identityHash(identity: ModelIdentity): string {
  return createHash("sha256").update(canonicalJson(identity)).digest("hex");
}

export function isSameIdentity(one: ModelIdentity, other: ModelIdentity): boolean {
  return canonicalJson(one) === canonicalJson(other);
}
