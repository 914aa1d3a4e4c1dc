/** Text that is already HTML; `html` escapes everything else. */
export class Markup {
  constructor(readonly text: string) {}
}

export type Content = Markup | string | number | false | undefined | readonly Content[];

/**
 * Makes HTML, inserting any value as escaped text, also in quoted attributes. Only `Markup` is inserted as it is.
 * @example html`<p title="${name}">${parts}</p>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = strings[0]!;
  values.forEach((value, k) => {
    text += render(value) + strings[k + 1]!;
  });
  return new Markup(text);
}

/** Concatenates instead of joining, which would copy: the examples of a page can be very long. */
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
 * Makes JSON that is safe in a `<script type="application/json">`: without "<", nothing in it can end the element or start
 * a comment. The two separators are escaped because JavaScript and editors treat them as line ends.
 */
export function scriptJson(value: unknown): Markup {
  const text = JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return new Markup(text);
}

/** Replaces hyphens before numbers by a real minus sign. */
export function minus(text: string): string {
  return text.replace(/(?<![\p{L}\p{N}])-(?=\d)/gu, "−");
}

/** Typesets a sentence: no line breaks between a number and its unit. */
export function prose(text: string): string {
  return minus(text)
    .replace(/(?<=\d) (?=%|points?\b)/g, "\u00a0")
    .replace(/ (?=(?:F1a?|EM|MCC|Acc\.)(?:[ ,.;]|$))/g, "\u00a0")
    .replace(/\bp ([=<]) (?=\d)/g, "p\u00a0$1\u00a0");
}
