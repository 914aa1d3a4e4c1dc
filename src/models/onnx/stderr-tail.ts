const LONGEST = 200;

/** Terminal colours, which ONNX Runtime's log has also where nobody sees them. */
const COLOURS = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
/** A log's time and place in ONNX Runtime's source, or Dawn's: of no use to a user. */
const LOG_PLACE = /^\d{4}-\d\d-\d\d .*\[(?:ONNXRuntimeError)\] : \d+ : \w+ : |^\d{4}-\d\d-\d\d [^\]]*\] /;

/** The folders of a path, which loaders tell twice in one line: its last name says enough. */
const FOLDERS = /(^|[\s"'])(?:\/[^\s/:"']+)+\//g;

/** The last line of a process's stderr that says something, without what only its developers need. */
export function stderrTail(stderr: string): string | undefined {
  const line = stderr
    .replaceAll(COLOURS, "")
    .split("\n")
    .map((each) => each.trim())
    // Where something happened is told below what happened.
    .findLast((each) => each !== "" && !/^at .*\)$/.test(each) && !/^- While /.test(each))
    ?.replace(LOG_PLACE, "")
    .replaceAll(FOLDERS, "$1");
  return line === undefined || line.length <= LONGEST ? line : `${line.slice(0, LONGEST)} …`;
}

/** ONNX Runtime's words for a failure, without the place in its source and the condition that did not hold. */
export function plainWords(message: string): string {
  return message.replace(/^.* was false\. /s, "").trim();
}
