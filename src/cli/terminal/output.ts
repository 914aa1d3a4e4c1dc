import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { GlmEvalError } from "../../errors.js";

/** A destination for results. */
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
 * Opens a file for results before the work starts, so that no work is lost if the file is not writable. Its content is replaced
 * only when the first result is written: a start that fails keeps the results of an earlier one.
 * @param input the file that is read at the same time; it must be another one
 * @throws GlmEvalError (usage) if the file is not writable, or is the input
 */
export async function openOutput(path: string, input?: string): Promise<Output> {
  const before = await stat(path).catch(() => undefined);
  const read = input === undefined ? undefined : await stat(input).catch(() => undefined);
  if (before?.isFile() && before.ino === read?.ino && before.dev === read.dev)
    throw new GlmEvalError(
      "output-is-input",
      `--output ${path} is the input file, which would be overwritten`,
      {
        hint: "Pass another file.",
      },
    );
  let file: FileHandle;
  try {
    file = await open(path, "a");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === "EISDIR" ? "it is a folder" : code === "ENOENT" ? "its folder does not exist" : message;
    throw new GlmEvalError("output-not-writable", `--output ${path} cannot be written: ${why}`, {
      hint: "Pass a file in a writable folder, or - for stdout.",
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
