import { GlmEvalError } from "../../errors.js";
import { NetworkError, StatusError } from "../http/index.js";

/** Whether it is the server's word that the file is still the one that we have. */
export function isUnchanged(error: unknown): boolean {
  return error instanceof StatusError && error.status === 304;
}

/** The one error that the user sees for whatever went wrong between here, the server and the disk. */
export function downloadError(error: unknown, url: string, folder: string): unknown {
  if (error instanceof StatusError) {
    const gone = error.status === 404 || error.status === 410;
    const denied = error.status === 401 || error.status === 403;
    return new GlmEvalError(
      "download-refused",
      `cannot download ${url}: the server answered ${error.status}`,
      {
        hint: gone
          ? "Check the address: there is no such file."
          : denied
            ? "The file needs a login: download it by hand and name the local file."
            : "Try again later, or download it by hand and name the local file.",
        cause: error,
      },
    );
  }
  if (error instanceof NetworkError) {
    return new GlmEvalError("download-failed", `cannot download ${url}: ${error.message}`, {
      hint: "Check the address and the network, or download it by hand and name the local file.",
      cause: error,
    });
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return new GlmEvalError(
    "download-not-kept",
    `cannot keep ${url} in ${folder}: ${(error as Error).message}`,
    {
      hint: "Free some space or set GLM_EVAL_CACHE to a folder that you may write.",
      cause: error,
    },
  );
}
