import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

/** The other sides; what is asked of each, its head says. */
export type Script = "lm_eval_style.py" | "glm_style.py";

export interface Answered {
  /** seconds */
  readonly wall: number;
  /** seconds of processor time, of all threads */
  readonly cpu: number;
  /** log-probabilities: of each token of each answer of each question */
  readonly scores: readonly (readonly (readonly number[])[])[];
}

/** A model in PyTorch, in a process of its own that waits while it is not asked. */
export interface Peer {
  /** of its libraries */
  readonly versions: string;
  score(asked: object): Promise<Answered>;
  close(): void;
}

/**
 * Starts a script, which makes or reads its model.
 * @param python the interpreter
 * @param args of the script; the number of threads follows them
 * @throws Error with the script's last words where it ends, as where a library is missing
 */
export async function startPeer(
  python: string,
  script: Script,
  args: readonly string[],
  threads: number,
): Promise<Peer> {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(python, [file, ...args, String(threads)], {
    env: { ...process.env, OMP_NUM_THREADS: String(threads) },
  });
  const said = lastWords(child);
  const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T>(): Promise<T> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${python} ${script}: ${await said}`);
    return JSON.parse(value) as T;
  };
  const { versions } = await next<{ versions: string }>();
  return {
    versions,
    score(asked) {
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      return next<Answered>();
    },
    close: () => void child.kill(),
  };
}

/** What a process writes last to stderr before it ends, or why it did not begin. */
async function lastWords(child: ChildProcess): Promise<string> {
  let text = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-4000);
  });
  try {
    const [code] = await once(child, "close");
    return text.trim().split("\n").at(-1) || `ended with exit code ${code}`;
  } catch (error) {
    return String(error);
  }
}
