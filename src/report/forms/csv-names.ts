import type { BaselineResults } from "../../results/index.js";

/** A baseline with the names of its CSV columns. */
export interface NamedBaseline {
  readonly results: BaselineResults;
  readonly columns: Readonly<Record<"difference" | "low" | "high" | "p" | "test", string>>;
}

/**
 * Names each baseline's columns after the last part of its model's path or hub name, with characters other than letters,
 * digits, dots, hyphens and underscores replaced by a hyphen, and a number appended if the column name is already taken.
 * @param taken names of the other columns
 */
export function nameBaselines(
  baselines: readonly BaselineResults[],
  taken: readonly string[],
): NamedBaseline[] {
  const names = new Set(taken);
  return baselines.map((results) => {
    const base = makeSafeName(results.model);
    let columns = nameColumns(base);
    for (let k = 2; Object.values(columns).some((column) => names.has(column)); k++)
      columns = nameColumns(`${base}-${k}`);
    for (const column of Object.values(columns)) names.add(column);
    return { results, columns };
  });
}

function nameColumns(name: string): NamedBaseline["columns"] {
  return {
    difference: `${name}_difference`,
    low: `${name}_low`,
    high: `${name}_high`,
    p: `${name}_p`,
    test: `${name}_test`,
  };
}

function makeSafeName(model: string): string {
  const last = model.split(/[\\/]/).findLast((part) => part.trim() !== "") ?? "";
  const safe = last.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "");
  return safe === "" ? "baseline" : safe;
}
