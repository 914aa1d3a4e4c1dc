import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Conventions,
  evaluate,
  openScoreCache,
  PROTOCOLS,
  RunFolder,
  type Snapshot,
} from "../../src/runner/index.js";
import type { Model, ModelFacts } from "../../src/scoring/index.js";
import { findTask } from "../../src/tasks/index.js";
import { readerThat, type StandIn } from "./stand-in.js";

const dataRoot = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));

export interface Asked {
  readonly tasks: readonly string[];
  readonly patterns?: readonly string[] | "all";
  readonly limit: number;
  readonly maxBatchTokens: number;
  readonly conventions?: Conventions;
}

export interface Cached {
  /** where the score cache lies */
  readonly folder: string;
  readonly facts: ModelFacts;
  /** gets what was told of it */
  readonly troubles?: string[];
}

/** Facts of no model in particular. */
export const FACTS: ModelFacts = {
  source: "folder",
  family: "infill",
  architecture: "glm",
  layers: 2,
  vocabSize: 100,
  maxLength: 64,
  truncation: "glm",
  gelu: "tanh",
  dtype: "fp32",
  device: "cpu",
  mmap: false,
  attention: "fused",
  specialTokens: { mask: 4, sop: 5 },
  weightsSha256: "a".repeat(64),
  tokenizerSha256: "b".repeat(64),
  graphVersion: 1,
  onnxruntime: "1.0.0",
};

/** One process's part of a run: goes on in the folder if there is one, and writes the results when it comes to an end. */
export async function sit(
  folder: string,
  model: Pick<Model, "reader" | "engine">,
  asked: Asked,
  resume: boolean,
  cached?: Cached,
): Promise<void> {
  const run = resume ? await RunFolder.resume(folder) : await RunFolder.create(folder);
  const cache =
    cached &&
    (await openScoreCache({
      ...cached,
      model: "one",
      snapshot: (run.earlier?.record as { snapshot?: Snapshot } | undefined)?.snapshot,
      onTrouble: (sentence) => cached.troubles?.push(sentence),
    }));
  try {
    await run.write("run.json", JSON.stringify({ snapshot: cache?.snapshot }));
    const tasks = await Promise.all(asked.tasks.map(findTask));
    const evaluation = await evaluate(model, tasks, {
      conventions: PROTOCOLS.glm,
      dataRoot,
      ...asked,
      scored: run.scored("one"),
      ...(cache && { cache }),
      onScored: (entries) => run.append("one", entries),
      onSamples: (task, samples) => run.appendSamples("one", task.name, samples),
    });
    if (evaluation.error !== undefined) throw evaluation.error;
    await run.write("results.json", JSON.stringify(evaluation.tasks));
  } finally {
    await cache?.close();
    await run.close();
  }
}

/** What a run comes to, by file name: everything but run.json and the journal, whose order tells of the stops. */
export function outcomeOf(folder: string): Record<string, string> {
  const files = (readdirSync(folder, { recursive: true }) as string[]).sort();
  const told = files.filter((name) => /^(results\.|samples\/)/.test(name));
  return Object.fromEntries(told.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/**
 * Stands in for a model of which the last digits depend on what else is in the batch, here the first ones too. A run that
 * goes on with other batches cannot give the same scores.
 */
export function crowded(packs: boolean): StandIn & { batches: number } {
  const hash = (text: string): number => {
    let h = 17;
    for (const c of text) h = (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0;
    return -1 - h / 2 ** 31;
  };
  const model: ReturnType<typeof crowded> = {
    batches: 0,
    reader: readerThat(({ id, clozes }) =>
      clozes.flatMap((cloze, c) =>
        // Each answer a text of its own, so that a question is in several batches.
        cloze.answers.map(({ text }, k) => {
          // Few contexts, so that many questions are the same to it.
          const context = (c + k + id.length) % 7;
          return {
            id: `${id}#${c}.${k}`,
            context: [context, id.charCodeAt(id.length - 1) % 5],
            blank: 0,
            answers: [[1, text.length]],
            cut: 0,
          };
        }),
      ),
    ),
    engine: {
      packs,
      work: { tokens: 0, padding: 0 },
      length: ({ context: [context], answers: [answer] }) => 4 + answer![1]! + context!,
      async score(rows) {
        model.batches++;
        const all = rows.map((row) => row.map(({ id }) => id).join(" ")).join("|");
        return rows.map((row) =>
          row.map(({ id, answers }) =>
            answers.map((tokenIds) => ({
              tokenIds,
              tokenLogProbs: tokenIds.map((_, k) => hash(`${all} ${id} ${k}`)),
              isGreedy: [false, true],
              closing: { tokenIds: [2], logProbs: [hash(`${all} ${id} end`)], isGreedy: [false] },
            })),
          ),
        );
      },
      close: async () => undefined,
    },
  };
  return model;
}
