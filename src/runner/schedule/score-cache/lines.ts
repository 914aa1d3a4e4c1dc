import { crc32 } from "node:zlib";
import { z } from "zod";
import type { AnswerScore } from "../../../scoring/index.js";
import { answerScores } from "../../record/answer-scores.js";
import type { ModelIdentity } from "./model-identity.js";

// A file of the score cache is lines of a checksum (CRC-32 of the rest, 8 hex digits), a space and JSON: the header, and
// then one record per question. Each append starts with a newline, so a line torn earlier loses only itself.

const FORMAT = 1;
const CHECKSUM = 8;
const KEY_BEGINS = '{"key":"';
const KEY_LENGTH = 32;
/** the first byte of a record's key, after its line's begin */
const KEY_AT = CHECKSUM + 1 + KEY_BEGINS.length;
const NEWLINE = 10;

const header = z.object({
  format: z.literal(FORMAT),
  file: z.string(),
  model: z.string(),
  identity: z.record(z.string(), z.unknown()),
});

const record = z.object({ key: z.string().length(KEY_LENGTH), answers: answerScores });

export interface Header {
  /** a random id: a file that was cleared and started again gets a new one */
  readonly file: string;
  /** the model's name in the run that started the file, for people */
  readonly model: string;
  readonly identity: ModelIdentity;
}

/** The scores of a prepared question's answers, with its key. */
export interface CachedScores {
  readonly key: string;
  readonly answers: readonly AnswerScore[];
}

/** The position of a line's JSON in its file. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The content of a file. */
export interface Content {
  /** undefined if the first line is damaged or has another format */
  readonly header: Header | undefined;
  /** records by key; for a question scored twice, always the first record */
  readonly records: ReadonlyMap<string, Span>;
  /** number of lines that are cut short, as a killed process leaves them */
  readonly cutShort: number;
  /** number of other damaged lines */
  readonly damaged: number;
}

export function formatHeader(header: Header): string {
  return `${checked(JSON.stringify({ format: FORMAT, ...header }))}\n`;
}

/** Formats entries for one append. */
export function formatRecords(entries: readonly CachedScores[]): Buffer {
  const lines = entries.map(({ key, answers }) => checked(JSON.stringify({ key, answers })));
  return Buffer.from(`\n${lines.join("\n")}\n`);
}

/** Reads a file's bytes up to `end`; a line that continues beyond it counts as cut short. */
export function readContent(bytes: Buffer, end: number): Content {
  const records = new Map<string, Span>();
  let cutShort = 0;
  let damaged = 0;
  let first: Header | undefined;
  for (let start = 0; start < end; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const to = newline < 0 ? end : newline;
    if (to > start) {
      const key = newline >= 0 && newline < end && isWhole(bytes, start, to) && keyIn(bytes, start);
      if (start === 0) first = key === false ? undefined : parseHeader(bytes, to);
      else if (key === false && isCutShort(bytes.toString("latin1", start, to))) cutShort++;
      else if (!key) damaged++;
      else if (!records.has(key)) records.set(key, { from: start + CHECKSUM + 1, to });
    }
    start = to + 1;
  }
  return { header: first, records, cutShort, damaged };
}

/** Reads the record at a position from `readContent`; undefined if it is not a record although its checksum is right. */
export function readRecord(bytes: Buffer, { from, to }: Span): CachedScores | undefined {
  try {
    return record.safeParse(JSON.parse(bytes.toString("utf8", from, to))).data;
  } catch {
    return undefined;
  }
}

function checked(json: string): string {
  return `${crc32(json).toString(16).padStart(CHECKSUM, "0")} ${json}`;
}

function isWhole(bytes: Buffer, start: number, end: number): boolean {
  const json = start + CHECKSUM + 1;
  if (json >= end) return false;
  return (
    bytes.toString("latin1", start, json) ===
    `${crc32(bytes.subarray(json, end)).toString(16).padStart(CHECKSUM, "0")} `
  );
}

/** Returns whether a line is cut short: within its checksum, or with more opened than closed braces (lines contain no text). */
function isCutShort(line: string): boolean {
  if (/^[0-9a-f]{1,8} ?$/.test(line)) return true;
  const braces = (which: string) => line.split(which).length;
  return /^[0-9a-f]{8} \{/.test(line) && braces("{") > braces("}");
}

/** Returns an intact line's key; empty if it is not a record. */
function keyIn(bytes: Buffer, start: number): string {
  const isRecord = bytes.toString("latin1", start + CHECKSUM + 1, start + KEY_AT) === KEY_BEGINS;
  return isRecord ? bytes.toString("latin1", start + KEY_AT, start + KEY_AT + KEY_LENGTH) : "";
}

function parseHeader(bytes: Buffer, end: number): Header | undefined {
  const parsed = header.safeParse(JSON.parse(bytes.toString("utf8", CHECKSUM + 1, end)));
  if (!parsed.success) return undefined;
  const { file, model, identity } = parsed.data;
  return { file, model, identity };
}
