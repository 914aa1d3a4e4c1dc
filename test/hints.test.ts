import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BUNDLED_DATA } from "../src/bundled.js";
import { nearFiles, shellWords, shownPath, slashed, validateCommand } from "../src/hints.js";

const root = mkdtempSync(path.join(tmpdir(), "glm-eval-hints-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
mkdirSync(path.join(root, "data/parts"), { recursive: true });
for (const name of ["reviews.jsonl", "towns.csv", "notes.md", ".hidden.csv"])
  writeFileSync(path.join(root, "data", name), "");
mkdirSync(path.join(root, "empty"));

describe("the hint for a missing file", () => {
  const data = path.join(root, "data");
  const near = (name: string, wanted?: readonly string[]) =>
    nearFiles(path.join(root, name), wanted)?.replaceAll(`${root}${path.sep}`, "").replaceAll("\\", "/");

  it.each([
    ["data/reviws.jsonl", "Did you mean data/reviews.jsonl?"],
    ["data/reviews.csv", "Did you mean data/reviews.jsonl?"],
    ["data/Towns.CSV", "Did you mean data/towns.csv?"],
    ["dta/towns.csv", "Did you mean data? "],
  ])("names the file nearest to %s", (name, expected) => {
    expect(near(name)).toContain(expected);
  });

  it("lists the entries of the folder: folders, and files with the wanted extensions", () => {
    expect(near("data/x.csv")).toBe("data contains: notes.md, parts/, reviews.jsonl, towns.csv.");
    expect(near("data/x.csv", [".csv"])).toBe("data contains: parts/, towns.csv.");
    expect(near("x", [])).toMatch(/contains: data, empty\.$/);
    expect(near("empty/x.csv")).toBeUndefined();
  });

  it("does not list the root of the disk", () => {
    expect(nearFiles("/no-such-folder/x/y.csv")).toBeUndefined();
  });

  it("lists at most eight names, and writes paths as the user did", () => {
    for (let i = 0; i < 9; i++) writeFileSync(path.join(data, "parts", `part${i}`), "");
    expect(near("data/parts/qqqqqq")).toBe(
      "data/parts contains: part0, part1, part2, part3, part4, part5, part6, part7, ….",
    );
    expect(nearFiles("package.jsn")).toMatch(/^Did you mean package\.json\?/);
  });
});

describe("a command in a message", () => {
  it("has the flags that reproduce the problem, and can be copied", () => {
    expect(validateCommand("my task.yaml", { root: "../data", split: "test" })).toBe(
      "glm-eval tasks validate 'my task.yaml' --data ../data --split test",
    );
    expect(validateCommand(path.resolve("sub/t.yaml"), { root: BUNDLED_DATA, split: "validation" })).toBe(
      "glm-eval tasks validate sub/t.yaml",
    );
  });

  it("quotes what a shell would interpret", () => {
    expect(shellWords(["a", "b c", "it's", "$x"])).toBe("a 'b c' 'it'\\''s' '$x'");
  });

  it("has relative paths inside the working folder", () => {
    expect(shownPath(path.resolve("a/b"))).toBe(path.join("a", "b"));
    expect(shownPath(path.resolve("."))).toBe(".");
    expect(shownPath("/elsewhere/b")).toBe("/elsewhere/b");
  });
});

describe("a path in a file for other systems has slashes:", () => {
  it.each([
    [
      path.win32.relative("C:\\project\\tasks", "C:\\project\\data\\reviews.csv"),
      path.win32.sep,
      "../data/reviews.csv",
    ],
    [
      path.posix.relative("/project/tasks", "/project/data/reviews.csv"),
      path.posix.sep,
      "../data/reviews.csv",
    ],
    // On other systems, a backslash is an ordinary character of a name.
    ["odd\\name.csv", path.posix.sep, "odd\\name.csv"],
  ])("%s", (given, separator, expected) => {
    expect(slashed(given, separator)).toBe(expected);
  });
});
