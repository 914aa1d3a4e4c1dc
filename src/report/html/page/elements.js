// Helpers for making elements and formatting numbers. Texts are always inserted as text, never as HTML.

export const counts = new Intl.NumberFormat("en-GB");

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string | undefined} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function makeElement(tag, className = "", text = undefined) {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** Formats a number with a real minus sign. @param {number} value @param {number} digits */
export function formatFixed(value, digits) {
  return value.toFixed(digits).replace("-", "−");
}

/** Makes a list of names with their values. @param {readonly (readonly [string, string])[]} pairs */
export function makeFacts(pairs) {
  const made = makeElement("dl", "facts");
  for (const [name, value] of pairs) {
    const pair = makeElement("div");
    pair.append(makeElement("dt", "", name), makeElement("dd", "", value));
    made.append(pair);
  }
  return made;
}
