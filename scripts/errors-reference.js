// The part of docs/errors.md below its marker: every error code once, by exit code.

/** @typedef {typeof import("../src/error-codes.js").CODE_GROUPS} CodeGroups */

/** @type {readonly (readonly [keyof CodeGroups, string, string])[]} */
const SECTIONS = [
  ["usage", "Exit code 2: the command line or a call", "`kind` is `usage`."],
  ["data", "Exit code 3: files, runs, checkpoints", "`kind` is `data`."],
  [
    "task",
    "Exit code 3: task files and their data",
    "`kind` is `data`. `glm-eval tasks validate` lists all of these that it finds, with file and line; `--json` includes the code of each.",
  ],
  ["model", "Exit code 4: models and devices", "`kind` is `model`."],
  [
    "warning",
    "Warnings",
    "`glm-eval tasks validate` lists them too. The task still runs; a warning is never thrown as an error.",
  ],
];

/** @param {CodeGroups} groups */
export function errorsReference(groups) {
  return SECTIONS.map(([group, title, about]) => {
    const rows = Object.entries(groups[group]).map(([code, meaning]) => `| \`${code}\` | ${cell(meaning)} |\n`);
    return `## ${title}\n\n${about}\n\n| code | what happened, what to do |\n| --- | --- |\n${rows.join("")}`;
  }).join("\n");
}

/** @param {string} text */
function cell(text) {
  return text.replaceAll("|", "\\|");
}
