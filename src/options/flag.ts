import type { Json } from "../json.js";

/** Headings under which help and reference list the flags. */
export type OptionGroup = "Model" | "Scoring" | "Data" | "Output" | "Other";

/** What a schema cannot say of an option by itself. */
export interface OptionMeta {
  /** one line of what it does, and what holds unless it is given */
  readonly help: string;
  readonly group?: OptionGroup;
  /** other names of the flag: one letter, or another spelling */
  readonly alias?: readonly string[];
  /** what stands for the value where the flag is shown: FOLDER, N */
  readonly placeholder?: string;
  /** values as one would type them */
  readonly examples?: readonly string[];
  /** of a list: the flag is given once for each item, in place of items separated by commas */
  readonly repeated?: boolean;
  /** what a value must be, in words, where the schema's own rule cannot be told in general */
  readonly expected?: string;
  /** taken without being shown, for command lines written for other programs */
  readonly hidden?: boolean;
}

/** An option as a flag of the command line: plain data, so that help needs no schema library. */
export interface Flag extends Omit<OptionMeta, "group"> {
  /** the key of the option: maxLength */
  readonly key: string;
  /** the flag without its dashes: max-length */
  readonly name: string;
  readonly group: OptionGroup;
  readonly alias: readonly string[];
  /** whether it takes no value: it is there, or --no-… says that it is not to be */
  readonly isSwitch: boolean;
  /** whether a value that can be read as a number is one */
  readonly isNumber: boolean;
  /** whether it takes any text */
  readonly isText: boolean;
  /** whether it takes several values */
  readonly isList: boolean;
  readonly isRequired: boolean;
  /** words with a meaning of their own: all values there are, unless a text, a number or a list may stand as well */
  readonly choices: readonly string[];
  /** what a value must be, in words */
  readonly expected: string;
  /** undefined where nothing holds unless it is given, or what the help says */
  readonly default?: Json | undefined;
}
