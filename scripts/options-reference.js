// The part of docs/options.md below its marker: every flag once, with the commands that take it.

/** @typedef {import("../src/options/index.js").Flag} Flag */
/** @typedef {import("../src/cli/options/command-table.js").CommandEntry} CommandEntry */
/** @typedef {import("../src/cli/options/command-table.js").CommandTable} CommandTable */

const GROUPS = /** @type {const} */ ({
  Model: "Model",
  Scoring: "Scoring",
  Data: "Data",
  Output: "Output",
  Other: "Other",
});

/** @param {CommandTable} table */
export function optionsReference(table) {
  const commands = table.flatMap((entry) => ("commands" in entry ? entry.commands : [entry]));
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const rows = listRows(commands, group).map((row) => `| ${row.map(cell).join(" | ")} |\n`);
    return `## ${title}\n\n| flag | value | default | description | commands |\n| --- | --- | --- | --- | --- |\n${rows.join("")}`;
  });
  return ["## Commands\n", commandTable(commands), ...groups].join("\n");
}

/** @param {readonly CommandEntry[]} commands */
function commandTable(commands) {
  const rows = commands.map(({ path, positionals, describe }) => {
    const words = positionals.map(({ placeholder, isList, isRequired }) => {
      const word = `${placeholder}${isList ? "…" : ""}`;
      return isRequired ? word : `[${word}]`;
    });
    return `| \`${["glm-eval", ...path, ...words].join(" ")}\` | ${cell(describe)} |\n`;
  });
  return `| command | description |\n| --- | --- |\n${rows.join("")}`;
}

/**
 * Makes one row per flag, or several if its description differs between commands.
 * @param {readonly CommandEntry[]} commands
 * @param {string} group
 */
function listRows(commands, group) {
  /** @type {Map<string, { flag: Flag, commands: string[] }>} */
  const rows = new Map();
  for (const { path, flags } of commands)
    for (const flag of flags) {
      if (flag.group !== group || flag.hidden) continue;
      const key = JSON.stringify(flag);
      const row = rows.get(key) ?? { flag, commands: [] };
      row.commands.push(path.join(" "));
      rows.set(key, row);
    }
  const order = [...rows.values()].map(({ flag }) => flag.name);
  const sorted = [...rows.values()].sort((a, b) => order.indexOf(a.flag.name) - order.indexOf(b.flag.name));
  return sorted.map(({ flag, commands: users }) => [
    names(flag),
    values(flag),
    flag.isRequired ? "required" : formatDefault(flag),
    example(flag),
    users.join(", "),
  ]);
}

/** @param {Flag} flag */
function names({ name, alias, placeholder, isSwitch, default: given }) {
  const spelled = given === true ? `--no-${name}` : `--${name}`;
  const all = [spelled, ...alias.map((each) => (each.length === 1 ? `-${each}` : `--${each}`))];
  const value = isSwitch || placeholder === undefined ? "" : ` ${placeholder}`;
  return all.map((each, k) => `\`${each}${k === 0 ? value : ""}\``).join(", ");
}

/** @param {Flag} flag */
function values({ isSwitch, choices, expected, isNumber, isList, repeated }) {
  if (isSwitch) return "";
  if (repeated) return `${expected}; can be given several times`;
  if (isNumber || isList) return expected;
  return choices.length > 0 ? choices.map((choice) => `\`${choice}\``).join(", ") : expected;
}

/** @param {Flag} flag */
function formatDefault({ default: given, isSwitch }) {
  if (given === undefined || isSwitch) return "";
  return `\`${Array.isArray(given) ? given.join(",") : given}\``;
}

/** @param {Flag} flag */
function example({ help, name, examples = [] }) {
  const shown = examples.map((each) => `\`--${name} ${/[<>[\]"' ]/.test(each) ? `'${each}'` : each}\``);
  return `${help.replaceAll("<", "\\<")}${shown.length > 0 ? ` (${shown.join(", ")})` : ""}`;
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|");
}
