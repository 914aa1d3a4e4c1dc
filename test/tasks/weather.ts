import { join } from "node:path";

/** A valid task file; tests change one thing in it. */
export const TASK = `task: weather
title: Weather, is it fine?
data:
  reader: jsonl
  validation: [weather.jsonl, other.jsonl]
  clean: [text]
label: label
labels: [false, true, 2]
metrics: [accuracy]
patterns:
  - id: p0
    text: "{{ text | shorten }} Fine? [MASK]."
    verbalizer: { false: "No", true: ["Yes", "Sure"], 2: Maybe }
  - id: 1
    text: >-
      {{ text }} "quoted" [MASK]
    answers: ["{{ a }}", "{{ b }}", no]
    normalization: mean
`;

export const ROWS = [
  { text: "“Sun” – all day", a: "x", b: "y", label: true },
  { text: "rain", a: "x", b: "y", label: false },
  { text: "fog", a: "x", b: "y", label: 2 },
];

/** Writes the task file with `from` replaced with `to`, and returns its path. */
export function taskFile(folder: (files: Record<string, string>) => string, from = "", to = ""): string {
  if (!TASK.includes(from)) throw new Error(`no ${from} in the task file`);
  return join(folder({ "task.yaml": TASK.replace(from, () => to) }), "task.yaml");
}
