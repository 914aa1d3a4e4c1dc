import type { FindingCode } from "./error-codes.js";
import { GlmEvalError } from "./errors.js";

export type { FindingCode } from "./error-codes.js";

/** Where something stands in a file. Lines and columns count from 1; columns are UTF-16 units. */
export interface FilePosition {
  readonly file: string;
  readonly line?: number | undefined;
  /** of a table that has no lines to open, from 1 */
  readonly row?: number | undefined;
  readonly column?: number | undefined;
  /** the column after its last character, where it ends in its line */
  readonly endColumn?: number | undefined;
}

/** One thing that is wrong, or looks wrong, in a task file or its data. */
export interface Finding extends FilePosition {
  /** an error keeps the task from being run; a warning does not */
  readonly severity: "error" | "warning";
  /** the kind of problem, by a name that stays: "unknown-column" */
  readonly code: FindingCode;
  /** id of the pattern that it is in */
  readonly pattern?: string | undefined;
  /** id of the example that shows it */
  readonly example?: string | undefined;
  /** what was found, what was expected */
  readonly message: string;
  /** the nearest valid name, what to do */
  readonly hint?: string | undefined;
}

/** Takes what is found. Whatever looks for problems is given one, says what it finds, and goes on. */
export interface Problems {
  add(finding: Finding): void;
}

/** A finding as an error, for callers that cannot go on with it. */
export class FindingError extends GlmEvalError {
  readonly finding: Finding;

  constructor(finding: Finding, options: { cause?: unknown } = {}) {
    super(finding.code, describeFinding(finding), { hint: finding.hint, cause: options.cause });
    this.finding = finding;
  }
}

/** An error in a file that cannot be read further. */
export function dataError(
  position: FilePosition,
  code: FindingCode,
  message: string,
  hint?: string,
  cause?: unknown,
): FindingError {
  return new FindingError({ severity: "error", code, ...position, message, hint }, { cause });
}

/** For callers that want a sound thing or none: the first error is thrown. */
export const STRICT: Problems = {
  add(finding) {
    if (finding.severity === "error") throw new FindingError(finding);
  },
};

/** Findings of one code that are kept in full: a thousand rows with the same slip are one problem. */
const KEPT = 10;

/** How many more there are of a kind than are listed. */
export interface Omitted {
  readonly severity: Finding["severity"];
  readonly code: FindingCode;
  readonly pattern?: string | undefined;
  readonly count: number;
}

function kindOf({ severity, code, pattern }: Pick<Finding, "severity" | "code" | "pattern">): string {
  return JSON.stringify([severity, code, pattern]);
}

/** Collects findings: of each code and pattern the first ten, and how many more there are. */
export class Findings implements Problems {
  readonly #kept: Finding[] = [];
  readonly #omitted = new Map<string, Omitted>();
  readonly #counts = new Map<string, number>();
  readonly #bySeverity = { error: 0, warning: 0 };

  add(finding: Finding): void {
    const { severity, code, pattern } = finding;
    this.#bySeverity[severity]++;
    const kind = kindOf(finding);
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= KEPT) this.#kept.push(finding);
    else this.#omitted.set(kind, { severity, code, pattern, count: count - KEPT });
  }

  get errors(): number {
    return this.#bySeverity.error;
  }

  get warnings(): number {
    return this.#bySeverity.warning;
  }

  /** in the order of finding */
  get list(): readonly Finding[] {
    return this.#kept;
  }

  get omitted(): readonly Omitted[] {
    return [...this.#omitted.values()];
  }

  /** @throws FindingError made of the first error, which tells how many more there are, and how to see them */
  throwFirst(taskFile: string): void {
    const first = this.#kept.find(({ severity }) => severity === "error");
    if (first === undefined) return;
    if (this.errors === 1) throw new FindingError(first);
    const more = `and ${this.errors - 1} more: run glm-eval tasks validate ${taskFile}`;
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
  return [...new Set(warnings.map(kindOf))].map((kind) => {
    const [first, ...others] = warnings.filter((each) => kindOf(each) === kind);
    const more = others.length + (omitted.find((each) => kindOf(each) === kind)?.count ?? 0);
    const hint = first!.hint === undefined ? "" : ` (${first!.hint})`;
    return `${describeFinding(first!)}${hint}${more === 0 ? "" : `; and ${more} more like this`}`;
  });
}
