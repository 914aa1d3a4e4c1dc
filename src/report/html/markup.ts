/** Text that is HTML already: everything else that `html` is given is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | false | undefined | readonly Content[];

/**
 * HTML with values put in as text, whatever they hold; also within quoted attributes. Only `Markup` stands as it is.
 * @example html`<p title="${name}">${parts}</p>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0]!;
  values.forEach((value, k) => {
    text += render(value) + strings[k + 1]!;
  });
  return new Markup(text);
}

/** Adding up, unlike joining, copies nothing: what a page holds of its examples may be very long. */
function render(content: Content): string {
  if (content instanceof Markup) return content.text;
  if (Array.isArray(content)) return content.reduce<string>((text, one) => text + render(one), "");
  if (content === undefined || content === false) return "";
  return escapeHtml(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/**
 * JSON that may stand in a `<script type="application/json">`: without "<" nothing in it can end the element or begin a
 * comment. The two separators are line ends to JavaScript, and editors.
 */
export function scriptJson(value: unknown): Markup {
  const text = JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return new Markup(text);
}

/** A number as it is set: with a real minus. */
export function minus(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}])-(?=\d)/gu, "−");
}

/** A sentence as it is set: no line ends between a number and its unit. */
export function prose(text: string): string {
  return minus(text)
    .replace(/(?<=\d) (?=%|points?\b)/g, "\u00a0")
    .replace(/ (?=(?:F1a?|EM|MCC|Acc\.)(?:[ ,.;]|$))/g, "\u00a0")
    .replace(/\bp ([=<]) (?=\d)/g, "p\u00a0$1\u00a0");
}
