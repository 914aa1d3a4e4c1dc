import type { z } from "zod";
import { LAYOUT, multircLine, type SubmissionFile } from "./layout.js";

/**
 * Checks that files are a SuperGLUE submission: all ten files, each line in the expected layout, every example once.
 * @param files texts by file name
 * @returns the problems, one line each, with file and line; empty if there are none
 */
export function checkSubmission(files: ReadonlyMap<string, string>): string[] {
  const known = new Set(LAYOUT.map(({ name }) => name));
  const others = [...files.keys()].filter((name) => !known.has(name));
  return [
    ...LAYOUT.flatMap((file) => {
      const text = files.get(file.name);
      return text === undefined ? [`${file.name}: missing`] : checkFile(file, text);
    }),
    ...others.map((name) => `${name}: not part of a submission`),
  ];
}

function checkFile(file: SubmissionFile, text: string): string[] {
  const { name, line: layout, predictions } = file;
  if (!text.endsWith("\n")) return [`${name}: no newline at the end of the last line`];
  const wrong: string[] = [];
  const ids = new Set<string>();
  let found = 0;
  for (const [k, line] of text.slice(0, -1).split("\n").entries()) {
    const parsed = parse(layout, line);
    if (typeof parsed === "string") {
      wrong.push(`${name}: line ${k + 1}: ${parsed}`);
      continue;
    }
    for (const { id, counts } of listIds(parsed.data)) {
      if (ids.has(id)) wrong.push(`${name}: line ${k + 1}: ${id} appears twice`);
      ids.add(id);
      if (counts) found++;
    }
  }
  if (wrong.length === 0 && found !== predictions)
    wrong.push(`${name}: ${found} predictions, but the test split has ${predictions}`);
  return wrong;
}

function parse(layout: z.ZodType, line: string): { readonly data: unknown } | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return "not JSON";
  }
  const parsed = layout.safeParse(json);
  if (parsed.success) return parsed;
  const { path, message } = parsed.error.issues[0]!;
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}

/** Lists what must appear once: lines, questions and answer options; `counts` marks predictions. */
function listIds(line: unknown): { id: string; counts: boolean }[] {
  const nested = multircLine.safeParse(line);
  if (!nested.success) return [{ id: `idx ${(line as { idx: number }).idx}`, counts: true }];
  const { idx, passage } = nested.data;
  return [
    { id: `idx ${idx}`, counts: false },
    ...passage.questions.flatMap((question) => [
      { id: `question ${question.idx} of passage ${idx}`, counts: false },
      ...question.answers.map((answer) => ({
        id: `answer ${answer.idx} of question ${question.idx} of passage ${idx}`,
        counts: true,
      })),
    ]),
  ];
}
