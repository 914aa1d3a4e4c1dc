import { ERROR_CODES, type ErrorCode, type ErrorKind, EXIT_CODES } from "./error-codes.js";
import { describeHiddenDifference, looksLike } from "./look-alike.js";

export { ERROR_CODES, type ErrorCode, type ErrorKind, type ErrorMeaning } from "./error-codes.js";
export { describeHiddenDifference } from "./look-alike.js";

/**
 * An error that the user can fix. Its message says what was found and what was expected; its hint says what to do.
 * Any other exception is a bug in this program (exit code 1).
 *
 * @example
 * try {
 *   await run({ tasks: ["copa"], model: "./glm-large", output: "results/copa" });
 * } catch (error) {
 *   if (!(error instanceof GlmEvalError && error.code === "run-exists")) throw error;
 * }
 */
export class GlmEvalError extends Error {
  override readonly name = "GlmEvalError";
  /** the stable name of this kind of problem */
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  get kind(): ErrorKind {
    return ERROR_CODES[this.code].kind;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** User-facing meanings of the operating system's error codes. */
const FILE_ERRORS: Record<string, { readonly code: ErrorCode; readonly meaning: string }> = {
  EACCES: { code: "no-permission", meaning: "no permission" },
  EPERM: { code: "no-permission", meaning: "no permission" },
  EROFS: { code: "no-permission", meaning: "the file system is read-only" },
  ENOSPC: { code: "disk-full", meaning: "the disk is full" },
  EDQUOT: { code: "disk-full", meaning: "the disk quota is used up" },
  EFBIG: { code: "file-too-large", meaning: "the file exceeds the maximum file size of this system" },
  EIO: { code: "disk-failure", meaning: "the disk reported an I/O error" },
  ENOENT: { code: "file-not-found", meaning: "no such file or folder" },
  ENOTDIR: { code: "file-not-found", meaning: "part of the path is not a folder" },
  EISDIR: { code: "is-a-folder", meaning: "it is a folder" },
  EEXIST: { code: "file-exists", meaning: "it already exists" },
  EMFILE: { code: "too-many-files", meaning: "too many open files" },
};

/**
 * Converts an operating system error about a file into a user-facing one; returns undefined for any other error.
 * @param options file: its name, if the error itself does not contain it
 */
export function fileError(
  error: unknown,
  { file = "a file", hint }: { file?: string; hint?: string | undefined } = {},
): GlmEvalError | undefined {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const known = code && syscall ? FILE_ERRORS[code] : undefined;
  if (known === undefined) return undefined;
  return new GlmEvalError(known.code, `${path ?? file}: ${known.meaning} (${syscall})`, {
    hint,
    cause: error,
  });
}

/** Formats an error as one line, to be printed next to other output: its message and its hint. */
export function explain(error: unknown): string {
  if (error instanceof GlmEvalError) return error.hint ? `${error.message} (${error.hint})` : error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** Returns the element of `known` nearest to a mistyped `word` (at most a third of its letters differ), for "Did you mean". */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  const alike = names.find((candidate) => looksLike(word, candidate));
  if (alike !== undefined) return alike;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of names) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    // Two words with nothing in common ("a" and "b") are not near.
    if (distance < bestDistance && distance < Math.max(word.length, candidate.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Maximum number of names listed in a hint; a table may have hundreds of columns. */
const MAX_LISTED = 30;

/** `Did you mean "premise"? The columns are: premise, hypothesis`; the question is asked only if a name is near. */
export function didYouMean(word: string, known: readonly string[], kind: string): string {
  const near = nearest(word, known);
  const all = `The ${kind} are: ${listNames(known)}`;
  if (near === undefined) return all;
  const unseen = describeHiddenDifference(word, near);
  return `Did you mean "${near}"? ${unseen === undefined ? "" : `They look alike: ${unseen}. `}${all}`;
}

/** Lists names, separated by commas; of many only the first. */
export function listNames(names: readonly string[]): string {
  const more = names.length > MAX_LISTED ? `, … (${names.length} in total)` : "";
  return `${names.slice(0, MAX_LISTED).join(", ")}${more}`;
}

/** Number of edits that turn one word into the other; swapping two adjacent letters counts as one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
