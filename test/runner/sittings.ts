import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../src/runner/index.js";
import type { Model, ModelFacts } from "../../src/scoring/index.js";
import { readerThat, type StandIn } from "./stand-in.js";

const dataRoot = fileURLToPath(new URL("../../data/superglue-sample", import.meta.url));

export interface Asked {
  readonly tasks: readonly string[];
  readonly patterns?: readonly string[] | "all";
  readonly limit: number;
  readonly maxBatchTokens: number;
}

export interface Cached {
  /** the score cache: a folder named "scores" */
  readonly folder: string;
  /** receives what is reported about it */
  readonly troubles?: string[];
}

/** Facts of an arbitrary model. */
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

/** Performs one process's part of a run: resumes the run in the folder, or starts it there. */
export async function sit(
  folder: string,
  model: Pick<Model, "reader" | "engine">,
  asked: Asked,
  resume: boolean,
  cached?: Cached,
): Promise<void> {
  if (cached) process.env.GLM_EVAL_CACHE = dirname(cached.folder);
  const { models } = await run(
    { ...asked, model: "one", data: dataRoot, output: folder, resume, cache: cached !== undefined },
    {
      load: async () => ({
        name: "one",
        reader: model.reader,
        // The run would close the engine, which other runs still need.
        engine: { ...model.engine, close: async () => undefined },
        facts: FACTS,
        notes: [],
      }),
      onEvent: (event) => {
        if (event.type === "note" && event.model === "one") cached?.troubles?.push(event.text);
      },
    },
  );
  if (models[0]!.error !== undefined) throw models[0]!.error;
}

/** Reads a run's outcome by file name: everything but run.json and the journal, whose order depends on the stops. */
export function outcomeOf(folder: string): Record<string, string> {
  const files = (readdirSync(folder, { recursive: true }) as string[]).sort();
  const outcome = files.filter((name) => /^(results\.|samples\/|questions\/)/.test(name));
  return Object.fromEntries(outcome.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/**
 * Makes a stand-in for a model whose last digits depend on what else is in the batch; here, even the first ones do. A run
 * that resumes with other batches cannot reproduce the same scores.
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
        // Each answer is a separate text, so that a question is in several batches.
        cloze.answers.map(({ text }, k) => {
          // Few contexts, so that many questions are identical to it.
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
