import { fork } from "node:child_process";
import { Worker } from "node:worker_threads";
import { stderrTail } from "./stderr-tail.js";

/** The connection to a session in another thread or process: messages in both directions, and notice of its end. */
export interface Channel {
  /** @param transfer buffers to move to the receiver without a copy */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onMessage<T>(listener: (message: T) => void): void;
  /** @param listener receives how the session ended, if it was not closed from this side */
  onEnd(listener: (how: string) => void): void;
  close(): Promise<void>;
  /** after the end: the last line that a separate process wrote to stderr, often a driver's message */
  stderrTail(): string | undefined;
}

const SESSION_WORKER = new URL("./session-worker.js", import.meta.url);

/** Opens a session in a thread of this process: buffers go to it and come back without a copy. */
export function openThreadChannel(): Channel {
  const worker = new Worker(SESSION_WORKER);
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    onMessage: <T>(listener: (message: T) => void) => void worker.on("message", (m) => listener(m as T)),
    onEnd(listener) {
      worker.on("error", (error) => listener(`the model's thread stopped: ${String(error)}`));
      worker.on("exit", () => listener("the model's thread has ended"));
    },
    async close() {
      await worker.terminate();
    },
    // A thread writes to this process's own stderr.
    stderrTail: () => undefined,
  };
}

/** The number of characters of a process's stderr that are kept to explain why it ended. */
const KEPT_STDERR = 16_384;

/**
 * Opens a session in a separate process, which may abort without harming this one. A driver's output to stderr is held
 * back; its last line is reported if the process ends unexpectedly.
 */
export function openProcessChannel(): Channel {
  const child = fork(SESSION_WORKER, {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
    // By default cuBLAS and cuDNN round factors to TF32's 10 bits, which changes log-probabilities by up to 1e-3.
    env: { NVIDIA_TF32_OVERRIDE: "0", ...process.env },
  });
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-KEPT_STDERR);
  });
  // Raised when sending to a process that has just ended; "close" reports its end.
  child.on("error", () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.on("close", (code, signal) => {
      const tail = stderrTail(stderr);
      const how = signal === null ? `exited with code ${code}` : `was killed by ${signal}`;
      resolve(`its process ${how}${tail === undefined ? "" : `; its last output: ${tail}`}`);
    });
  });
  return {
    post: (message) => void child.send(message as object, () => undefined),
    onMessage: <T>(listener: (message: T) => void) => void child.on("message", (m) => listener(m as T)),
    onEnd: (listener) => void ended.then(listener),
    async close() {
      // Killed rather than asked to exit, because GPU drivers may crash or hang during shutdown.
      child.kill("SIGKILL");
      await ended;
    },
    stderrTail: () => stderrTail(stderr),
  };
}
