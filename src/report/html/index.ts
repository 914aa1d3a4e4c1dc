export { type HtmlInput, renderHtml } from "./render-html.js";
