import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { codeBlocks } from "../public-face/code-blocks.js";

const page = readFileSync("docs/library.md", "utf8");

it.each([
  ["ts", ["main-path.ts", "letters-model.ts", "letters-run.ts", "definition-list.ts"]],
  ["js", ["surprise.mjs"]],
  ["yaml", ["surprise.yaml"]],
])("docs/library.md has the %s code that is tested", (language, files) => {
  expect(codeBlocks(page, language)).toEqual(
    files.map((file) => readFileSync(`test/library/${file}`, "utf8")),
  );
});

it("docs/library.md has no other code", () => {
  expect(page.match(/^```\w*$/gm)?.length).toBe(2 * 6);
});
