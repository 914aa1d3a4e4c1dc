import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { GlmEvalError } from "../../../src/errors.js";
import type { ExportGraph } from "../../../src/models/export/index.js";
import type { Tensor } from "../../../src/models/onnx/index.js";

/** Small random exports of many architectures, with PyTorch's results for them. */
export const EXPORTS = path.resolve("test/fixtures/exports");
export const NAMES = readdirSync(EXPORTS).filter((name) => existsSync(path.join(EXPORTS, name, "onnx")));

/** Shared by all files of a test process, which keeps its modules, so it is removed when the process ends. */
export const work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
process.once("exit", () => rmSync(work, { recursive: true, force: true }));
export const cache = path.join(work, "cache");

let copies = 0;
/** Copies a fixture, so that a test may damage it. */
export function copyFixture(name: string): string {
  const folder = path.join(work, `${name}-${copies++}`);
  cpSync(path.join(EXPORTS, name), folder, { recursive: true });
  return folder;
}

export async function refusal(promise: Promise<unknown>): Promise<GlmEvalError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(GlmEvalError);
  return error as GlmEvalError;
}

export interface Case {
  readonly context_ids?: readonly number[];
  readonly encoder_ids?: readonly number[];
  readonly scores: readonly {
    readonly ids: readonly number[];
    readonly input_ids?: readonly number[];
    readonly token_type_ids?: readonly number[];
    readonly decoder_ids?: readonly number[];
    readonly log_probs?: readonly number[];
    readonly is_greedy?: readonly boolean[];
    readonly parallel?: { readonly log_probs: readonly number[]; readonly is_greedy: readonly boolean[] };
    readonly closing?: {
      readonly ids: readonly number[];
      readonly log_probs: readonly number[];
      readonly is_greedy: readonly boolean[];
    };
  }[];
}

export function readCases(name: string): readonly Case[] {
  const text = readFileSync(path.join(EXPORTS, name, "cases.json"), "utf8");
  return (JSON.parse(text) as { cases: Case[] }).cases;
}

/** A requested log-probability: that of an id after a token of a row. */
export interface Ask {
  readonly row: number;
  readonly token: number;
  readonly id: number;
}

/**
 * Makes feeds from a table of numbers per name, in the types that the graph declares, plus those of the target head.
 */
export function makeFeeds(
  { inputs }: ExportGraph,
  tables: Readonly<Record<string, readonly (readonly number[])[]>>,
  asked: readonly Ask[],
): Record<string, Tensor> {
  const width = tables.input_ids![0]!.length;
  const feeds: Record<string, Tensor> = {};
  for (const [name, rows] of Object.entries(tables)) {
    if (!inputs.has(name)) continue;
    const data = BigInt64Array.from(rows.flat(), BigInt);
    feeds[name] = { type: "int64", data, dims: [rows.length, rows[0]!.length] };
  }
  feeds.target_rows = int32(asked.map(({ row, token }) => row * width + token));
  feeds.pick_rows = int32(asked.map((_, k) => k));
  feeds.pick_ids = int32(asked.map(({ id }) => id));
  return feeds;
}

export function int32(values: readonly number[]): Tensor {
  return { type: "int32", data: Int32Array.from(values), dims: [values.length] };
}

/** Makes empty keys and values for a first pass. */
export function noPast({ inputs }: ExportGraph): Record<string, Tensor> {
  const pasts = [...inputs].filter(([name]) => name.startsWith("past_key_values."));
  return Object.fromEntries(
    pasts.map(([name, { type, dims }]) => {
      const sizes = dims.map((size, axis) => (axis === 0 ? 1 : typeof size === "number" ? size : 0));
      const data = type === "float16" ? new Uint16Array(0) : new Float32Array(0);
      return [name, { type, data, dims: sizes }];
    }),
  );
}

/** Pads rows to the same length, with `fill` at the end of shorter ones. */
export function padded(rows: readonly (readonly number[])[], fill: number): number[][] {
  const width = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...new Array<number>(width - row.length).fill(fill)]);
}

export async function ask(
  graph: ExportGraph,
  feeds: Record<string, Tensor>,
): Promise<{ logProbs: number[]; isGreedy: boolean[] }> {
  const outputs = await graph.session.run(feeds, { fetch: ["log_probs", "is_greedy"] });
  return {
    logProbs: [...(outputs.log_probs!.data as Float32Array)],
    isGreedy: [...(outputs.is_greedy!.data as Uint8Array)].map((flag) => flag === 1),
  };
}
