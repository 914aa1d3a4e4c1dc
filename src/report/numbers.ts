/** Formats a fraction of 1 as a percentage with one decimal: 0.7 is "70.0". */
export function formatFraction(fraction: number): string {
  return formatPercent(100 * fraction);
}

/** Formats a number in percent, or a difference in points, with one decimal: 70 is "70.0"; "–" if it is not finite. */
export function formatPercent(percent: number): string {
  if (!Number.isFinite(percent)) return "–";
  const text = percent.toFixed(1);
  return text === "-0.0" ? "0.0" : text;
}

/** Formats a difference in points with its sign: "+5.5", "-0.3", "0.0". */
export function formatPoints(points: number): string {
  const text = formatPercent(points);
  return points > 0 && text !== "0.0" ? `+${text}` : text;
}

/** Formats a p-value with three decimals and no zero before the point: ".021", "1.000", "<.001". */
export function formatP(p: number): string {
  return p < 0.001 ? "<.001" : p.toFixed(3).replace(/^0/, "");
}

/** Formats a difference of fractions in points with its sign: 0.055 is "+5.5". */
export function formatSignedFraction(fraction: number): string {
  return formatPoints(100 * fraction);
}
