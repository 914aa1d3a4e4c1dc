import type { BaselineResults } from "../../results/index.js";

/** A baseline with the names of its columns in the CSV. */
export interface NamedBaseline {
  readonly results: BaselineResults;
  readonly columns: Readonly<Record<"difference" | "low" | "high" | "p" | "test", string>>;
}

/**
 * Names each baseline's columns by the last part of its model's path or hub name, with what is neither letter, digit,
 * dot, hyphen nor underscore replaced by a hyphen, and a number behind it where a column of that name is there already.
 * @param taken names of the other columns
 */
export function nameBaselines(
  baselines: readonly BaselineResults[],
  taken: readonly string[],
): NamedBaseline[] {
  const names = new Set(taken);
  return baselines.map((results) => {
    const base = safeName(results.model);
    let columns = columnsOf(base);
    for (let k = 2; Object.values(columns).some((column) => names.has(column)); k++)
      columns = columnsOf(`${base}-${k}`);
    for (const column of Object.values(columns)) names.add(column);
    return { results, columns };
  });
}

function columnsOf(name: string): NamedBaseline["columns"] {
  return {
    difference: `${name}_difference`,
    low: `${name}_low`,
    high: `${name}_high`,
    p: `${name}_p`,
    test: `${name}_test`,
  };
}

function safeName(model: string): string {
  const last = model.split(/[\\/]/).findLast((part) => part.trim() !== "") ?? "";
  const safe = last.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "");
  return safe === "" ? "baseline" : safe;
}
