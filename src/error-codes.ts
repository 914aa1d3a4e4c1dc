import { TASK_ERRORS, WARNINGS } from "./finding-codes.js";

/** The class of a problem; each has its own exit code, which scripts can test. */
export type ErrorKind =
  /** wrong command line or wrong call: exit code 2 */
  | "usage"
  /** a bad task file, data file or checkpoint: exit code 3 */
  | "data"
  /** an unusable model or device (not found, hub unreachable, too large): exit code 4 */
  | "model";

export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = { usage: 2, data: 3, model: 4 };

/** Errors in the command line or in a call of the library. */
const USAGE = {
  "bad-device-list":
    "The list of devices is empty, repeats a device, or combines auto with others: correct it.",
  "bad-floor": "--fail-under is not TASK=VALUE, or names something that the run does not have: correct it.",
  "bad-label-column":
    "The label column of a new task has too few or too many values: name another column, or list the labels.",
  "bad-label-word": "--word is not LABEL=WORD with a label of the new task: correct it.",
  "bad-number": "A number passed to the library is out of range: correct it.",
  "bad-option":
    "An option has an invalid value, no value or several values: the message says what is expected.",
  "bad-special-token": "The given mask or end token is not in the vocabulary: name one that is.",
  "bad-text": "A text to score has no [MASK] or more than one, or an answer is empty: correct it.",
  "binary-output": "A zip file would be written to the terminal: name a file with --output.",
  "column-not-found": "The data of a new task has no such column: the message suggests the nearest name.",
  "conflicting-options":
    "Two options contradict each other, or one requires another: remove one, or add the other.",
  "folder-revision": "--revision was given for a model in a folder: remove it.",
  "journal-not-found": "The folder holds judged results but no journal: judge the original run instead.",
  "missing-argument": "A command is missing a required argument: --help shows its usage.",
  "missing-command": "No command was given: --help lists the commands.",
  "missing-option": "A required option is missing: add it.",
  "no-dataset": "A task names no data set on the hub: name one in its file, or get its data manually.",
  "no-samples": "The run has no samples of what was requested: name another model or run.",
  "nothing-to-convert": "The model needs no conversion: pass its name to --model.",
  "output-exists": "The output file already exists: name another, or add --force.",
  "output-is-input": "The output would overwrite the input: name another file.",
  "output-not-empty":
    "The output folder for a converted model is not empty: name one that does not exist yet.",
  "output-not-writable": "The output file or folder is not writable: name another.",
  "pattern-not-found": "The task has no such pattern: the message suggests the nearest name.",
  "published-not-found": "There is no published result with that id: the message suggests the nearest id.",
  "run-exists": "The output folder already holds a run: resume it with --resume, or name another folder.",
  "run-folder-not-empty": "The output folder holds other files: name another folder.",
  "run-in-progress": "Another process is still writing to the run: wait for it, or stop it.",
  "run-not-found": "The folder holds no run: name the output folder of a run.",
  "run-options-differ":
    "A run is being resumed with different options: pass the original options, or start a new run.",
  "runs-not-comparable":
    "The runs have different tasks, splits or examples: compare what they share with --common.",
  "same-model-twice": "A run names the same model twice: name each model once.",
  "same-task-name": "Two tasks of a run have the same name: run them separately, or rename one.",
  "score-cache-not-found":
    "No hash in the score cache starts with this prefix: glm-eval cache list shows the hashes.",
  "split-not-found": "The task has no such split: the message lists its splits.",
  "task-not-found":
    "There is no built-in task or suite with that name: the message suggests the nearest name.",
  "unexpected-argument":
    "A command has an extra argument: remove it, or quote an argument that contains spaces.",
  "unknown-command": "There is no such command: the message suggests the nearest name.",
  "unknown-device": "There is no such device: glm-eval doctor lists the devices of this machine.",
  "unknown-flag": "The command has no such flag: the message suggests the nearest name.",
  "unknown-form":
    "There is no such report format, or it does not support what was requested: choose another.",
  "unknown-option": "A library call has an unknown option: the message suggests the nearest name.",
} as const;

