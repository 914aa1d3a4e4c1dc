import { Readable } from "node:stream";
import { runCommand } from "../../src/cli/run-command.js";
import type { Outcome } from "./command.js";

export interface Environment {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | Buffer;
}

/** Commands run one at a time, because each uses the process's folder, environment and streams. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the command in this process, which saves the second that a new process needs to load its modules. The command gets a
 * folder, environment, arguments and streams like those of a separate process; all are restored afterwards.
 */
export function runInProcess(args: readonly string[], environment: Environment): Promise<Outcome> {
  const outcome = last.then(() => run(args, environment));
  last = outcome.catch(() => undefined);
  return outcome;
}

async function run(args: readonly string[], { cwd, env, input }: Environment): Promise<Outcome> {
  const before = {
    cwd: process.cwd(),
    env: { ...process.env },
    argv: process.argv,
    exitCode: process.exitCode,
    stdin: Object.getOwnPropertyDescriptor(process, "stdin")!,
  };
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  process.chdir(cwd);
  setEnvironment(env);
  process.argv = [process.execPath, "glm-eval", ...args];
  process.exitCode = undefined;
  Object.defineProperty(process, "stdin", { value: Readable.from([Buffer.from(input)]), configurable: true });
  try {
    await runCommand(args);
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    stdout.release();
    stderr.release();
    process.chdir(before.cwd);
    setEnvironment(before.env);
    process.argv = before.argv;
    process.exitCode = before.exitCode;
    Object.defineProperty(process, "stdin", before.stdin);
  }
}

/** Changes the variables in place: native code reads those of the process, not an object that replaces `process.env`. */
function setEnvironment(env: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

function capture(stream: NodeJS.WriteStream): { text(): string; release(): void } {
  const chunks: Buffer[] = [];
  const { write } = stream;
  stream.write = ((
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error) => void),
    done?: (error?: Error) => void,
  ) => {
    chunks.push(Buffer.from(chunk as string));
    const callback = typeof encoding === "function" ? encoding : done;
    if (callback) process.nextTick(callback);
    return true;
  }) as typeof write;
  return {
    text: () => Buffer.concat(chunks).toString("utf8"),
    release() {
      stream.write = write;
    },
  };
}
