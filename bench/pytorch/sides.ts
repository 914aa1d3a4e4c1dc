import type { AnswerScore, Engine, PreparedQuestion } from "../../src/scoring/index.js";
import type { Rows } from "../batches.js";
import type { Side } from "../measure.js";
import { type Peer, type Script, startPeer } from "./peer.js";

const PYTHON = "GLM_EVAL_PYTHON";

/** Log-probabilities of each token of each answer of each question. */
type Scores = readonly (readonly (readonly number[])[])[];

/**
 * How a bench starts its PyTorch sides; undefined, said on stderr, where there is none. So is a side that does not start.
 * @param needs the libraries
 */
export function pytorch(bench: string, needs: string) {
  const skip = (reason: string): undefined => void process.stderr.write(`${bench}: left out: ${reason}\n`);
  const python = process.env[PYTHON];
  if (!python) return skip(`${PYTHON} names no Python that has ${needs}`);
  return (script: Script, args: readonly string[], threads: number): Promise<Peer | undefined> =>
    startPeer(python, script, args, threads).catch((error: Error) => skip(error.message));
}

/** PyTorch's side of a comparison; work is counted in questions. */
export function pytorchSide(peer: Peer, asked: object): Side & { scores(): Scores } {
  let latest: Scores = [];
  return {
    async run() {
      const { scores, ...time } = await peer.score(asked);
      latest = scores;
      return { work: scores.length, ...time };
    },
    scores: () => latest,
  };
}

/** Our side, which keeps what it found by the questions' ids; work is counted in questions. */
export function engineSide<Q extends PreparedQuestion>(
  engine: Engine<Q>,
  batches: readonly Rows<Q>[],
): Side & { readonly found: ReadonlyMap<string, readonly AnswerScore[]> } {
  const found = new Map<string, readonly AnswerScore[]>();
  return {
    async run() {
      for (const rows of batches) {
        const scored = await engine.score(rows);
        rows.forEach((row, r) => {
          row.forEach(({ id }, k) => {
            found.set(id, scored[r]![k]!);
          });
        });
      }
      return batches.flat(2).length;
    },
    found,
  };
}

/** Of any token's log-probability that both sides gave. */
export function greatestDifference(
  questions: readonly { readonly id: string }[],
  found: ReadonlyMap<string, readonly AnswerScore[]>,
  expected: Scores,
): number {
  const differences = questions.flatMap(({ id }, q) =>
    found.get(id)!.flatMap(({ tokenLogProbs, closing }, a) => {
      const wanted = expected[q]![a]!;
      return [...tokenLogProbs, ...closing.logProbs].map((value, k) => Math.abs(value - wanted[k]!));
    }),
  );
  return Math.max(...differences);
}
