import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Markup } from "./markup.js";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** The text alternative of a figure: a name, and a text that describes what it shows. */
export interface Alternative {
  readonly title: string;
  readonly text: string;
}

/**
 * Draws an SVG with Observable Plot, without a browser. Its own style sheet is removed (page/figures.css has it once for
 * all figures); colors are CSS variables, so figures follow the page's theme.
 */
export function svg(options: PlotOptions, { title, text }: Alternative): Markup {
  const figure = plot({
    ...options,
    document: document as never,
    className: "plot",
    style: { fontSize: "11px" },
  });
  figure.querySelector("style")?.remove();
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", `${title}. ${text}`);
  const name = document.createElementNS("http://www.w3.org/2000/svg", "title");
  name.textContent = title;
  figure.prepend(name as never);
  return new Markup(figure.outerHTML);
}

/** The look of a model's marks, distinguished by shape and color. */
export const OWN = { symbol: "circle", color: "var(--own)" } as const;
const BASELINES = [
  { symbol: "square", color: "var(--other-1)" },
  { symbol: "triangle", color: "var(--other-2)" },
  { symbol: "diamond", color: "var(--other-3)" },
  { symbol: "star", color: "var(--other-4)" },
] as const;

export type Look = typeof OWN | (typeof BASELINES)[number];

/** Returns the look of the run's model (0) or a baseline (1 …). */
export function getLook(model: number): Look {
  return model === 0 ? OWN : BASELINES[(model - 1) % BASELINES.length]!;
}

/** Returns the width of the widest label at the figures' size, in pixels, in the widest of the page's fonts. */
export function getLabelWidth(labels: readonly string[]): number {
  return 12 + Math.ceil(7.2 * Math.max(4, ...labels.map((label) => truncateLabel(label).length)));
}

export function truncateLabel(label: string): string {
  const characters = [...label];
  return characters.length <= 20 ? label : `${characters.slice(0, 19).join("")}…`;
}
