import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { workspace } from "./command.js";

const { path: at, start } = workspace();
const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: object };

/** Returns the files that Node loads for a command, from its compile cache's record. */
async function listLoadedFiles(args: readonly string[]): Promise<string[]> {
  const folder = at(args.join(" "));
  const { code } = await start(args, { env: { NODE_V8_COVERAGE: folder } }).finished;
  expect(code).toBe(0);
  return readdirSync(folder)
    .map((file) => JSON.parse(readFileSync(path.join(folder, file), "utf8")))
    .flatMap(({ result }: { result: readonly { url: string }[] }) => result.map(({ url }) => url))
    .filter((url) => url.startsWith("file:"));
}

const listPackages = (files: readonly string[]) =>
  Object.keys(dependencies).filter((name) => files.some((file) => file.includes(`/node_modules/${name}/`)));

it.each(["--help", "--version", "run --help"])(
  "%s reads few files, and of the libraries only yargs",
  async (words) => {
    const files = await listLoadedFiles(words.split(" "));
    expect(listPackages(files)).toEqual(["yargs"]);
    expect(files.length).toBeLessThan(30);
  },
);
