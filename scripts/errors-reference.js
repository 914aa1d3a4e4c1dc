// docs/errors.md below its marker: every code of an error once, by exit code.

/** @typedef {typeof import("../src/error-codes.js").CODE_GROUPS} CodeGroups */

/** @type {readonly (readonly [keyof CodeGroups, string, string])[]} */
const SECTIONS = [
  ["usage", "Exit code 2: the command line or a call", "`kind` is `usage`."],
  ["data", "Exit code 3: files, runs, checkpoints", "`kind` is `data`."],
  [
    "task",
    "Exit code 3: task files and their data",
    "`kind` is `data`. Of these `glm-eval tasks validate` lists all that it finds, with file and line; `--json` has the code of each.",
  ],
  ["model", "Exit code 4: models and devices", "`kind` is `model`."],
  [
    "warning",
    "Warnings",
    "`glm-eval tasks validate` lists them too. They keep nothing from being run, and are no errors of their own.",
  ],
];

/** @param {CodeGroups} groups */
export function errorsReference(groups) {
  return SECTIONS.map(([group, title, about]) => {
    const rows = Object.entries(groups[group]).map(([code, meaning]) => `| \`${code}\` | ${cell(meaning)} |\n`);
    return `## ${title}\n\n${about}\n\n| code | what it means, what to do |\n| --- | --- |\n${rows.join("")}`;
  }).join("\n");
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|");
}
