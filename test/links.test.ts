import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const markdown = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".md"))
    .map((name) => path.posix.join(folder, name));
const PAGES = [...markdown("."), ...markdown("docs"), ...markdown("examples"), ...markdown("results")];

/** Where the links of a page lead that stay in the repository, without their anchors. */
function targets(page: string): string[] {
  const text = readFileSync(page, "utf8").replace(/```[\s\S]*?```/g, "");
  return [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, to]) =>
    path.posix.join(path.posix.dirname(page), to!),
  );
}

it.each(PAGES)("the links of %s lead to files", (page) => {
  expect(targets(page).filter((to) => !existsSync(to))).toEqual([]);
});

it("docs/README.md lists every page of docs/", () => {
  const listed = targets("docs/README.md");
  expect(PAGES.filter((page) => page.startsWith("docs/") && !listed.includes(page))).toEqual([
    "docs/README.md",
  ]);
});

it("a page that is installed links to nothing that is not", () => {
  const { files } = JSON.parse(readFileSync("package.json", "utf8")) as { files: string[] };
  const isInstalled = (file: string) =>
    files.some((entry) => file === entry || file.startsWith(`${entry}/`)) || file === "package.json";
  const dead = PAGES.filter(isInstalled).flatMap((page) => targets(page).filter((to) => !isInstalled(to)));
  expect(dead).toEqual([]);
});
