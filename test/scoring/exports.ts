import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type LoadExportOptions,
  type LoadedExport,
  loadExport,
  readExport,
} from "../../src/models/export/index.js";
import type { Session } from "../../src/models/onnx/index.js";
import type { ClozeQuestion } from "../../src/patterns/index.js";
import type { Model, PreparedQuestion } from "../../src/scoring/index.js";
import { makeQuestion } from "./make-question.js";

/** PyTorch's log-probabilities in float32, and whether each token was its arg max. */
export interface Reference {
  readonly log_probs: readonly number[];
  readonly is_greedy: readonly boolean[];
}

/** The output of test/oracles/exports.py for one question; S: its output for each answer. */
export interface ExportCase<S> {
  readonly text: string;
  readonly answers: readonly string[];
  readonly scores: readonly (S & { readonly ids: readonly number[] })[];
}

export interface ExportFixture<C> {
  readonly name: string;
  readonly folder: string;
  readonly cases: readonly C[];
  /** names of the files in onnx/ */
  readonly files: readonly string[];
}

const root = fileURLToPath(new URL("../fixtures/exports", import.meta.url));

/** The small random exports of a family. */
export function exportFixtures<C>(family: string): ExportFixture<C>[] {
  return readdirSync(root)
    .filter((name) => existsSync(`${root}/${name}/cases.json`))
    .flatMap((name) => {
      const folder = `${root}/${name}`;
      const file = JSON.parse(readFileSync(`${folder}/cases.json`, "utf8"));
      const files = readdirSync(`${folder}/onnx`);
      return file.family === family ? [{ name, folder, cases: file.cases, files }] : [];
    });
}

export const questionsOf = ({ name, cases }: Pick<ExportFixture<ExportCase<object>>, "name" | "cases">) =>
  cases.map(({ text, answers }, k) => makeQuestion(`${name}/${k}`, text, answers));

/** The same export, recording the dims of every run's feeds under the graph's name. */
export function spied(model: LoadedExport): { model: LoadedExport; runs: Run[] } {
  const runs: Run[] = [];
  const graphs = Object.entries(model.graphs).map(([graph, loaded]) => {
    const session: Session = {
      ...loaded.session,
      run: (feeds, options) => {
        const dims = Object.entries(feeds).map(([name, feed]) => [name, feed.dims] as const);
        runs.push({ graph, dims: Object.fromEntries(dims) });
        return loaded.session.run(feeds, options);
      },
    };
    return [graph, { ...loaded, session }] as const;
  });
  return { model: { ...model, graphs: Object.fromEntries(graphs) as LoadedExport["graphs"] }, runs };
}

export interface Run {
  readonly graph: string;
  readonly dims: Readonly<Record<string, readonly number[]>>;
}

/** Returns the largest difference between two lists of numbers of equal length. */
export function worst(found: readonly number[], expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...found.map((value, k) => Math.abs(value - expected[k]!)));
}

export async function openExport(folder: string, options: LoadExportOptions): Promise<LoadedExport> {
  return await loadExport(await readExport(folder), options);
}

/** Returns the pair with an engine whose close does nothing, because other tests of the file score with its sessions. */
export function leftOpen<T extends Pick<Model, "engine">>(pair: T): T {
  return { ...pair, engine: { ...pair.engine, close: async () => undefined } };
}

/** Prepares questions and scores each in a separate row. */
export async function scoreAll<P extends PreparedQuestion>(
  { reader, engine }: Pick<Model<P>, "reader" | "engine">,
  questions: readonly ClozeQuestion[],
) {
  const prepared = questions.flatMap((question) => reader.prepare(question));
  const rows = await engine.score(prepared.map((question) => [question]));
  return { prepared, scored: rows.map(([answers]) => answers!) };
}

export type { LoadedExport };
