import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { Markup } from "./markup.js";

const { document } = parseHTML("<!doctype html><html><body></body></html>");

/** What a figure is to those who do not see it: a name, and a text that says what it shows. */
export interface Alternative {
  readonly title: string;
  readonly text: string;
}

/**
 * An SVG of Observable Plot, drawn without a browser. Its own style sheet is left out (page/figures.css has it once for all);
 * colours are CSS variables, so that a figure follows the page's.
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

/** How a model's marks look: told apart by shape as well as by colour. */
export const OWN = { symbol: "circle", color: "var(--own)" } as const;
const BASELINES = [
  { symbol: "square", color: "var(--other-1)" },
  { symbol: "triangle", color: "var(--other-2)" },
  { symbol: "diamond", color: "var(--other-3)" },
  { symbol: "star", color: "var(--other-4)" },
] as const;

export type Look = typeof OWN | (typeof BASELINES)[number];

/** Of the run's model (0) and the baselines (1 …). */
export function lookOf(model: number): Look {
  return model === 0 ? OWN : BASELINES[(model - 1) % BASELINES.length]!;
}

/** How much room the widest label takes at the figures' size, in pixels, in the widest of the page's fonts. */
export function labelWidth(labels: readonly string[]): number {
  return 12 + Math.ceil(7.2 * Math.max(4, ...labels.map((label) => cutLabel(label).length)));
}

export function cutLabel(label: string): string {
  const characters = [...label];
  return characters.length <= 20 ? label : `${characters.slice(0, 19).join("")}…`;
}
