import { snakeKeys } from "../../json.js";
import type { RunResults } from "../../results/index.js";
import { listComparisons } from "../comparisons.js";

/** Writes a run's paired differences as JSON: two spaces, snake_case keys, fractions in full precision, one newline at the end. */
export function comparisonJson(results: RunResults): string {
  const { model, protocol, split } = results;
  const comparisons = listComparisons(results).map(({ record }) => record);
  return `${JSON.stringify(snakeKeys({ schema: 1, model, protocol, split, comparisons }), null, 2)}\n`;
}
