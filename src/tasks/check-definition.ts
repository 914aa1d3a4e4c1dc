import { describeHiddenDifference, didYouMean } from "../errors.js";
import type { FilePosition, FindingCode, Problems } from "../findings.js";
import type { TaskDraft } from "./check-schema.js";
import { isReader, listReaderNames } from "./find-reader.js";
import { getSplitFiles } from "./split-files.js";
import type { YamlFile } from "./yaml-file.js";

/** Reports keys of a task file that contradict each other or name what does not exist; metrics and patterns are checked separately. */
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
      hint: `${didYouMean(data.reader, listReaderNames(), "readers")}; or the path of a module (./reader.js)`,
    });
  }
  if (Object.keys(getSplitFiles({ data })).length === 0) {
    problems.add({
      severity: "error",
      code: "no-data-file",
      ...yaml.position(["data"]),
      message: "data names no file",
      hint: "add the path of at least one of validation, test and train",
    });
  }
}

function checkLabels({ label, label_is, labels = [] }: TaskDraft, yaml: YamlFile, problems: Problems): void {
  if (label === undefined && label_is === "index") {
    problems.add({
      severity: "error",
      code: "no-label-column",
      ...yaml.position(["label_is"]),
      message: "label_is describes the label column, but label names none",
      hint: "name the column with the key label",
    });
  }
  // Labels in the data are matched in any Unicode form.
  for (const i of findRepeated(labels.map((each) => each.normalize("NFC")))) {
    const message = `found label "${labels[i]}" twice`;
    const unseen = labels.flatMap((other) => describeHiddenDifference(other, labels[i]!) ?? [])[0];
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
    const hint =
      labels.length === 0
        ? "a prior needs labels: list them with the key labels"
        : didYouMean(label, labels, "labels");
    report(
      "unknown-label",
      yaml.keyPosition(["prior", label]),
      `"${label}" is not a label of this task`,
      hint,
    );
  }
  const missing = labels.find((label) => !Object.hasOwn(prior, label));
  if (missing !== undefined)
    report("missing-prior", yaml.position(["prior"]), `found no probability for label "${missing}"`);
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
  for (const i of findRepeated(ids)) {
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

/** Returns the indices of values that occur earlier in the list. */
function findRepeated(values: readonly (string | undefined)[]): number[] {
  const seen = new Set<string>();
  return values.flatMap((value, i) => {
    const again = value !== undefined && seen.has(value);
    if (value !== undefined) seen.add(value);
    return again ? [i] : [];
  });
}