/** Errors in a file: data, a run, a checkpoint. Errors in a task file or its data have the codes of `TASK_ERRORS`. */
const DATA = {
  "archive-damaged": "An archive of data is damaged, or lacks the data: download it again.",
  "bad-address": "An address in a task file is not a valid URL: correct it.",
  "bad-config":
    "config.json is damaged, or lacks a value that the model needs: use the config.json that came with the model.",
  "bad-question":
    "A question to score is not valid JSON, has no [MASK] or more than one, or has an empty answer: correct the line.",
  "calibration-missing":
    "The run did not score the inputs that the calibration needs: resume it with that --calibration.",
  "checkpoint-damaged": "A weight file is damaged or only partly downloaded: download it again.",
  "checkpoint-mismatch": "The weights and config.json do not match: take both from the same checkpoint.",
  "data-not-found": "The data of a task was not found: name its folder with --data.",
  "dataset-gated": "The data set's owner must grant access first: ask for it on its page, then set HF_TOKEN.",
  "dataset-not-found":
    "The hub has no such data set, or it is private: correct the name, or set HF_TOKEN to a token that may read it.",
  "disk-failure": "The disk reported an I/O error: use another disk.",
  "disk-full": "The disk is full or the quota is used up: free some space, then rerun with --resume.",
  "download-failed": "A data file failed to download: check the network, or name a local file.",
  "download-not-kept":
    "A downloaded data file could not be written to the cache: free some space, or set GLM_EVAL_CACHE.",
  "download-offline":
    "A data file is not in the cache and --offline forbids downloads: run once without --offline.",
  "download-refused":
    "A server refused to send the data file: check the address, or download the file manually.",
  "export-damaged": "An ONNX file is damaged, or its external data file is missing: download it again.",
  "file-exists": "A file is in the way: move it.",
  "file-not-found": "A file does not exist: correct its name.",
  "file-too-large": "A file is too large to read or write: make it smaller.",
  "is-a-folder": "A folder was given where a file is expected: name a file.",
  "journal-changed":
    "Another process is writing to the journal of the run: stop one of the two, then rerun with --resume.",
  "journal-incomplete": "The journal lacks the scores of a question: resume the run.",
  "metric-changed": "A custom metric is missing, or has changed since the run: restore it.",
  "new-task-unsound": "A new task file was written but has errors: glm-eval tasks validate shows them.",
  "no-example-scored":
    "No example of a task can be scored, so there is none left to skip to: the message says why the first one cannot.",
  "no-permission":
    "Permission to read or write a file was denied: change its permissions, or use another location.",
  "no-questions": "The input holds no questions: check that it is the right file.",
  "no-task-can-run": "Every task fails before the model is loaded: glm-eval tasks validate shows why.",
  "not-a-submission":
    "The run cannot be submitted to SuperGLUE: the message lists what is missing for each task.",
  "not-paired":
    "The predictions of two models do not have the same examples and gold labels: compare matching predictions.",
  "nothing-before-blank": "A causal model needs text before the blank: choose a pattern that has some.",
  "published-damaged":
    "The file of published results is malformed: reinstall glm-eval, or correct your edit.",
  "results-damaged": "A results.json is malformed: name another, or regenerate it with glm-eval judge.",
  "results-version": "A results.json has another format version: use the glm-eval version that wrote it.",
  "run-content-changed":
    "A file, the model, a baseline or glm-eval itself has changed since the run started: restore it, or start a new run.",
  "run-damaged":
    "A file of a run is malformed at the reported position: the message says how to regenerate it.",
  "run-unfinished": "The run has no results yet: resume it, or judge what has been scored so far.",
  "run-version": "run.json has another format version: use the glm-eval version that wrote it, or run again.",
  "score-cache-damaged": "A file of the score cache is malformed: glm-eval cache clear removes it.",
  "several-tokenizers": "A folder holds several vocabularies: keep the one that belongs to the checkpoint.",
  "shots-not-balanced": "Few-shot examples cannot be balanced over the labels: remove --fewshot-balanced.",
  "special-token-missing":
    "The tokenizer lacks a token that the model needs: use the tokenizer files of the checkpoint.",
  "task-file-unreadable": "A task file does not exist or cannot be read: correct its path.",
  "text-too-long": "A text does not fit the model even after truncation: shorten it, or raise --max-length.",
  "tokenizer-damaged": "A tokenizer file is malformed: download it again from the repository of the model.",
  "tokenizer-mismatch": "The tokenizer does not belong to the model: take both from the same repository.",
  "tokenizer-not-found": "A folder holds no tokenizer: copy the tokenizer files of the repository there.",
  "tokenizer-not-supported":
    "The tokenizer type is not supported: docs/tokenizers.md lists the supported types.",
  "too-few-shots": "There are fewer few-shot examples than requested: lower --num-fewshot, or add examples.",
  "too-many-files": "Too many files are open: raise the limit of the system (ulimit -n).",
  "unwritable-answer": "No character of an answer is in the vocabulary: choose another answer.",
  "weights-ambiguous": "A folder holds two sets of weights: keep the one you want.",
  "weights-not-found": "A folder holds no weights: name a folder that does.",
} as const;

