import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { expect, it } from "vitest";

/** Lines that one can still read as a whole. */
const MOST_LINES = 300;

/** Every family's folder holds the same things, so its files may be named alike. */
const FAMILY_FOLDER = /^src\/scoring\/(infill|masked|seq2seq|causal)\//;

/** A command is declared in a file of its own name. */
const COMMAND = /^src\/cli\/commands\/[^/]+\.ts$/;

/** Names that several files still have. None may be added: whoever renames such files takes the name out. */
const SHARED_NAMES: readonly string[] = [];

const roomOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1];

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => path.posix.join("src", file.split(path.sep).join("/")))
  .sort();

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

it(`no source file has more than ${MOST_LINES} lines`, () => {
  const lengths = sources.map(
    (file) => [file, readFileSync(file, "utf8").trimEnd().split("\n").length] as const,
  );
  expect(lengths.length).toBeGreaterThan(0);
  expect(lengths.filter(([, lines]) => lines > MOST_LINES)).toEqual([]);
});

it("source files have names of their own", () => {
  const byName = new Map<string, string[]>();
  for (const file of sources.filter((each) => !FAMILY_FOLDER.test(each) && !COMMAND.test(each))) {
    const name = path.posix.basename(file);
    if (name !== "index.ts") byName.set(name, [...(byName.get(name) ?? []), file]);
  }
  expect(byName.size).toBeGreaterThan(0);
  const shared = [...byName].filter(([, files]) => files.length > 1);
  const added = shared.filter(([name]) => !SHARED_NAMES.includes(name));
  expect(added).toEqual([]);
  const names = shared.map(([name]) => name);
  expect(SHARED_NAMES.filter((name) => !names.includes(name))).toEqual([]);
});
