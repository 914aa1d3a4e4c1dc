import { readFileSync } from "node:fs";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { expect, it } from "vitest";

const roomOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1];

it("docs/architecture.md draws exactly the imports between rooms that the code has", async () => {
  const { output } = await cruise(["src"], {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
  });
  const found = new Set<string>();
  for (const { source, dependencies } of (output as ICruiseResult).modules)
    for (const { resolved } of dependencies) {
      const [from, to] = [roomOf(source), roomOf(resolved)];
      if (from && to && from !== to) found.add(`${from} --> ${to}`);
    }
  const page = readFileSync("docs/architecture.md", "utf8");
  const drawn = page.split("\n").flatMap((line) => /^ {2}(\w+ --> \w+)$/.exec(line)?.[1] ?? []);
  expect([...found].sort()).toEqual([...drawn].sort());
});
