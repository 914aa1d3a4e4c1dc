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

describe("what is there in place of a missing file", () => {
  const data = path.join(root, "data");
  const near = (name: string, wanted?: readonly string[]) =>
    nearFiles(path.join(root, name), wanted)?.replaceAll(`${root}${path.sep}`, "").replaceAll("\\", "/");

  it.each([
    ["data/reviws.jsonl", "Did you mean data/reviews.jsonl?"],
    ["data/reviews.csv", "Did you mean data/reviews.jsonl?"],
    ["data/Towns.CSV", "Did you mean data/towns.csv?"],
    ["dta/towns.csv", "Did you mean data? "],
  ])("%s: the nearest name", (name, expected) => {
    expect(near(name)).toContain(expected);
  });

  it("lists what the folder holds: folders, and the files of the wanted kinds", () => {
    expect(near("data/x.csv")).toBe("data holds: notes.md, parts/, reviews.jsonl, towns.csv.");
    expect(near("data/x.csv", [".csv"])).toBe("data holds: parts/, towns.csv.");
    expect(near("x", [])).toMatch(/holds: data, empty\.$/);
    expect(near("empty/x.csv")).toBeUndefined();
  });

  it("says nothing of the root of the disk", () => {
    expect(nearFiles("/no-such-folder/x/y.csv")).toBeUndefined();
  });

  it("lists at most eight names, and names paths as the user did", () => {
    for (let i = 0; i < 9; i++) writeFileSync(path.join(data, "parts", `part${i}`), "");
    expect(near("data/parts/qqqqqq")).toBe(
      "data/parts holds: part0, part1, part2, part3, part4, part5, part6, part7, ….",
    );
    expect(nearFiles("package.jsn")).toMatch(/^Did you mean package\.json\?/);
  });
});

describe("a command in a message", () => {
  it("has the flags that the problem needs, and can be copied", () => {
    expect(validateCommand("my task.yaml", { root: "../data", split: "test" })).toBe(
      "glm-eval tasks validate 'my task.yaml' --data ../data --split test",
    );
    expect(validateCommand(path.resolve("sub/t.yaml"), { root: BUNDLED_DATA, split: "validation" })).toBe(
      "glm-eval tasks validate sub/t.yaml",
    );
  });

  it("quotes what a shell would read otherwise", () => {
    expect(shellWords(["a", "b c", "it's", "$x"])).toBe("a 'b c' 'it'\\''s' '$x'");
  });

  it("has paths from the working folder, if they are in it", () => {
    expect(shownPath(path.resolve("a/b"))).toBe(path.join("a", "b"));
    expect(shownPath(path.resolve("."))).toBe(".");
    expect(shownPath("/elsewhere/b")).toBe("/elsewhere/b");
  });
});

describe("a path in a file that other systems read", () => {
  it.each([
    [
      path.win32.relative("C:\\work\\tasks", "C:\\work\\data\\reviews.csv"),
      path.win32.sep,
      "../data/reviews.csv",
    ],
    [path.posix.relative("/work/tasks", "/work/data/reviews.csv"), path.posix.sep, "../data/reviews.csv"],
    // A backslash is a character of a name on other systems.
    ["odd\\name.csv", path.posix.sep, "odd\\name.csv"],
  ])("%s", (given, separator, expected) => {
    expect(slashed(given, separator)).toBe(expected);
  });
});
