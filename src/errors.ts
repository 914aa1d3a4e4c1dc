/** What went wrong, in the words of the exit codes that scripts can test for. */
export type ErrorKind =
  /** wrong command line or wrong call: exit code 2 */
  | "usage"
  /** a bad task file, data file or checkpoint: exit code 3 */
  | "data"
  /** a model or device that cannot be used (not found, hub out of reach, too big): exit code 4 */
  | "model";

const EXIT_CODES: Record<ErrorKind, number> = { usage: 2, data: 3, model: 4 };

/**
 * An error that the user can mend. Its message says what was found and what was expected, its hint what to do.
 * Everything else that is thrown is a defect of this program (exit code 1).
 */
export class GlmEvalError extends Error {
  override readonly name = "GlmEvalError";
  readonly kind: ErrorKind;
  readonly hint: string | undefined;

  constructor(kind: ErrorKind, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint;
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** What the operating system's refusals mean to a user. */
const FILE_ERRORS: Record<string, string> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file is larger than files may be here",
  EIO: "the disk fails",
  ENOENT: "no such file or folder",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder",
  EEXIST: "it exists already",
  EMFILE: "too many open files",
};

/**
 * An error of the operating system about a file in a user's words; undefined for any other error.
 * @param options file: its name, where the error itself does not say it
 */
export function fileError(
  error: unknown,
  { file = "a file", hint }: { file?: string; hint?: string } = {},
): GlmEvalError | undefined {
  const { code, path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const meaning = code && syscall ? FILE_ERRORS[code] : undefined;
  if (meaning === undefined) return undefined;
  return new GlmEvalError("data", `${path ?? file}: ${meaning} (${syscall})`, {
    ...(hint !== undefined && { hint }),
    cause: error,
  });
}

/** An error in one line, for where it is told beside other things: its message, and what to do about it. */
export function explain(error: unknown): string {
  if (error instanceof GlmEvalError) return error.hint ? `${error.message} (${error.hint})` : error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** The nearest of `known` to a mistyped `word` (at most a third of its letters off), for "did you mean". */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    // Two words that have nothing in common ("a" and "b") are not near.
    if (distance < bestDistance && distance < Math.max(word.length, candidate.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Names listed in a hint; a table may have hundreds of columns. */
const LISTED = 30;

/** `did you mean "premise"? The columns are: premise, hypothesis`; the question only where one name is near. */
export function didYouMean(word: string, known: readonly string[], kind: string): string {
  const near = nearest(word, known);
  const more = known.length > LISTED ? `, … (${known.length} in all)` : "";
  const all = `The ${kind} are: ${known.slice(0, LISTED).join(", ")}${more}`;
  return near === undefined ? all : `did you mean "${near}"? ${all}`;
}

/** Edits that turn one word into the other, two neighbouring letters swapped counted as one (optimal string alignment). */
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
