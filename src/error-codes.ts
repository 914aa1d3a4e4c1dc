import { TASK_ERRORS, WARNINGS } from "./finding-codes.js";

/** What went wrong, in the words of the exit codes that scripts can test for. */
export type ErrorKind =
  /** wrong command line or wrong call: exit code 2 */
  | "usage"
  /** a bad task file, data file or checkpoint: exit code 3 */
  | "data"
  /** a model or device that cannot be used (not found, hub out of reach, too big): exit code 4 */
  | "model";

export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = { usage: 2, data: 3, model: 4 };

/** The command line, or a call of the library. */
const USAGE = {
  "bad-device-list": "The list of devices is empty, or names one twice or auto beside others: correct it.",
  "bad-floor": "--fail-under is no TASK=VALUE, or names what the run does not have: correct it.",
  "bad-label-column":
    "A new task's label column has too few or too many values: name another, or the labels.",
  "bad-label-word": "--word is no LABEL=WORD of the new task: correct it.",
  "bad-number": "A number of a call of the library is out of its range: correct it.",
  "bad-option":
    "An option has a value that it cannot have, none, or several: the message says what is expected.",
  "bad-special-token": "The mask or end token that was named is not in the vocabulary: name one that is.",
  "bad-text": "A text to score has no [MASK] or several, or an answer is empty: correct it.",
  "binary-output": "A zip would be written to the terminal: name a file with --output.",
  "column-not-found": "The data of a new task has no such column: the message names the nearest.",
  "conflicting-options":
    "Two options contradict each other, or one needs another: leave one out, or add the other.",
  "folder-revision": "A revision was named for a model in a folder: leave it out.",
  "journal-not-found":
    "The folder holds judged results without a journal: judge the run that they were made of.",
  "missing-argument":
    "A command lacks an argument, or one of those that it needs: --help shows how it is used.",
  "missing-command": "No command is named: --help lists them.",
  "missing-option": "An option that must be given is not: give it.",
  "no-samples": "There are no samples of what is to be shown: name another model or run.",
  "nothing-to-convert": "The model is used as it is, without conversion: give --model its name.",
  "output-exists": "The output file is there already: name another, or add --force.",
  "output-is-input": "The output would replace the input: name another file.",
  "output-not-empty": "The folder for a converted model holds something: name one that does not exist yet.",
  "output-not-writable": "The output file or folder cannot be written: name another.",
  "pattern-not-found": "The task has no such pattern: the message names the nearest.",
  "published-not-found": "There is no published result of that id: the message names the nearest.",
  "run-exists": "The output folder holds a run: resume it with --resume, or name another folder.",
  "run-folder-not-empty": "The output folder holds other files: name another.",
  "run-in-progress": "Another process still writes to the run: wait for it, or stop it.",
  "run-not-found": "The folder holds no run: name one that a run has written.",
  "run-options-differ":
    "A run is resumed with other options than it was begun with: give the same, or begin a new run.",
  "runs-not-comparable": "Runs are of other tasks, splits or examples: compare what both have with --common.",
  "same-model-twice": "A run names a model twice: name each once.",
  "same-task-name": "Two tasks of a run have one name: run them one after the other, or rename one.",
  "score-cache-not-found": "No hash in the score cache begins so: glm-eval cache list shows them.",
  "split-not-found": "The task has no such split: the message lists those that it has.",
  "task-not-found": "There is no built-in task or suite of that name: the message names the nearest.",
  "unexpected-argument": "A command has a word too many: leave it out, or quote what belongs together.",
  "unknown-command": "There is no such command: the message names the nearest.",
  "unknown-device": "There is no device of that name: glm-eval doctor lists those of this machine.",
  "unknown-flag": "The command has no such flag: the message names the nearest.",
  "unknown-form":
    "There is no such form of reports, or what was asked for is not written in it: take another.",
  "unknown-option": "A call of the library has an option that there is not: the message names the nearest.",
} as const;

