import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { errorsReference } from "../scripts/errors-reference.js";
import { ERRORS_REFERENCE, withReference } from "../scripts/schemas.js";
import { FLOOR_MISSED, INTERRUPTED, TASKS_FAILED } from "../src/cli/terminal/exit.js";
import { CODE_GROUPS, ERROR_CODES, EXIT_CODES } from "../src/error-codes.js";

const page = readFileSync(ERRORS_REFERENCE, "utf8");
const codes = Object.values(CODE_GROUPS).flatMap((group) => Object.keys(group));

it("each code is in one group, and thus has one kind", () => {
  expect(codes.filter((code, k) => codes.indexOf(code) !== k)).toEqual([]);
  expect(Object.keys(ERROR_CODES)).toEqual(codes);
  for (const [code, { kind, meaning }] of Object.entries(ERROR_CODES)) {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(EXIT_CODES).toHaveProperty(kind);
    expect(meaning).toMatch(/^\S.*\.$/);
  }
});

it("every code is used", () => {
  const tables = ["error-codes.ts", "finding-codes.ts"];
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !tables.includes(file))
    .map((file) => readFileSync(`src/${file}`, "utf8"))
    .join("\n");
  expect(codes.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
});

it("docs/errors.md lists every code and every exit code", () => {
  expect(withReference(page, errorsReference(CODE_GROUPS))).toBe(page);
  for (const code of codes) expect(page.split(`\n| \`${code}\` |`)).toHaveLength(2);
  const exits = [0, 1, ...Object.values(EXIT_CODES), TASKS_FAILED, FLOOR_MISSED, INTERRUPTED];
  for (const exit of exits) expect(page).toContain(`\n| ${exit} | `);
});
