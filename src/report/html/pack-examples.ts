import { isRight, type Sample } from "../../results/index.js";
import { oneLine, taskTitle } from "../names.js";
import { type Markup, scriptJson } from "./markup.js";
import type { ExamplesIndex, PackedAnswer, PackedExample, PackedModel } from "./packed.js";

/** Examples per chunk: a chunk is parsed in a few milliseconds. */
const CHUNK_SIZE = 250;

export interface PackedExamples {
  readonly index: ExamplesIndex;
  /** each is the JSON of a `PackedExample[]` */
  readonly chunks: readonly Markup[];
}

/**
 * Packs the examples of all models, next to each other, for the page. Models are identified by their names in the samples.
 * @param models their names in the samples, and their display names
 */
export function packExamples(
  samples: ReadonlyMap<string, readonly Sample[]>,
  models: readonly { readonly model: string; readonly name: string }[],
): PackedExamples {
  const place = new Map(models.map(({ model }, k) => [model, k]));
  const outcomes = models.map((): string[] => []);
  const disagree: string[] = [];
  const groups: ExamplesIndex["groups"][number][] = [];
  const chunks: Markup[] = [];
  let count = 0;
  // Keeps only one chunk as objects at a time: as text it is much smaller.
  let open: PackedExample[] = [];
  const close = () => {
    if (open.length > 0) chunks.push(scriptJson(open));
    open = [];
  };
  for (const [task, all] of samples) {
    for (const [pattern, byId] of groupSamples(all, models.length, place)) {
      groups.push({
        task: taskTitle(task),
        pattern: oneLine(pattern),
        from: count,
        count: byId.size,
      });
      for (const own of byId.values()) {
        outcomes.forEach((list, k) => {
          list.push(encodeOutcome(own[k]));
        });
        disagree.push(new Set(own.flatMap((sample) => sample?.predicted ?? [])).size > 1 ? "1" : "0");
        count += 1;
        if (open.push(packExample(own)) === CHUNK_SIZE) close();
      }
    }
  }
  close();
  const index = {
    count,
    chunk: CHUNK_SIZE,
    models: models.map(({ name }) => name),
    groups,
    outcomes: outcomes.map((list) => list.join("")),
    disagree: disagree.join(""),
  };
  return { index, chunks };
}

/** Groups one task's samples by pattern, then by example, with one entry per model; in the order of the samples. */
function groupSamples(samples: readonly Sample[], models: number, place: ReadonlyMap<string, number>) {
  const patterns = new Map<string, Map<string, (Sample | undefined)[]>>();
  for (const sample of samples) {
    const model = place.get(sample.model);
    if (model === undefined) continue;
    const byId = patterns.get(sample.pattern) ?? new Map<string, (Sample | undefined)[]>();
    patterns.set(sample.pattern, byId);
    const own = byId.get(sample.id) ?? new Array<Sample | undefined>(models).fill(undefined);
    byId.set(sample.id, own);
    own[model] = sample;
  }
  return patterns;
}

function encodeOutcome(sample: Sample | undefined): "1" | "0" | "?" | "-" {
  if (sample === undefined) return "-";
  const right = isRight(sample);
  return right === undefined ? "?" : right ? "1" : "0";
}

function packExample(own: readonly (Sample | undefined)[]): PackedExample {
  const first = own.find((sample) => sample !== undefined)!;
  const { id, text, label, gold = [] } = first;
  const answers = packAnswers(first);
  const same = JSON.stringify(answers);
  return {
    id,
    text,
    gold: label === undefined ? gold : [label],
    answers,
    models: own.map((sample): PackedModel | null => {
      if (sample === undefined) return null;
      const others = packAnswers(sample);
      return {
        predicted: sample.predicted,
        scores: sample.answers.map(({ score, tokens, tokenLogProbs, closing }) => [
          roundScore(score),
          tokens,
          tokenLogProbs.map(roundScore),
          closing.logProbs.map(roundScore),
        ]),
        ...(sample.labelScores && {
          labels: sample.labelScores.map(({ label, score }) => [label, roundScore(score)] as const),
        }),
        ...(sample.text !== text && { text: sample.text }),
        ...(sample !== first && JSON.stringify(others) !== same && { answers: others }),
        ...(sample.tie && { tie: 1 as const }),
        ...(sample.cut > 0 && { cut: sample.cut }),
        ...(sample.fewshot && { fewshot: sample.fewshot }),
        ...(sample.shotsDropped && { shotsDropped: sample.shotsDropped }),
      };
    }),
  };
}

function packAnswers({ answers }: Sample): PackedAnswer[] {
  return answers.map(({ answer, label }) => (label === undefined ? [answer] : [answer, label]));
}

/** Rounds to four decimals: more than the page shows, with a third of the bytes. */
function roundScore(value: number): number {
  return Math.round(value * 1e4) / 1e4 || 0;
}
