import { didYouMean, unseenDifference } from "../errors.js";
import type { FilePosition, FindingCode, Problems } from "../findings.js";
import type { TaskDraft } from "./check-schema.js";
import { isReader, readerNames } from "./find-reader.js";
import { splitFiles } from "./split-files.js";
import type { YamlFile } from "./yaml-file.js";

/** Reports what the keys of a task file say against each other and against what there is; metrics and patterns have checks of their own. */
export function checkDefinition(draft: TaskDraft, yaml: YamlFile, problems: Problems): void {
  checkData(draft, yaml, problems);
  checkLabels(draft, yaml, problems);
  checkPrior(draft, yaml, problems);
  checkIds(draft, yaml, problems);
}

function checkData({ data }: TaskDraft, yaml: YamlFile, problems: Problems): void {
  if (data === undefined) return;
  if (data.reader !== undefined && !isReader(data.reader)) {
    problems.add({
      severity: "error",
      code: "unknown-reader",
      ...yaml.position(["data", "reader"]),
      message: `there is no reader "${data.reader}"`,
      hint: `${didYouMean(data.reader, readerNames(), "readers")}; or the path of a module (./reader.js)`,
    });
  }
  if (Object.keys(splitFiles({ data })).length === 0) {
    problems.add({
      severity: "error",
      code: "no-data-file",
      ...yaml.position(["data"]),
      message: "found no data file",
      hint: "give the path of at least one of validation, test and train",
    });
  }
}

function checkLabels({ label, label_is, labels = [] }: TaskDraft, yaml: YamlFile, problems: Problems): void {
  if (label === undefined && label_is === "index") {
    problems.add({
      severity: "error",
      code: "no-label-column",
      ...yaml.position(["label_is"]),
      message: "label_is says what a column holds, but no column is named",
      hint: "name the column: label",
    });
  }
  // The data's labels are known in any Unicode form.
  for (const i of repeated(labels.map((each) => each.normalize("NFC")))) {
    const message = `found label "${labels[i]}" twice`;
    const unseen = labels.flatMap((other) => unseenDifference(other, labels[i]!) ?? [])[0];
    const hint = labels.indexOf(labels[i]!) < i ? undefined : unseen;
    problems.add({
      severity: "error",
      code: "duplicate-label",
      ...yaml.position(["labels", i]),
      message,
      hint,
    });
  }
}

function checkPrior({ prior, labels = [] }: TaskDraft, yaml: YamlFile, problems: Problems): void {
  if (prior === undefined) return;
  const report = (code: FindingCode, position: FilePosition, message: string, hint?: string) =>
    problems.add({ severity: "error", code, ...position, message, hint });
  for (const label of Object.keys(prior)) {
    if (labels.includes(label)) continue;
    const hint = labels.length === 0 ? "a prior is of labels" : didYouMean(label, labels, "labels");
    report(
      "unknown-label",
      yaml.positionOfKey(["prior", label]),
      `"${label}" is no label of this task`,
      hint,
    );
  }
  const missing = labels.find((label) => !Object.hasOwn(prior, label));
  if (missing !== undefined)
    report("missing-prior", yaml.position(["prior"]), `found no probability of label "${missing}"`);
  const sum = Object.values(prior).reduce((total, weight) => total + weight, 0);
  if (missing === undefined && Math.abs(sum - 1) > 1e-6)
    report(
      "bad-prior",
      yaml.position(["prior"]),
      `the probabilities sum to ${Number(sum.toPrecision(9))}; expected 1`,
    );
}

function checkIds(
  { patterns, default_pattern: wanted }: TaskDraft,
  yaml: YamlFile,
  problems: Problems,
): void {
  const ids = patterns.map(({ keys }) => keys.id);
  for (const i of repeated(ids)) {
    const message = `found pattern "${ids[i]}" twice`;
    const position = yaml.position(["patterns", i, "id"]);
    problems.add({ severity: "error", code: "duplicate-pattern", ...position, message });
  }
  if (wanted === undefined || ids.includes(undefined) || ids.includes(wanted)) return;
  problems.add({
    severity: "error",
    code: "unknown-pattern",
    ...yaml.position(["default_pattern"]),
    message: `there is no pattern "${wanted}"`,
    hint: didYouMean(wanted, ids as string[], "patterns"),
  });
}

/** Indices of values that are there before. */
function repeated(values: readonly (string | undefined)[]): number[] {
  const seen = new Set<string>();
  return values.flatMap((value, i) => {
    const again = value !== undefined && seen.has(value);
    if (value !== undefined) seen.add(value);
    return again ? [i] : [];
  });
}
