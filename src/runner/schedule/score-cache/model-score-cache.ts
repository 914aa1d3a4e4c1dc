import { join } from "node:path";
import { crc32 } from "node:zlib";
import { GlmEvalError } from "../../../errors.js";
import type { AnswerScore, ModelFacts } from "../../../scoring/index.js";
import { append, type OpenFile, openOrBegin, readWhole, refusal } from "./cache-file.js";
import { type CachedScores, readContent, readRecord, recordLines, type Span } from "./lines.js";
import { identityHash, identityOf, isSameIdentity, type ModelIdentity } from "./model-identity.js";

/** Scores of one model by the keys of prepared questions (`keyOf`). */
export interface ScoreCache {
  get(key: string): readonly AnswerScore[] | undefined;
  /** Keeps scores for this run and later ones; the first that are put under a key stay. */
  put(entries: readonly CachedScores[]): Promise<void>;
}

/** What of a file a run sees: its bytes at the moment when the run began. */
export interface Snapshot {
  /** the file's id; null where there was no file that could be used */
  readonly file: string | null;
  readonly bytes: number;
  /** CRC-32 of these bytes */
  readonly checksum: number;
}

export interface OpenOptions {
  /** where the files of all models lie */
  readonly folder: string;
  /** the model's name, for people who look at the cache */
  readonly model: string;
  readonly facts: ModelFacts;
  /** the one with which the run began, where it goes on */
  readonly snapshot?: Snapshot | undefined;
  /** told, in a sentence, why the cache cannot be read, or not be written, or is not what it was */
  readonly onTrouble: (sentence: string) => void;
}

/** A file that can be used, and what was in it when it was opened. */
interface Opened {
  readonly file: OpenFile;
  readonly id: string;
  readonly bytes: Buffer;
  readonly records: ReadonlyMap<string, Span>;
}

const NO_BYTES = Buffer.alloc(0);

/**
 * Opens the score cache of a model; one that cannot be used is told, and the run goes on with what it scores itself.
 *
 * A run sees what was in the file when it began and what it scores itself, nothing that other runs put meanwhile. So
 * which questions the model is asked, and with them the last digits of all scores, hang on the snapshot alone.
 */
export async function openScoreCache(options: OpenOptions): Promise<ModelScoreCache> {
  const { folder, model, facts, snapshot, onTrouble } = options;
  const identity = identityOf(facts);
  const path = join(folder, `${identityHash(identity)}.jsonl`);
  let opened: Opened | undefined;
  try {
    opened = await openFor(identity, model, path);
  } catch (error) {
    onTrouble(`the score cache is not used: ${refusal(error, path)}`);
  }
  const bytes = opened?.bytes ?? NO_BYTES;
  const now: Snapshot = { file: opened?.id ?? null, bytes: bytes.length, checksum: crc32(bytes) };
  const seen = snapshot === undefined ? now : seenAgain(snapshot, now, bytes);
  if (snapshot !== undefined && seen.bytes < snapshot.bytes)
    onTrouble(
      "the score cache was cleared or changed since the run began: what it held is scored again, and last digits may differ",
    );
  return new ModelScoreCache(opened, path, seen, onTrouble);
}

/** @throws what the system refuses, GlmEvalError (data) for a file that cannot be believed */
async function openFor(identity: ModelIdentity, model: string, path: string): Promise<Opened> {
  const file = await openOrBegin(path, { model, identity });
  try {
    const bytes = await readWhole(file.handle);
    const { header, records } = readContent(bytes, bytes.length);
    if (header === undefined || !isSameIdentity(header.identity, identity)) {
      const found = header === undefined ? "its first line is damaged" : "it is another model's";
      throw new GlmEvalError("score-cache-damaged", `${path}: ${found} (glm-eval cache clear removes it)`);
    }
    // The last use, for whoever looks at the cache.
    await file.handle.utimes(new Date(), new Date()).catch(() => undefined);
    return { file, id: header.file, bytes, records };
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}

/** The snapshot of an earlier process, where the file still has it; else one of nothing. */
function seenAgain(wanted: Snapshot, now: Snapshot, bytes: Buffer): Snapshot {
  const isSame =
    now.file === wanted.file &&
    now.bytes >= wanted.bytes &&
    crc32(bytes.subarray(0, wanted.bytes)) === wanted.checksum;
  return isSame ? wanted : { file: now.file, bytes: 0, checksum: 0 };
}

/** One model's scores: those of the snapshot, and those that this run put. */
export class ModelScoreCache implements ScoreCache {
  readonly snapshot: Snapshot;
  readonly #opened: Opened | undefined;
  readonly #path: string;
  readonly #seen: ReadonlyMap<string, Span>;
  readonly #own = new Map<string, readonly AnswerScore[]>();
  readonly #onTrouble: (sentence: string) => void;
  #isWritten = true;
  #asked = 0;
  #hits = 0;

  constructor(
    opened: Opened | undefined,
    path: string,
    snapshot: Snapshot,
    onTrouble: (sentence: string) => void,
  ) {
    this.snapshot = snapshot;
    this.#opened = opened;
    this.#path = path;
    this.#seen = opened ? seenOf(opened, snapshot) : new Map();
    this.#onTrouble = onTrouble;
  }

  /** how many questions were looked up */
  get asked(): number {
    return this.#asked;
  }

  /** how many of them earlier runs had scored */
  get hits(): number {
    return this.#hits;
  }

  get(key: string): readonly AnswerScore[] | undefined {
    this.#asked++;
    const span = this.#seen.get(key);
    const found = span && readRecord(this.#opened!.bytes, span);
    if (found === undefined) return this.#own.get(key);
    this.#hits++;
    return found.answers;
  }

  async put(entries: readonly CachedScores[]): Promise<void> {
    const fresh = entries.filter(({ key, answers }) => {
      if (this.#own.has(key)) return false;
      this.#own.set(key, answers);
      // What others put after the snapshot is not seen, and need not be put again.
      return this.#opened?.records.has(key) === false;
    });
    if (this.#opened === undefined || !this.#isWritten || fresh.length === 0) return;
    const { handle, readOnly } = this.#opened.file;
    try {
      if (readOnly !== undefined) throw readOnly;
      await append(handle, recordLines(fresh));
    } catch (error) {
      const why = refusal(error, this.#path);
      if (this.#isWritten) this.#onTrouble(`what is scored is not kept in the score cache: ${why}`);
      this.#isWritten = false;
    }
  }

  async close(): Promise<void> {
    await this.#opened?.file.handle.close();
  }
}

function seenOf({ bytes, records }: Opened, snapshot: Snapshot): ReadonlyMap<string, Span> {
  return snapshot.bytes === bytes.length ? records : readContent(bytes, snapshot.bytes).records;
}
