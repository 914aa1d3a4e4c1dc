/** Errors in a task file or its data: the task cannot run. */
export const TASK_ERRORS = {
  "answer-count": "The number of answers differs from the number of labels: give one answer per label.",
  "answer-sources":
    "A pattern takes its answers from exactly one source (verbalizer, answers or answers_from): keep one.",
  "bad-answers": "The answers of an example are empty, not text, or too many: correct the data.",
  "bad-data": "The data cannot be read: the message says why.",
  "bad-example": "A reader returned an invalid example: correct the reader.",
  "bad-expression": "An expression in {{ }} does not parse: correct the expression.",
  "bad-metric": "The module of a metric fails to load, or returns an invalid value: correct it.",
  "bad-prior": "The probabilities of a prior must sum to 1: correct them.",
  "bad-reader": "The module of a reader fails to load: correct the module or its path.",
  "bad-row": "A row does not have what its reader expects: correct the data, or name another reader.",
  "bad-table":
    "A CSV or TSV file is malformed: correct its quotes, or name the quote character in the task file.",
  "bad-task": "A task of a suite fails to load: correct its file.",
  "bad-template": "A template does not parse: correct it.",
  "bad-value": "The value of a key is invalid: the message says what is expected.",
  "block-in-template":
    "Templates support only expressions, not {% %} blocks: write the block as an expression.",
  "cannot-compute": "An expression fails for an example: write it so that it works for every row.",
  "choice-answers":
    "A pattern with choices has one answer, inserted into each choice's text: give answers exactly one text.",
  "choice-count": "The number of choices differs from the number of labels: give one choice per label.",
  "decision-answers": "The decision does not fit the pattern's answers: give the answers that it compares.",
  "decision-labels": "The decision needs exactly two labels: choose another decision for this task.",
  "decision-prior":
    "A prior is added to label scores, which this decision does not have: remove one of the two.",
  "duplicate-column":
    "A table has two columns with the same name: rename one, or name the columns in the task file.",
  "duplicate-example": "Two examples have the same id: give each a unique id.",
  "duplicate-key": "A map has the same key twice: keep one.",
  "duplicate-label": "A label is listed twice: keep one.",
  "duplicate-metric": "A metric is listed twice: keep one.",
  "duplicate-pattern": "Two patterns have the same id: rename one.",
  "duplicate-task": "A suite lists a task twice: keep one.",
  "duplicate-word": "A word maps to two labels, or is listed twice for one label: choose another word.",
  "field-count": "A row of a table has too many or too few fields: correct it.",
  "filter-arguments": "A filter takes no arguments: remove them.",
  "label-without-word": "A label has no word in the verbalizer: add one.",
  "long-expression": "An expression has too many tokens: shorten it, or compute the column beforehand.",
  "long-template": "A template is too long: shorten it.",
  "metric-not-applicable":
    "A metric cannot be computed on these examples: choose another metric, or correct the data.",
  "metric-without-labels": "A metric needs labels, but the task has none: choose another metric.",
  "missing-key": "A required key is missing: add it.",
  "missing-prior": "A label has no probability in the prior: add it.",
  "missing-shard": "A split's data is in several files, and not all are there: copy all of them.",
  "nested-suite": "A suite lists another suite: list its tasks instead.",
  "no-blank": "A template has no [MASK]: write it where the answer goes.",
  "no-content":
    "Contextual calibration needs a part that may be cut: mark the example's own text with | shorten.",
  "no-data":
    "The data of the split is missing: only the task file was checked. Name the data folder with --data.",
  "no-data-file": "A task names no data file: name one for at least one split.",
  "no-examples": "A data file holds no examples: check that it is the right file.",
  "no-label-column": "label_is is given without label: name the column.",
  "no-premise": "The pmi calibration needs a pattern with a premise: add the key, or deselect the pattern.",
  "no-table": "A key for tables is given for a file that is not a table: remove the key.",
  "no-tokens": "An answer has no tokens in the model's vocabulary: choose another word.",
  "not-json": "A file or line is not the expected JSON: correct it.",
  "not-parquet": "A Parquet file cannot be read: download it again.",
  "not-utf8": "A file is not UTF-8: save it as UTF-8.",
  "not-yaml": "A task file is not valid YAML: correct it at the reported line.",
  "premise-answers": "The text and the premise differ in the space before [MASK]: write both the same way.",
  "second-blank": "A pattern has two [MASK]s: keep one, or use choices.",
  "second-border": "A template has two borders: keep one.",
  "shorten-in-answer": "An answer cannot be truncated: remove shorten.",
  "shorten-inside": "shorten is used inside an expression: make it the last filter.",
  "too-big": "A file is too large to read: split it, or use a format that is read piece by piece.",
  "too-deep": "Values are nested too deeply: flatten them.",
  "too-long": "A question does not fit the model: mark more of it with | shorten.",
  "unclosed-expression": "A {{ has no matching }}: close it.",
  "unknown-column": "The data has no such column: the message suggests the nearest name.",
  "unknown-filter": "There is no such filter: the message suggests the nearest name.",
  "unknown-format": "The extension of a file does not identify its format: name the reader.",
  "unknown-gold-label":
    "A gold value is not one of the labels or answers: correct the data or the task's labels.",
  "unknown-key": "There is no such key: the message suggests the nearest name.",
  "unknown-label":
    "A map by label has a key that is not a label of the task: the message suggests the nearest name.",
  "unknown-metric":
    "There is no such metric, or the task does not have it: the message lists the available metrics.",
  "unknown-pattern": "default_pattern is not one of the patterns: the message suggests the nearest name.",
  "unknown-reader": "There is no such reader: the message suggests the nearest name.",
  "unknown-task": "The average of a suite names a task that the suite does not have: correct the name.",
  "wrong-hash":
    "A data file does not have the hash in the task file: check what changed, then write the new hash.",
  "yaml-too-big": "A task file expands beyond the size limit: use fewer aliases.",
} as const;

/** Warnings: something looks wrong, but the task can still run. */
export const WARNINGS = {
  "empty-text":
    "A column of the text is empty in some examples: the question is scored without it. Check the data.",
  "gold-not-an-answer":
    "The gold answer is not among the answers of an example: every prediction for it counts as wrong.",
  "multi-line-field":
    "A quoted field of a table spans lines: write quote below data if quotes mean nothing, or if it is right.",
  "no-gold": "No example has a gold label: answers are predicted but not judged.",
  "odd-yaml": "The YAML of a task file is unusual: the message says how.",
  "same-first-token":
    "Words of two labels start with the same token: other words distinguish the labels better.",
  "same-tokens": "Words of two labels have the same tokens: choose other words.",
  "several-tokens": "A word has several tokens: prefer single-token words.",
  "some-without-gold":
    "Some examples have no gold label: they are predicted, but left out of the metrics. Add the labels if they are known.",
  "text-cut": "Some texts are truncated to fit the model.",
  "unknown-token": "An answer has characters that are not in the model's vocabulary: choose another word.",
  "unused-label": "No example has the label: check that it is spelled as in the data.",
} as const;
