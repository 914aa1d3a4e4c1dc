import { GlmEvalError, nearest } from "../errors.js";

/** What yargs hands to `fail` beside the message: what it knows of the command that was being read. */
export interface UsageState {
  /** by the names of the command's flags */
  getDescriptions(): Readonly<Record<string, unknown>>;
  /** of each sub-command: how it is written ("run [task..]"), then other things */
  getCommands(): readonly (readonly unknown[])[];
}

/** yargs's complaints in this program's words: what was found, what was expected, the nearest valid name. */
export function usageError(message: string, state: UsageState, words: readonly string[]): GlmEvalError {
  const help = `\`${["glm-eval", ...commandOf(words), "--help"].join(" ")}\` shows what there is.`;
  const error = (text: string, hint = help) => new GlmEvalError("usage", text, { hint });

  const unknown = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(message)?.[1];
  if (unknown !== undefined) {
    const flag = words.find((word) => /^--?/.test(word) && word.replace(/^--?|=.*/gs, "") === unknown);
    if (flag !== undefined) {
      const near = nearest(unknown, Object.keys(state.getDescriptions()));
      const meant = near === undefined ? "" : `did you mean --${near}? `;
      return error(`there is no flag ${flag.replace(/=.*/s, "")}`, `${meant}${help}`);
    }
    const commands = commandNames(state);
    if (commands.length === 0) return error(`found ${JSON.stringify(unknown)}, which is not expected here`);
    const near = nearest(unknown, commands);
    const meant = near === undefined ? "" : `did you mean ${near}? `;
    return error(
      `there is no command ${JSON.stringify(unknown)}`,
      `${meant}The commands are: ${commands.join(", ")}`,
    );
  }
  const [, name, given, choices] = /Argument: (\S+), Given: (.*), Choices: (.*)/.exec(message) ?? [];
  if (name !== undefined) return error(`--${name}: found ${given}; expected one of ${choices}`);
  const valueless = /^Not enough arguments following: (.+)/.exec(message)?.[1];
  if (valueless !== undefined)
    return error(`${valueless.length === 1 ? "-" : "--"}${valueless} needs a value`);
  const missing = /^Missing required arguments?: (.+)/.exec(message)?.[1];
  if (missing !== undefined) return error(`--${missing} is missing`);
  if (message.startsWith("Not enough non-option arguments"))
    return error("an argument is missing", help.replace("shows what there is", "shows how it is used"));
  return error(message);
}

/** @throws GlmEvalError("usage") where a flag that takes one value is given twice, or with an empty value */
export function checkValues(argv: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(argv)) {
    if (["_", "text", "task", "answers", "a", "baseline", "word", "answer", "hash"].includes(name)) continue;
    const flag = name.length === 1 ? `-${name}` : `--${name}`;
    if (Array.isArray(value))
      throw new GlmEvalError("usage", `${flag} is given ${value.length} times; expected once`, {
        hint: "Keep one of them.",
      });
    if (value === "")
      throw new GlmEvalError("usage", `${flag} is empty; expected a value`, {
        hint: "Give it a value, or leave it out.",
      });
  }
  return true;
}

/** For flags whose value is a count, of 1 or more unless told otherwise. */
export function wholeNumber(flag: string, least = 1): (value: unknown) => number | undefined {
  return (value) => {
    if (value === undefined) return undefined;
    const number = typeof value === "boolean" || Array.isArray(value) ? Number.NaN : Number(value);
    if (Number.isSafeInteger(number) && number >= least) return number;
    const found = Array.isArray(value) ? value.join(" and ") : String(value);
    throw new GlmEvalError(
      "usage",
      `${flag}: found ${found}; expected a whole number ${least === 0 ? "from 0 on" : "above 0"}`,
    );
  };
}

/** The items of a comma-separated value. @throws GlmEvalError("usage") where there is none */
export function listOf(flag: string, text: string): string[] {
  const items = text
    .split(",")
    .map((item) => item.trim())
    .filter(Boolean);
  if (items.length === 0)
    throw new GlmEvalError(
      "usage",
      `${flag}: found ${JSON.stringify(text)}; expected names separated by commas`,
      {
        hint: "Give it one name or more, or leave it out.",
      },
    );
  return [...new Set(items)];
}

/** The commands of the level that was being read: "run" of "run [task..]". */
function commandNames(state: UsageState): string[] {
  return state.getCommands().map(
    ([written]) =>
      String(written)
        .split(" ")
        .find((word) => word !== "glm-eval")!,
  );
}

/** The command that the words begin with, with its sub-command. */
function commandOf(words: readonly string[]): string[] {
  const [first, second] = words;
  if (first === undefined || first.startsWith("-")) return [];
  const hasActions = ["models", "tasks", "cache", "setup"].includes(first);
  return hasActions && second !== undefined && !second.startsWith("-") ? [first, second] : [first];
}