/** A file: data, a run, a checkpoint. What is wrong in a task's file or data has the codes of `TASK_ERRORS`. */
const DATA = {
  "bad-address": "An address in a task file is none: correct it.",
  "bad-config":
    "config.json is damaged, or lacks what the model needs: take the one that the model came with.",
  "bad-question":
    "A question to score has no [MASK] or several, an empty answer, or is no JSON: correct the line.",
  "calibration-missing": "The run did not ask what the calibration needs: resume it with that --calibration.",
  "checkpoint-damaged": "A weight file is damaged or half downloaded: get it again.",
  "checkpoint-mismatch": "Weights and config.json do not fit together: take both from one checkpoint.",
  "data-not-found": "A task's data is not where it is looked for: name the folder with --data.",
  "disk-failure": "The disk fails: use another.",
  "disk-full": "The disk is full, or the quota used up: free some space, then resume.",
  "download-failed": "A data file cannot be downloaded: check the network, or name a local file.",
  "download-not-kept":
    "A downloaded data file cannot be written to the cache: free some space, or set GLM_EVAL_CACHE.",
  "download-offline": "A data file is not in the cache, and downloads are off: run once without --offline.",
  "download-refused": "A server does not give the data file: check the address, or download it by hand.",
  "export-damaged": "An ONNX file is damaged, or its data is not beside it: get it again.",
  "file-exists": "A file is in the way: move it.",
  "file-not-found": "A file is not there: correct its name.",
  "file-too-large": "A file is larger than can be read or written: make it smaller.",
  "is-a-folder": "A folder was named where a file is expected: name a file.",
  "journal-changed": "Another process writes to the run's journal: stop one of the two, then resume.",
  "journal-incomplete": "The journal lacks scores of a question: resume the run.",
  "metric-changed": "A metric of your own is gone, or another one than when the run was made: put it back.",
  "new-task-unsound": "A new task file was written, but has errors: glm-eval tasks validate shows them.",
  "no-example-asked":
    "None of a task's examples can be asked, though those that cannot are skipped: the message says why the first cannot.",
  "no-permission": "A file may not be read or written: change its permissions, or use another place.",
  "no-questions": "The input holds no questions: see that it is the right file.",
  "no-task-can-run": "All tasks fail before the model is loaded: glm-eval tasks validate shows why.",
  "not-a-submission":
    "The run cannot be submitted to SuperGLUE: the message says what is missing, task by task.",
  "not-paired": "Two models' predictions are not of the same examples and gold: compare those that are.",
  "nothing-before-blank": "A causal model cannot begin with the blank: take a pattern with text before it.",
  "published-damaged":
    "The file of published results is malformed: install glm-eval again, or correct your edit.",
  "results-damaged": "A results.json is malformed: name another, or make it again with glm-eval judge.",
  "results-version": "A results.json is of another version: use the glm-eval that wrote it.",
  "run-content-changed":
    "A file, model, baseline or the program changed since the run was begun: put it back, or begin a new run.",
  "run-damaged":
    "A file of a run is malformed at the place that is named: the message says how to make it again.",
  "run-unfinished": "The run has no results yet: resume it, or judge what was scored.",
  "run-version":
    "run.json is of another version of the record: use the glm-eval that wrote it, or run again.",
  "score-cache-damaged": "A file of the score cache is malformed: glm-eval cache clear removes it.",
  "several-tokenizers": "A folder holds several vocabularies: keep the one of the checkpoint.",
  "shots-not-balanced": "Few-shot examples cannot be balanced over labels: leave --fewshot-balanced out.",
  "special-token-missing":
    "The tokenizer lacks a token that the model needs: take the checkpoint's own files.",
  "task-file-unreadable": "A task file is not there, or cannot be read: correct its path.",
  "text-too-long": "A text does not fit the model, even when it is cut: shorten it, or raise --max-length.",
  "tokenizer-damaged": "A tokenizer file is malformed: get it again from the model's repository.",
  "tokenizer-mismatch": "Tokenizer and model do not belong together: take both from one repository.",
  "tokenizer-not-found": "A folder holds no tokenizer: put the tokenizer files of the repository there.",
  "tokenizer-not-supported":
    "The tokenizer is of a kind that is not supported: docs/tokenizers.md lists those that are.",
  "too-few-shots":
    "There are fewer few-shot examples than are to be shown: lower --num-fewshot, or add some.",
  "too-many-files": "Too many files are open: raise the limit of the system.",
  "unwritable-answer": "An answer has no character that the vocabulary can write: take another answer.",
  "weights-not-found": "A folder holds no weights: name the one that does.",
} as const;

