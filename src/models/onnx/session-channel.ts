import { fork } from "node:child_process";
import { Worker } from "node:worker_threads";
import { stderrTail } from "./stderr-tail.js";

/** The way to a session that lives elsewhere: messages there and back, and word of its end. */
export interface Channel {
  /** @param transfer buffers that the receiver may have without a copy */
  post(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  onMessage<T>(listener: (message: T) => void): void;
  /** @param listener is told how it ended, where nobody closed it */
  onEnd(listener: (how: string) => void): void;
  close(): Promise<void>;
  /** after the end: what a process of its own wrote to stderr last, often a driver's own words */
  stderrTail(): string | undefined;
}

const SESSION_WORKER = new URL("./session-worker.js", import.meta.url);

/** A thread of this process: buffers go to it and come back without a copy. */
export function threadChannel(): Channel {
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

/** Of what a process wrote to stderr, so much is kept to tell why it ended. */
const KEPT_STDERR = 16_384;

/**
 * A process of its own, which may abort without harm to this one. What a driver writes to stderr is kept back; its last
 * line is told where the process ends by itself.
 */
export function processChannel(): Channel {
  const child = fork(SESSION_WORKER, {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: [],
    // cuBLAS and cuDNN round factors to TF32's 10 bits unless told not to: 1e-3 of a log-probability.
    env: { NVIDIA_TF32_OVERRIDE: "0", ...process.env },
  });
  let stderr = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-KEPT_STDERR);
  });
  // Sending to a process that has just ended; its end is told by "close".
  child.on("error", () => undefined);
  const ended = new Promise<string>((resolve) => {
    child.on("close", (code, signal) => {
      const words = stderrTail(stderr);
      const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
      resolve(`its process ${how}${words === undefined ? "" : `; its last words: ${words}`}`);
    });
  });
  return {
    post: (message) => void child.send(message as object, () => undefined),
    onMessage: <T>(listener: (message: T) => void) => void child.on("message", (m) => listener(m as T)),
    onEnd: (listener) => void ended.then(listener),
    async close() {
      // Not asked but killed: GPU drivers may crash or hang while they shut down.
      child.kill("SIGKILL");
      await ended;
    },
    stderrTail: () => stderrTail(stderr),
  };
}
