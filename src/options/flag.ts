import type { Json } from "../json.js";

/** Headings under which the help and the reference list the flags. */
export type OptionGroup = "Model" | "Scoring" | "Data" | "Output" | "Other";

/** What the schema of an option cannot express itself. */
export interface OptionMeta {
  /** one line: what it does, and its default */
  readonly help: string;
  readonly group?: OptionGroup;
  /** other names of the flag: one letter, or another spelling */
  readonly alias?: readonly string[];
  /** placeholder for the value in the help: FOLDER, N */
  readonly placeholder?: string;
  /** example values, as typed */
  readonly examples?: readonly string[];
  /** for a list: the flag is repeated for each item, instead of separating the items by commas */
  readonly repeated?: boolean;
  /** description of a valid value, if none can be derived from the schema */
  readonly expected?: string;
  /** accepted but not shown, for command lines written for other programs */
  readonly hidden?: boolean;
}

/** An option as a command-line flag: plain data, so the help needs no schema library. */
export interface Flag extends Omit<OptionMeta, "group"> {
  /** the key of the option: maxLength */
  readonly key: string;
  /** the flag without its dashes: max-length */
  readonly name: string;
  readonly group: OptionGroup;
  readonly alias: readonly string[];
  /** whether it takes no value: it is present, or negated by --no-… */
  readonly isSwitch: boolean;
  /** whether a value that parses as a number becomes a number */
  readonly isNumber: boolean;
  /** whether it accepts any text */
  readonly isText: boolean;
  /** whether it accepts several values */
  readonly isList: boolean;
  readonly isRequired: boolean;
  /** keywords: the only valid values, unless it also accepts a text, a number or a list */
  readonly choices: readonly string[];
  /** description of a valid value */
  readonly expected: string;
  /** undefined if there is no default, or only one described in the help */
  readonly default?: Json | undefined;
}
