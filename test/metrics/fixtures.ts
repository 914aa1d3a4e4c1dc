import { readFileSync } from "node:fs";
import type { Prediction } from "../../src/metrics/index.js";

/** A file that test/oracles/metrics.py wrote. */
export function fixture<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/metrics/${name}`, import.meta.url), "utf8")) as T;
}

/** Predictions from "predicted/gold" pairs: `labelled("yes/yes no/yes")`. */
export function labelled(pairs: string): Prediction[] {
  return pairs.split(" ").map((pair, index) => {
    const [predicted, label] = pair.split("/") as [string, string];
    return { exampleId: String(index), predicted, label };
  });
}

/** The same with a group and a cluster: "1/0@question" or "1/0@question@passage". */
export function grouped(pairs: string): Prediction[] {
  return pairs.split(" ").map((item, index) => {
    const [pair, group, cluster] = item.split("@") as [string, string, string | undefined];
    const [predicted, label] = pair.split("/") as [string, string];
    const base = { exampleId: String(index), predicted, label, group };
    return cluster === undefined ? base : { ...base, cluster };
  });
}
