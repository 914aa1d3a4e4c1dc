import { GlmEvalError } from "../../errors.js";
import { NetworkError, StatusError } from "../http/index.js";

/** Whether the server reports that the cached file is still current (304). */
export function isUnchanged(error: unknown): boolean {
  return error instanceof StatusError && error.status === 304;
}

/** Converts any failure of a download, on the network, the server or the disk, into the error shown to the user. */
export function toDownloadError(error: unknown, url: string, folder: string): unknown {
  if (error instanceof StatusError) {
    const gone = error.status === 404 || error.status === 410;
    const denied = error.status === 401 || error.status === 403;
    return new GlmEvalError(
      "download-refused",
      `cannot download ${url}: the server returned ${error.status}`,
      {
        hint: gone
          ? "Check the URL: there is no such file."
          : denied
            ? "The file requires a login: download it manually, then name the local file."
            : "Try again later, or download it manually and name the local file.",
        cause: error,
      },
    );
  }
  if (error instanceof NetworkError) {
    return new GlmEvalError("download-failed", `cannot download ${url}: ${error.message}`, {
      hint: "Check the URL and the network, or download it manually and name the local file.",
      cause: error,
    });
  }
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return new GlmEvalError(
    "download-not-kept",
    `cannot save ${url} in ${folder}: ${(error as Error).message}`,
    {
      hint: "Free some space, or set GLM_EVAL_CACHE to a writable folder.",
      cause: error,
    },
  );
}
