import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../../src/cli/commands/index.js";
import { isGroup } from "../../../src/cli/options/command-table.js";
import { findCommand, findHelpTopic, isVersionRequested } from "../../../src/cli/options/find-command.js";
import { normalizeSpelling, parseArguments } from "../../../src/cli/options/parse-arguments.js";
import { checkOptions } from "../../../src/options/index.js";
import { commandNamed, commands, table } from "./commands.js";

const read = (command: string, ...args: string[]) =>
  parseArguments(normalizeSpelling(args), commandNamed(command));

/** Splits a line into arguments like a shell. */
const shellWords = (line: string): string[] =>
  [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? ""),
  );

describe("the arguments of a command line", () => {
  it.each<[string, string[], Record<string, unknown>]>([
    ["numbers", ["--limit", "4", "--fewshot-seed=0"], { limit: 4, fewshotSeed: 0 }],
    ["short flags", ["-L4", "-b=8", "-M", "glm"], { limit: 4, batchSize: 8, model: "glm" }],
    ["a negative number", ["--max-length", "-1"], { maxLength: -1 }],
    ["text for a number", ["--limit", "many"], { limit: "many" }],
    ["lm-eval's spellings", ["--num_fewshot", "2", "--output_path=o"], { numFewshot: 2, output: "o" }],
    [
      "lm-eval's batches and samples",
      ["--batch_size", "auto", "--log_samples"],
      { batchSize: "auto", logSamples: true },
    ],
    ["switches", ["--json", "--no-cache", "--offline=false"], { json: true, cache: false, offline: false }],
    ["a switch twice", ["--json", "--json"], { json: true }],
    ["lists", ["-p", "p0, p1", "--devices", "cpu,cpu"], { patterns: ["p0", "p1"], devices: ["cpu", "cpu"] }],
    ["a list's keyword", ["--patterns", "all", "--published=none"], { patterns: "all", published: "none" }],
    ["tasks by a flag, like lm-eval", ["--tasks", "a,b"], { tasks: ["a", "b"] }],
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
    ["arguments after --", ["--json", "--", "--an_odd_name"], { tasks: ["--an_odd_name"], json: true }],
  ])("%s", (_, args, expected) => {
    expect(read("run", ...args)).toEqual(expected);
  });

  it("include - as a value", () => {
    expect(read("score", "--input", "-", "-o", "-")).toEqual({ input: "-", output: "-" });
    expect(read("score", "--answers=-x", "-a", "- y")).toEqual({ answers: ["-x", "- y"] });
  });

  it("give one value to a positional that is not a list", () => {
    expect(read("tasks show", "boolq", "-n", "1")).toEqual({ task: "boolq", number: 1 });
    expect(() => read("tasks show", "boolq", "cb")).toThrow('unexpected argument "cb"');
    expect(() => read("tasks show")).toThrow("missing argument: task, a task file");
  });

  it.each<[string[], string]>([
    [["--limit"], "--limit needs a value"],
    [["--limit", "--json"], "--limit needs a value"],
    [["-L", "-p", "p0"], "-L needs a value"],
    [["--model="], "--model is empty"],
    [["--no-model"], "unknown flag --no-model"],
    [["--json=perhaps"], '--json takes no value; found "perhaps"'],
    [["--model", "a", "-M", "b"], "--model is given 2 times; expected once"],
    [["--patterns", ","], '--patterns: found ","; expected all or names separated by commas'],
    [["-xL", "4"], "unknown flag -x"],
  ])("reject %j", (args, message) => {
    expect(() => read("run", ...args)).toThrow(message);
  });

  it("keep any text unchanged", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        expect(read("tasks new", `--title=${text}`)).toEqual({ title: text });
        expect(read("score", "--", text)).toEqual({ texts: [text] });
      }),
    );
  });
});

describe("commands", () => {
  it("are found by their first arguments", () => {
    expect(findCommand(["models", "list", "--json"], table)).toEqual({
      entry: commandNamed("models list"),
      rest: ["--json"],
    });
    expect(() => findCommand(["--json", "models"], table)).toThrow("no command given before --json");
    expect(() => findCommand(["models", "--json"], table)).toThrow("models: no action given");
    expect(() => findCommand(["setup"], table)).toThrow("setup: no component given; expected cuda");
  });

  it("show their help, wherever it is requested", () => {
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
        // Throws if the line is rejected.
        checkOptions(command.options, parseArguments(rest, entry));
        expect(what).not.toBe("");
        examples++;
      }
    }
    expect(examples).toBeGreaterThan(40);
  });

  it("have unique names and keys for flags", () => {
    for (const { path, flags, positionals } of commands) {
      const names = flags.flatMap(({ name, alias }) => [name, ...alias, `no-${name}`]);
      expect([path, new Set(names).size]).toEqual([path, names.length]);
      const keys = [...flags, ...positionals].map(({ key }) => key);
      const twice = keys.filter((key, k) => keys.indexOf(key) < k);
      expect([path, twice]).toEqual([path, path.join() === "run" ? ["tasks"] : []]);
    }
  });

  it("accept the example values of their flags", async () => {
    let values = 0;
    for (const { path, flags } of commands)
      for (const { key, name, examples = [], isList, repeated } of flags)
        for (const example of examples) {
          const withoutPositionals: Entry = { ...commandNamed(path.join(" ")), positionals: [] };
          const given = parseArguments([`--${name}`, example], withoutPositionals)[key];
          expect(Array.isArray(given)).toBe(isList && given !== example);
          if (repeated) expect(given).toEqual([example]);
          values++;
        }
    expect(values).toBeGreaterThan(100);
  });
});

type Entry = ReturnType<typeof commandNamed>;
