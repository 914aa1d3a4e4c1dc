import type { z } from "zod";
import { checkOptions, type OptionMessages } from "../../options/index.js";

/** A command line and its description. */
export type Example = readonly [line: string, description: string];

/** A command as declared in its file; its name is in `COMMANDS`. */
interface Declaration<S extends z.ZodObject> {
  /** what it does, in one line */
  readonly describe: string;
  /** keys of the options given without a flag, in order; the last may be a list */
  readonly positionals?: readonly (keyof S["shape"] & string)[];
  /** positionals that can also be given by a flag, with the flag's help */
  readonly alsoFlags?: { readonly [key in keyof S["shape"] & string]?: string };
  readonly options: S;
  readonly examples: readonly Example[];
  /** does the work; imports large modules only here, so that a wrong command line is rejected immediately */
  run(options: z.output<S>): void | Promise<void>;
}

export interface Command extends Omit<Declaration<z.ZodObject>, "positionals" | "alsoFlags" | "run"> {
  readonly positionals: readonly string[];
  readonly alsoFlags: Readonly<Record<string, string | undefined>>;
  /**
   * Checks the given options and runs the command.
   * @throws GlmEvalError (usage) for an invalid option
   */
  run(given: Readonly<Record<string, unknown>>, messages: OptionMessages): Promise<void>;
}

/** Declares a command: `run` receives values typed by its options. */
export function defineCommand<S extends z.ZodObject>(declared: Declaration<S>): Command {
  const { options, positionals = [], alsoFlags = {} } = declared;
  return {
    ...declared,
    ...{ positionals, alsoFlags },
    run: async (given, messages) => declared.run(checkOptions(options, given, messages)),
  };
}

/** Commands with a common first word: `models list`, `models inspect`. */
export interface Group {
  readonly describe: string;
  /** the error message if none of them is given; their names are appended */
  readonly missingMessage: string;
  readonly examples: readonly Example[];
  readonly commands: Readonly<Record<string, LoadCommand>>;
}

export type LoadCommand = () => Promise<{ readonly command: Command }>;