/** Errors of a model or a device, local or on the hub. */
const MODEL = {
  "bad-hub-setting": "HF_ENDPOINT or the hub token is malformed: correct it.",
  "bad-revision": "The revision is not a valid branch, tag or commit name: correct it.",
  "cuda-not-installed": "The CUDA provider could not be installed: the message says what to get.",
  "device-stopped":
    "The process of a device ended during a computation: resume the run, with --device cpu if it happens again.",
  "device-unavailable": "A device is not usable: glm-eval doctor shows which devices work.",
  "device-wrong": "A device computes different numbers than the CPU: use --device cpu, or a newer driver.",
  "dtype-not-available":
    "The model is not available in that number format: choose one from the list in the message.",
  "export-not-found":
    "The model has no ONNX export of its family: create one, or name a repository that has one.",
  "export-not-supported":
    "The structure of the ONNX graph is not supported: export the model again as the message says.",
  "export-wrong": "The edited graph gives different numbers than the export: choose another dtype or export.",
  "hub-download-damaged": "A file from the hub arrived damaged: try again.",
  "hub-file-not-found": "The hub lists a file but does not have it: try again later.",
  "hub-refused": "The hub refused the request: check that the model's page opens in a browser.",
  "hub-unreachable": "The hub is unreachable: try again, set HF_ENDPOINT, or name a local folder.",
  interrupted: "The caller's signal stopped scoring: completed scores are kept.",
  "machine-not-supported":
    "The processor or operating system of this machine does not support what was requested.",
  "mmap-not-possible": "These weights cannot be memory-mapped: remove --mmap yes.",
  "model-cache-full": "The cache has no room for the model: free some space, or use another disk.",
  "model-cache-not-writable":
    "The cache folder of a model is not writable: set HF_HUB_CACHE or GLM_EVAL_CACHE.",
  "model-gated":
    "The model's owner must grant access first: request it on the model's page, then set HF_TOKEN.",
  "model-incomplete": "A file of the model is missing or unreadable: download or copy it again.",
  "model-not-found":
    "The folder does not exist, or the hub has no such model or it is private: correct the name, or set HF_TOKEN.",
  "model-not-supported": "The model's type cannot fill a blank here: choose another model.",
  "model-offline": "The model is not in the cache and --offline forbids downloads: go online once.",
  "not-a-hub":
    "The server at HF_ENDPOINT is not a model hub: correct the address, or log in to your network.",
  "not-finite":
    "The model produces NaN or infinite values: choose another dtype, or download the checkpoint again.",
  "revision-not-found": "The model has no such revision: its page lists its branches and tags.",
  "runtime-failed":
    "ONNX Runtime failed to load the model or to run a batch: the message contains its error.",
  "weight-beyond-dtype": "A weight exceeds the range of the number format: choose another --dtype.",
} as const;

/** All codes by group. Each code is in exactly one group. */
export const CODE_GROUPS = { usage: USAGE, data: DATA, task: TASK_ERRORS, warning: WARNINGS, model: MODEL };

/** Identifies a kind of problem; stable even if the wording of the message changes. docs/errors.md lists all codes. */
export type ErrorCode =
  | keyof typeof USAGE
  | keyof typeof DATA
  | keyof typeof TASK_ERRORS
  | keyof typeof WARNINGS
  | keyof typeof MODEL;

/** A code of a finding in a task file or its data. */
export type FindingCode = keyof typeof TASK_ERRORS | keyof typeof WARNINGS;

/** The meaning of a code. */
export interface ErrorMeaning {
  readonly kind: ErrorKind;
  /** what happened, and what to do */
  readonly meaning: string;
}

const KINDS = { usage: "usage", data: "data", task: "data", warning: "data", model: "model" } as const;

/** Every code that a `GlmEvalError` can have. */
export const ERROR_CODES = Object.fromEntries(
  (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((group) =>
    Object.entries(CODE_GROUPS[group]).map(([code, meaning]) => [code, { kind: KINDS[group], meaning }]),
  ),
) as Readonly<Record<ErrorCode, ErrorMeaning>>;
