import { join } from "node:path";
import { crc32 } from "node:zlib";
import { GlmEvalError } from "../../../errors.js";
import type { AnswerScore, ModelFacts } from "../../../scoring/index.js";
import { append, describeFailure, type OpenFile, openOrCreate, readWhole } from "./cache-file.js";
import { type CachedScores, formatRecords, readContent, readRecord, type Span } from "./lines.js";
import { getIdentity, hashIdentity, isSameIdentity, type ModelIdentity } from "./model-identity.js";

/** Scores of one model by the keys of prepared questions (`getKey`). */
export interface ScoreCache {
  get(key: string): readonly AnswerScore[] | undefined;
  /** Stores scores for this run and later ones; the first stored under a key are kept. */
  put(entries: readonly CachedScores[]): Promise<void>;
}

/** The part of a file that a run sees: its bytes at the start of the run. */
export interface Snapshot {
  /** the file's id; null if there was no usable file */
  readonly file: string | null;
  readonly bytes: number;
  /** CRC-32 of these bytes */
  readonly checksum: number;
}

export interface OpenOptions {
  /** the folder with the files of all models */
  readonly folder: string;
  /** the model's name, for people who inspect the cache */
  readonly model: string;
  readonly facts: ModelFacts;
  /** the snapshot from the start of the run, if it is resumed */
  readonly snapshot?: Snapshot | undefined;
  /** called with a sentence if the cache cannot be read or written, or has changed */
  readonly onTrouble: (sentence: string) => void;
}

/** A usable file, and its content when it was opened. */
interface Opened {
  readonly file: OpenFile;
  readonly id: string;
  readonly bytes: Buffer;
  readonly records: ReadonlyMap<string, Span>;
}

const NO_BYTES = Buffer.alloc(0);

/**
 * Opens the score cache of a model; if it is not usable, that is reported, and the run continues with its own scores.
 *
 * A run sees the content of the file at its start and its own scores, not what other runs add in the meantime. So which
 * questions are scored, and with them the last digits of all scores, depends only on the snapshot.
 */
export async function openScoreCache(options: OpenOptions): Promise<ModelScoreCache> {
  const { folder, model, facts, snapshot, onTrouble } = options;
  const identity = getIdentity(facts);
  const path = join(folder, `${hashIdentity(identity)}.jsonl`);
  let opened: Opened | undefined;
  try {
    opened = await openFor(identity, model, path);
  } catch (error) {
    onTrouble(`the score cache is not used: ${describeFailure(error, path)}`);
  }
  const bytes = opened?.bytes ?? NO_BYTES;
  const now: Snapshot = { file: opened?.id ?? null, bytes: bytes.length, checksum: crc32(bytes) };
  const seen = snapshot === undefined ? now : restoreSnapshot(snapshot, now, bytes);
  if (snapshot !== undefined && seen.bytes < snapshot.bytes)
    onTrouble(
      "the score cache was cleared or changed since the run started: its questions are scored again, and last digits may differ",
    );
  return new ModelScoreCache(opened, path, seen, onTrouble);
}

/** Opens a file. @throws system errors, and GlmEvalError (data) for a file that cannot be trusted */
async function openFor(identity: ModelIdentity, model: string, path: string): Promise<Opened> {
  const file = await openOrCreate(path, { model, identity });
  try {
    const bytes = await readWhole(file.handle);
    const { header, records } = readContent(bytes, bytes.length);
    if (header === undefined || !isSameIdentity(header.identity, identity)) {
      const found = header === undefined ? "its first line is damaged" : "it belongs to another model";
      throw new GlmEvalError("score-cache-damaged", `${path}: ${found} (glm-eval cache clear removes it)`);
    }
    // Records the last use, for people who inspect the cache.
    await file.handle.utimes(new Date(), new Date()).catch(() => undefined);
    return { file, id: header.file, bytes, records };
  } catch (error) {
    await file.handle.close();
    throw error;
  }
}

/** Returns the snapshot of an earlier process if the file still has it, else an empty one. */
function restoreSnapshot(wanted: Snapshot, now: Snapshot, bytes: Buffer): Snapshot {
  const isSame =
    now.file === wanted.file &&
    now.bytes >= wanted.bytes &&
    crc32(bytes.subarray(0, wanted.bytes)) === wanted.checksum;
  return isSame ? wanted : { file: now.file, bytes: 0, checksum: 0 };
}

/** One model's scores: those of the snapshot, and those that this run stored. */
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
    this.#seen = opened ? readVisible(opened, snapshot) : new Map();
    this.#onTrouble = onTrouble;
  }

  /** number of questions looked up */
  get asked(): number {
    return this.#asked;
  }

  /** number of them that earlier runs had scored */
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
      // Scores that others stored after the snapshot are not visible, and need not be stored again.
      return this.#opened?.records.has(key) === false;
    });
    if (this.#opened === undefined || !this.#isWritten || fresh.length === 0) return;
    const { handle, readOnly } = this.#opened.file;
    try {
      if (readOnly !== undefined) throw readOnly;
      await append(handle, formatRecords(fresh));
    } catch (error) {
      const why = describeFailure(error, this.#path);
      if (this.#isWritten) this.#onTrouble(`scores are not stored in the score cache: ${why}`);
      this.#isWritten = false;
    }
  }

  async close(): Promise<void> {
    await this.#opened?.file.handle.close();
  }
}

function readVisible({ bytes, records }: Opened, snapshot: Snapshot): ReadonlyMap<string, Span> {
  return snapshot.bytes === bytes.length ? records : readContent(bytes, snapshot.bytes).records;
}
