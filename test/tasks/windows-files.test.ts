import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isPath, resolveTaskFile } from "../../src/tasks/builtin-tasks.js";
import { findTasks, loadTask } from "../../src/tasks/index.js";
import { folders, jsonLines } from "./helpers.js";

const folder = folders();

const TASK = `task: mood
title: Mood
data: { validation: rows.jsonl }
label: mood
labels: [bad, good]
metrics: [accuracy]
patterns:
  - id: p0
    text: |
      {{ text }}
      It was [MASK].
    verbalizer: { bad: bad, good: good }
`;
const ROWS = jsonLines([
  { text: "one", mood: "bad" },
  { text: "two", mood: "good" },
]);

describe("files as Windows writes them", () => {
  it("a task, a suite and their data read the same with CRLF as with LF", async () => {
    const suite = "suite: s\ntitle: S\ntasks: [./task.yaml]\n";
    const files = { "task.yaml": TASK, "suite.yaml": suite, "rows.jsonl": ROWS };
    const crlf = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, text.replaceAll("\n", "\r\n")]),
    );
    const read = async (root: string) => {
      const [found, task] = [
        await findTasks(join(root, "suite.yaml")),
        await loadTask(join(root, "task.yaml")),
      ];
      const { examples } = await task.load({ root });
      return {
        suite: found.suite?.tasks,
        examples,
        questions: examples.map((each) => task.patterns[0]!.question(each)),
      };
    };
    const expected = await read(folder(files));
    expect(expected.examples.map(({ label }) => label)).toEqual(["bad", "good"]);
    expect(JSON.stringify(await read(folder(crlf)))).toBe(JSON.stringify(expected));
  });

  it.each(["tasks\\mine.yaml", "C:\\work\\mine.yaml", "..\\boolq", ".\\boolq", "mine.YAML"])(
    "%s is a path, not the name of a built-in task",
    (name) => {
      expect(isPath(name)).toBe(true);
      expect(resolveTaskFile(name)).toBe(name);
    },
  );
});
