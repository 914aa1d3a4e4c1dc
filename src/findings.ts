import type { FindingCode } from "./error-codes.js";
import { GlmEvalError } from "./errors.js";
import { validateCommand } from "./hints.js";

export type { FindingCode } from "./error-codes.js";

/** A position in a file. Lines and columns count from 1; columns are UTF-16 code units. */
export interface FilePosition {
  readonly file: string;
  readonly line?: number | undefined;
  /** the row of a table that has no text lines, from 1 */
  readonly row?: number | undefined;
  readonly column?: number | undefined;
  /** the column after its last character, if it ends on the same line */
  readonly endColumn?: number | undefined;
}

/** One thing that is wrong, or looks wrong, in a task file or its data. */
export interface Finding extends FilePosition {
  /** a task with an error cannot run; one with a warning can */
  readonly severity: "error" | "warning";
  /** the stable name of this kind of problem: "unknown-column" */
  readonly code: FindingCode;
  /** id of the affected pattern */
  readonly pattern?: string | undefined;
  /** id of an example that shows the problem */
  readonly example?: string | undefined;
  /** what was found, what was expected */
  readonly message: string;
  /** the nearest valid name, what to do */
  readonly hint?: string | undefined;
}

/** A sink for findings. Each check receives one, adds what it finds, and continues. */
export interface Problems {
  add(finding: Finding): void;
}

/** A finding as an error, for callers that cannot continue. */
export class FindingError extends GlmEvalError {
  readonly finding: Finding;

  constructor(finding: Finding, options: { cause?: unknown } = {}) {
    super(finding.code, describeFinding(finding), { hint: finding.hint, cause: options.cause });
    this.finding = finding;
  }
}

/** Makes the error for a file that cannot be read any further. */
export function dataError(
  position: FilePosition,
  code: FindingCode,
  message: string,
  hint?: string,
  cause?: unknown,
): FindingError {
  return new FindingError({ severity: "error", code, ...position, message, hint }, { cause });
}

/** For callers that need a valid result or none: throws the first error. */
export const STRICT: Problems = {
  add(finding) {
    if (finding.severity === "error") throw new FindingError(finding);
  },
};

/** How many findings of one code are kept in full: a thousand rows with the same mistake are one problem. */
const MAX_KEPT = 10;

/** The number of findings of one kind that are not listed. */
export interface Omitted {
  readonly severity: Finding["severity"];
  readonly code: FindingCode;
  readonly pattern?: string | undefined;
  readonly count: number;
}

function getKind({ severity, code, pattern }: Pick<Finding, "severity" | "code" | "pattern">): string {
  return JSON.stringify([severity, code, pattern]);
}

/** Collects findings: the first ten for each code and pattern, and how many more there are. */
export class Findings implements Problems {
  readonly #kept: Finding[] = [];
  readonly #omitted = new Map<string, Omitted>();
  readonly #counts = new Map<string, number>();
  readonly #bySeverity = { error: 0, warning: 0 };

  add(finding: Finding): void {
    const { severity, code, pattern } = finding;
    this.#bySeverity[severity]++;
    const kind = getKind(finding);
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= MAX_KEPT) this.#kept.push(finding);
    else this.#omitted.set(kind, { severity, code, pattern, count: count - MAX_KEPT });
  }

  get errors(): number {
    return this.#bySeverity.error;
  }

  get warnings(): number {
    return this.#bySeverity.warning;
  }

  /** in the order they were found */
  get list(): readonly Finding[] {
    return this.#kept;
  }

  get omitted(): readonly Omitted[] {
    return [...this.#omitted.values()];
  }

  /**
   * @param options where the data was looked for, if it was read
   * @throws FindingError for the first error; it says how many more there are, and how to list them
   */
  throwFirst(taskFile: string, options: Parameters<typeof validateCommand>[1] = {}): void {
    const first = this.#kept.find(({ severity }) => severity === "error");
    if (first === undefined) return;
    if (this.errors === 1) throw new FindingError(first);
    const more = `and ${this.errors - 1} more: run ${validateCommand(taskFile, options)}`;
    const own = first.hint?.replace(/\.$/, "");
    throw new FindingError({ ...first, hint: own === undefined ? more : `${own}; ${more}` });
  }
}

/** "boolq.yaml:12:34: pattern p4: the data has no column "premis" (example 17)" */
export function describeFinding({ pattern, example, message, ...position }: Finding): string {
  return [
    `${describePosition(position)}: `,
    pattern === undefined ? "" : `pattern ${pattern}: `,
    message,
    example === undefined ? "" : ` (example ${example})`,
  ].join("");
}

/** "boolq.yaml:12:34", "val.parquet: row 3" */
export function describePosition({ file, line, column, row }: FilePosition): string {
  const position = [file, line, column].filter((each) => each !== undefined).join(":");
  return row === undefined ? position : `${position}: row ${row}`;
}

/** Warnings as lines, one for each kind, which says how many more there are of it. */
export function warningLines({ list, omitted }: Pick<Findings, "list" | "omitted">): string[] {
  const warnings = list.filter(({ severity }) => severity === "warning");
  return [...new Set(warnings.map(getKind))].map((kind) => {
    const [first, ...others] = warnings.filter((each) => getKind(each) === kind);
    const more = others.length + (omitted.find((each) => getKind(each) === kind)?.count ?? 0);
    const hint = first!.hint === undefined ? "" : ` (${first!.hint})`;
    return `${describeFinding(first!)}${hint}${more === 0 ? "" : `; and ${more} more like this`}`;
  });
}
