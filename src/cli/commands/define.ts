import type { z } from "zod";
import { checkOptions, type OptionMessages } from "../../options/index.js";

/** A command line and what it shows. */
export type Example = readonly [line: string, what: string];

/** A command as its file declares it; its name is in `COMMANDS`. */
interface Declaration<S extends z.ZodObject> {
  /** one line of what it does */
  readonly describe: string;
  /** the options that are given as words without a flag, in order; the last may be a list */
  readonly positionals?: readonly (keyof S["shape"] & string)[];
  /** those of the positionals that a flag may give as well, with its help */
  readonly flagsToo?: { readonly [key in keyof S["shape"] & string]?: string };
  readonly options: S;
  readonly examples: readonly Example[];
  /** does the work; what is heavy is imported here, so that a wrong command line is refused at once */
  run(options: z.output<S>): void | Promise<void>;
}

export interface Command extends Omit<Declaration<z.ZodObject>, "positionals" | "flagsToo" | "run"> {
  readonly positionals: readonly string[];
  readonly flagsToo: Readonly<Record<string, string | undefined>>;
  /**
   * Checks the options that are given, and does the work.
   * @throws GlmEvalError (usage) for an option that cannot be
   */
  run(given: Readonly<Record<string, unknown>>, telling: OptionMessages): Promise<void>;
}

/** Declares a command: the types of what it is run with come from its options. */
export function defineCommand<S extends z.ZodObject>(declared: Declaration<S>): Command {
  const { options, positionals = [], flagsToo = {} } = declared;
  return {
    ...declared,
    ...{ positionals, flagsToo },
    run: async (given, telling) => declared.run(checkOptions(options, given, telling)),
  };
}

/** Commands below one word: `models list`. */
export interface Group {
  readonly describe: string;
  /** what is said where none of them is named; their names are added */
  readonly unnamed: string;
  readonly examples: readonly Example[];
  readonly commands: Readonly<Record<string, LoadCommand>>;
}

export type LoadCommand = () => Promise<{ readonly command: Command }>;