/** A model or a device, here or on the hub. */
const MODEL = {
  "bad-hub-setting": "HF_ENDPOINT or the hub's token is malformed: correct it.",
  "bad-revision": "That is no branch, tag or commit: correct it.",
  "cuda-not-installed": "The CUDA provider cannot be installed: the message says what to get.",
  "device-stopped":
    "A device's process ended while it computed: resume the run, with --device cpu if need be.",
  "device-unavailable": "A device cannot be used: glm-eval doctor says what works.",
  "device-wrong": "A device computes other numbers than the CPU: take --device cpu, or a newer driver.",
  "dtype-not-available": "The model does not come in that number format: choose one that the message lists.",
  "export-not-found":
    "The model has no ONNX export of its family: make one, or name a repository that has one.",
  "export-not-supported":
    "The ONNX graph is of a kind that is not read: export the model again as the message says.",
  "export-wrong": "The edited graph gives other numbers than the export: take another dtype or export.",
  "hub-download-damaged": "A file arrived damaged from the hub: try again.",
  "hub-file-not-found": "The hub lists a file that it does not have: try again later.",
  "hub-refused": "The hub refuses the request: see that the model's page can be opened.",
  "hub-unreachable": "The hub cannot be reached: try again, set HF_ENDPOINT, or name a folder.",
  interrupted: "Scoring was stopped by the caller's signal: what was scored is kept.",
  "machine-not-supported": "This machine's processor or system is not supported for what was asked.",
  "mmap-not-possible": "These weights cannot stay in their file: leave --mmap yes out.",
  "model-cache-full": "There is no room for the model in its cache: free some space, or use another disk.",
  "model-cache-not-writable": "A model's cache folder cannot be written: set HF_HUB_CACHE or GLM_EVAL_CACHE.",
  "model-gated":
    "The model's owner must grant access first: ask for it on the model's page, then set HF_TOKEN.",
  "model-incomplete": "A file of the model is missing or unreadable: download or copy it again.",
  "model-not-found":
    "There is no such folder or model on the hub, or it is private: correct the name, or set HF_TOKEN.",
  "model-not-supported": "The model is of a kind that cannot be asked to fill a blank here: take another.",
  "model-offline": "The model is not in the cache, and the hub is not asked: go online once.",
  "not-a-hub": "What answers at HF_ENDPOINT is no model hub: correct it, or log in to your network.",
  "not-finite": "The model gives NaN or infinite numbers: take another dtype, or get the checkpoint again.",
  "revision-not-found": "The model has no such revision: its page lists its branches and tags.",
  "runtime-failed": "ONNX Runtime cannot load the model or fails on a batch: the message has its words.",
  "weight-beyond-dtype": "A weight is larger than the number format holds: take another --dtype.",
} as const;

/** Every code by its group, of which it is in one only. */
export const CODE_GROUPS = { usage: USAGE, data: DATA, task: TASK_ERRORS, warning: WARNINGS, model: MODEL };

/** Names a kind of problem; it stays when the message's wording changes. docs/errors.md lists all. */
export type ErrorCode =
  | keyof typeof USAGE
  | keyof typeof DATA
  | keyof typeof TASK_ERRORS
  | keyof typeof WARNINGS
  | keyof typeof MODEL;

/** A code of what is found in a task's file or data. */
export type FindingCode = keyof typeof TASK_ERRORS | keyof typeof WARNINGS;

/** What a code means. */
export interface ErrorMeaning {
  readonly kind: ErrorKind;
  /** what it is, and what to do */
  readonly meaning: string;
}

const KINDS = { usage: "usage", data: "data", task: "data", warning: "data", model: "model" } as const;

/** Every code that a `GlmEvalError` may have. */
export const ERROR_CODES = Object.fromEntries(
  (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((group) =>
    Object.entries(CODE_GROUPS[group]).map(([code, meaning]) => [code, { kind: KINDS[group], meaning }]),
  ),
) as Readonly<Record<ErrorCode, ErrorMeaning>>;
