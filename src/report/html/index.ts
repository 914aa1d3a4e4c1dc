export { type HtmlInput, renderHtml } from "./render.js";
