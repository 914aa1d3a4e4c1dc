/** A fraction of 1 as a percentage with one decimal: 0.7 is "70.0". */
export function percent(fraction: number): string {
  return percentText(100 * fraction);
}

/** A number in percent, or a difference in points, with one decimal: 70 is "70.0"; "–" for what is no number. */
export function percentText(percent: number): string {
  if (!Number.isFinite(percent)) return "–";
  const text = percent.toFixed(1);
  return text === "-0.0" ? "0.0" : text;
}

/** A difference in points with its sign: "+5.5", "-0.3", "0.0". */
export function signedText(points: number): string {
  const text = percentText(points);
  return points > 0 && text !== "0.0" ? `+${text}` : text;
}

/** A p value with three decimals and no zero before the point: ".021", "1.000", "<.001". */
export function pValue(p: number): string {
  return p < 0.001 ? "<.001" : p.toFixed(3).replace(/^0/, "");
}

/** A difference of fractions in points with its sign: 0.055 is "+5.5". */
export function signed(fraction: number): string {
  return signedText(100 * fraction);
}
