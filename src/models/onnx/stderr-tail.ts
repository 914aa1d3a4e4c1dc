const MAX_LENGTH = 200;

/** Terminal colors, which ONNX Runtime's log contains even when it does not go to a terminal. */
const COLORS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
/** A log line's time and its position in the source of ONNX Runtime or Dawn: useless to a user. */
const LOG_PLACE = /^\d{4}-\d\d-\d\d .*\[(?:ONNXRuntimeError)\] : \d+ : \w+ : |^\d{4}-\d\d-\d\d [^\]]*\] /;

/** The folders of a path, which loaders print twice in one line: the file name is enough. */
const FOLDERS = /(^|[\s"'])(?:\/[^\s/:"']+)+\//g;

/** Returns the last meaningful line of a process's stderr, without details that only developers need. */
export function stderrTail(stderr: string): string | undefined {
  const line = stderr
    .replaceAll(COLORS, "")
    .split("\n")
    .map((each) => each.trim())
    // The location of an error is printed below the error itself.
    .findLast((each) => each !== "" && !/^at .*\)$/.test(each) && !/^- While /.test(each))
    ?.replace(LOG_PLACE, "")
    .replaceAll(FOLDERS, "$1");
  return line === undefined || line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH)} …`;
}

/** Strips the source location and the failed condition from ONNX Runtime's error message. */
export function simplifyMessage(message: string): string {
  return message.replace(/^.* was false\. /s, "").trim();
}
