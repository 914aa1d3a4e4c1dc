import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { optionsReference } from "../../../scripts/options-reference.js";
import { OPTIONS_REFERENCE, withReference } from "../../../scripts/schemas.js";
import { commands, table } from "./commands.js";

it("docs/options.md lists every command and flag of the schemas", () => {
  const page = readFileSync(OPTIONS_REFERENCE, "utf8");
  expect(withReference(page, optionsReference(table))).toBe(page);
  for (const { path, flags } of commands) {
    expect(page).toContain(`| \`glm-eval ${path.join(" ")}`);
    for (const { name, hidden = false } of flags)
      expect([name, new RegExp(`\\| \`--(no-)?${name}[\` ]`).test(page)]).toEqual([name, !hidden]);
  }
});

it("the built command reads the table generated from the schemas", () => {
  expect(JSON.parse(readFileSync("dist/cli/options/table.json", "utf8"))).toEqual(table);
});
