import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/cli/commands/index.js";
import { isGroup } from "../../../src/cli/options/command-table.js";
import { findCommand, findHelpTopic, isVersionRequested } from "../../../src/cli/options/find-command.js";
import { normalizeSpelling, parseArguments } from "../../../src/cli/options/parse-arguments.js";
import { checkOptions } from "../../../src/options/index.js";
import { commandNamed, commands, table } from "./commands.js";

const read = (command: string, ...words: string[]) =>
  parseArguments(normalizeSpelling(words), commandNamed(command));

/** The words of a line as a shell splits it. */
const shellWords = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ""),
  );

describe("the words of a command line", () => {
  it.each<[string, string[], Record<string, unknown>]>([
    ["numbers", ["--limit", "4", "--fewshot-seed=0"], { limit: 4, fewshotSeed: 0 }],
    ["short flags", ["-L4", "-b=8", "-M", "glm"], { limit: 4, batchSize: 8, model: "glm" }],
    ["a negative number", ["--max-length", "-1"], { maxLength: -1 }],
    ["what is no number", ["--limit", "many"], { limit: "many" }],
    ["lm-eval's spellings", ["--num_fewshot", "2", "--output_path=o"], { numFewshot: 2, output: "o" }],
    [
      "lm-eval's batches and samples",
      ["--batch_size", "auto", "--log_samples"],
      { batchSize: "auto", logSamples: true },
    ],
    ["switches", ["--json", "--no-cache", "--offline=false"], { json: true, cache: false, offline: false }],
    ["a switch twice", ["--json", "--json"], { json: true }],
    ["lists", ["-p", "p0, p1", "--devices", "cpu,cpu"], { patterns: ["p0", "p1"], devices: ["cpu", "cpu"] }],
    ["a list's own word", ["--patterns", "all", "--published=none"], { patterns: "all", published: "none" }],
    ["tasks by a flag, as lm-eval takes them", ["--tasks", "a,b"], { tasks: ["a", "b"] }],
    ["tasks by name and by a flag", ["c", "-t", "a, b", "--json"], { tasks: ["c", "a", "b"], json: true }],
    ["a flag for each item", ["--baseline", "a,b", "--baseline", "c"], { baseline: ["a,b", "c"] }],
    [
      "a token's id, or the token",
      ["--mask-token", "5", "--eos-token", "5"],
      { maskToken: 5, eosToken: "5" },
    ],
    [
      "arguments",
      ["boolq", "--limit", "1", "./a task.yaml"],
      { tasks: ["boolq", "./a task.yaml"], limit: 1 },
    ],
    ["arguments behind --", ["--json", "--", "--an_odd_name"], { tasks: ["--an_odd_name"], json: true }],
  ])("%s", (_, words, expected) => {
    expect(read("run", ...words)).toEqual(expected);
  });

  it("a dash is a value", () => {
    expect(read("score", "--input", "-", "-o", "-")).toEqual({ input: "-", output: "-" });
    expect(read("score", "--answers=-x", "-a", "- y")).toEqual({ answers: ["-x", "- y"] });
  });

  it("an argument that is not a list takes one word", () => {
    expect(read("tasks show", "boolq", "-n", "1")).toEqual({ task: "boolq", number: 1 });
    expect(() => read("tasks show", "boolq", "cb")).toThrow('found "cb", which is not expected here');
    expect(() => read("tasks show")).toThrow("an argument is missing: task, a task file");
  });

  it.each<[string[], string]>([
    [["--limit"], "--limit needs a value"],
    [["--limit", "--json"], "--limit needs a value"],
    [["-L", "-p", "p0"], "-L needs a value"],
    [["--model="], "--model is empty"],
    [["--no-model"], "there is no flag --no-model"],
    [["--json=perhaps"], '--json takes no value; found "perhaps"'],
    [["--model", "a", "-M", "b"], "--model is given 2 times; expected once"],
    [["--patterns", ","], '--patterns: found ","; expected all or names separated by commas'],
    [["-xL", "4"], "there is no flag -x"],
  ])("%j is refused", (words, message) => {
    expect(() => read("run", ...words)).toThrow(message);
  });

  it("any text comes through as it is", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(read("tasks new", `--title=${text}`)).toEqual({ title: text });
        expect(read("score", "--", text)).toEqual({ texts: [text] });
      }),
    );
  });
});

describe("commands", () => {
  it("are found by their first words", () => {
    expect(findCommand(["models", "list", "--json"], table)).toEqual({
      entry: commandNamed("models list"),
      rest: ["--json"],
    });
    expect(() => findCommand(["--json", "models"], table)).toThrow("no command is named before --json");
    expect(() => findCommand(["models", "--json"], table)).toThrow("models: no action is named");
    expect(() => findCommand(["setup"], table)).toThrow("nothing to set up is named; expected cuda");
  });

  it("show their help, wherever it is asked for", () => {
    expect(findHelpTopic(["run", "boolq", "--limit", "4", "-h"], table)).toBe(commandNamed("run"));
    expect(findHelpTopic(["models", "--help"], table)).toMatchObject({ path: ["models"] });
    expect(findHelpTopic(["--help"], table)).toBeUndefined();
    expect(findHelpTopic(["score", "--", "--help"], table)).toBe(false);
    expect(isVersionRequested(["score", "--version"])).toBe(true);
    expect(isVersionRequested(["score", "--", "--version"])).toBe(false);
  });

  it("have examples that can be typed", async () => {
    let examples = 0;
    for (const { examples: lines } of [...table.filter(isGroup), ...commands]) {
      expect(lines.length).toBeGreaterThan(0);
      for (const [line, what] of lines) {
        const { entry, rest } = findCommand(shellWords(line), table);
        const found = COMMANDS[entry.path[0]!]!;
        const { command } = await (typeof found === "function" ? found : found.commands[entry.path[1]!]!)();
        // Throws where the line is refused.
        checkOptions(command.options, parseArguments(rest, entry));
        expect(what).not.toBe("");
        examples++;
      }
    }
    expect(examples).toBeGreaterThan(40);
  });

  it("call each flag by one name, and each name one flag", () => {
    for (const { path, flags, positionals } of commands) {
      const names = flags.flatMap(({ name, alias }) => [name, ...alias, `no-${name}`]);
      expect([path, new Set(names).size]).toEqual([path, names.length]);
      const keys = [...flags, ...positionals].map(({ key }) => key);
      const twice = keys.filter((key, k) => keys.indexOf(key) < k);
      expect([path, twice]).toEqual([path, path.join() === "run" ? ["tasks"] : []]);
    }
  });

  it("take the values that their flags give for examples", async () => {
    let values = 0;
    for (const { path, flags } of commands)
      for (const { key, name, examples = [], isList, repeated } of flags)
        for (const example of examples) {
          const bare: CommandWords = { ...commandNamed(path.join(" ")), positionals: [] };
          const given = parseArguments([`--${name}`, example], bare)[key];
          expect(Array.isArray(given)).toBe(isList && given !== example);
          if (repeated) expect(given).toEqual([example]);
          values++;
        }
    expect(values).toBeGreaterThan(100);
  });
});

type CommandWords = ReturnType<typeof commandNamed>;
