import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { GlmEvalError } from "../../errors.js";

/** Where results go. */
export interface Output {
  write(content: string | Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export const stdout: Output = {
  write: (content) =>
    new Promise((resolve, reject) => {
      process.stdout.write(content, (error) => (error ? reject(error) : resolve()));
    }),
  close: async () => undefined,
};

/**
 * Opens a file for results before the work, so that one that cannot be written costs nothing. What it holds is
 * replaced when the first result comes: a start that fails loses nothing of an earlier one.
 * @param input the file that is read meanwhile, which it must not be
 * @throws GlmEvalError (usage) where it cannot be written, or is the input
 */
export async function openOutput(path: string, input?: string): Promise<Output> {
  const before = await stat(path).catch(() => undefined);
  const read = input === undefined ? undefined : await stat(input).catch(() => undefined);
  if (before?.isFile() && before.ino === read?.ino && before.dev === read.dev)
    throw new GlmEvalError("output-is-input", `--output ${path} is the input file, which it would replace`, {
      hint: "Name another file.",
    });
  let file: FileHandle;
  try {
    file = await open(path, "a");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === "EISDIR" ? "it is a folder" : code === "ENOENT" ? "its folder does not exist" : message;
    throw new GlmEvalError("output-not-writable", `--output ${path} cannot be written: ${why}`, {
      hint: "Name a file in a folder that you may write, or - for stdout.",
      cause: error,
    });
  }
  let used = false;
  return {
    async write(content) {
      if (!used && before?.isFile()) await file.truncate(0);
      used = true;
      await file.appendFile(content);
    },
    async close() {
      await file.close();
      if (!used && before === undefined) await rm(path, { force: true });
    },
  };
}
