// What is made of schemas. Of those that task files are checked with (src/tasks/schema.ts): schema/*.schema.json by
// `npm run build`, the reference in docs/tasks.md by `npm run reference`. Of those of options (src/options): the table of
// commands and flags that `--help` reads, by `npm run build`; docs/options.md by `npm run reference`. Of the codes of errors
// (src/error-codes.ts): docs/errors.md by `npm run reference`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { errorsReference } from "./errors-reference.js";
import { optionsReference } from "./options-reference.js";

const ROOT = new URL("..", import.meta.url);
export const REFERENCE = new URL("docs/tasks.md", ROOT);
export const ERRORS_REFERENCE = new URL("docs/errors.md", ROOT);
export const OPTIONS_REFERENCE = new URL("docs/options.md", ROOT);

/** @typedef {import("zod").ZodType} ZodType */
/** @typedef {{ [key: string]: any }} JsonSchema */

/**
 * @param {ZodType} schema
 * @param {string} title
 * @returns {JsonSchema} draft 7, which is what editors know best
 */
export function jsonSchema(schema, title) {
  const made = z.toJSONSchema(schema, {
    target: "draft-7",
    // What a file may hold, not what it is once it is read.
    io: "input",
    // Left out by the library where what is read differs from what is written.
    override({ zodSchema, jsonSchema: json }) {
      const { examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (examples !== undefined) json.examples = /** @type {any} */ (examples);
      const { def } = zodSchema._zod;
      if (def.type === "default") json.default = /** @type {any} */ (def).defaultValue;
    },
  });
  const { $schema, ...rest } = made;
  return { $schema, title, ...rest };
}

/**
 * The text below the marker in docs/tasks.md.
 * @param {JsonSchema} task
 * @param {JsonSchema} suite
 */
export function reference(task, suite) {
  const { data, patterns } = task.properties;
  return [
    "## Keys of a task file\n",
    table(task),
    "### Below `data`\n",
    table(data),
    "### Of each pattern\n",
    table(patterns.items),
    "## Keys of a suite file\n",
    table(suite),
    "### Below `average`\n",
    table(suite.properties.average),
  ].join("\n");
}

/** @param {JsonSchema} object */
function table(object) {
  const required = object.required ?? [];
  const rows = Object.entries(object.properties).map(([key, /** @type {JsonSchema} */ schema]) => {
    const given =
      schema.default === undefined ? (required.includes(key) ? "required" : "") : code(schema.default);
    return [`\`${key}\``, typeOf(schema), given, schema.description, code({ [key]: schema.examples?.[0] })];
  });
  const head = [["key", "holds", "unless given", "", "example"], ["---", "---", "---", "---", "---"]];
  return [...head, ...rows].map((row) => `| ${row.map(cell).join(" | ")} |\n`).join("");
}

/**
 * @param {JsonSchema} schema
 * @returns {string} what a value is, in words
 */
function typeOf(schema) {
  if (schema.enum) return schema.enum.map((/** @type {unknown} */ each) => `\`${each}\``).join(", ");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array") return schema.items.properties ? "list, see below" : `list of ${plural(schema.items)}`;
  if (schema.properties) return "map, see below";
  if (schema.type === "object") {
    const { propertyNames, additionalProperties } = schema;
    return `map of ${propertyNames?.enum ? "splits" : "names"} to ${typeOf(additionalProperties)}`;
  }
  return schema.type === "number" ? "number" : "text";
}

/** @param {JsonSchema} schema */
function plural(schema) {
  return typeOf(schema).replace(/^(text|number)/, "$1s");
}

/**
 * A value as one would write it in YAML on one line.
 * @param {unknown} value
 */
function code(value) {
  return `\`${flow(value).replace(/^\{ (.*) \}$/, "$1")}\``;
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function flow(value) {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => `${key}: ${flow(each)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  const text = String(value);
  return typeof value === "string" && !/^[\w./-][\w ./-]*$/.test(text) ? JSON.stringify(text) : text;
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|");
}

export const MARKER = "<!-- What follows is written by `npm run reference`. -->\n\n";

/** @param {string} page @param {string} made */
export function withReference(page, made) {
  return page.slice(0, page.indexOf(MARKER) + MARKER.length) + made;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { suiteSchema, taskSchema } = await import(new URL("dist/tasks/schema.js", ROOT).href);
  const task = jsonSchema(taskSchema, "A task of glm-eval");
  const suite = jsonSchema(suiteSchema, "A suite of glm-eval");
  mkdirSync(new URL("schema", ROOT), { recursive: true });
  for (const [name, schema] of Object.entries({ task, suite }))
    writeFileSync(new URL(`schema/${name}.schema.json`, ROOT), `${JSON.stringify(schema, null, 2)}\n`);
  const { makeTable } = await import(new URL("dist/cli/options/make-table.js", ROOT).href);
  const commands = await makeTable();
  writeFileSync(new URL("dist/cli/options/table.json", ROOT), JSON.stringify(commands));
  if (argv.includes("--reference")) {
    const { CODE_GROUPS } = await import(new URL("dist/error-codes.js", ROOT).href);
    for (const [page, made] of /** @type {const} */ ([
      [REFERENCE, reference(task, suite)],
      [OPTIONS_REFERENCE, optionsReference(commands)],
      [ERRORS_REFERENCE, errorsReference(CODE_GROUPS)],
    ]))
      writeFileSync(page, withReference(readFileSync(page, "utf8"), made));
  }
}
