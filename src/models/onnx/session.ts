import type { InferenceSession } from "onnxruntime-node";
import { GlmEvalError } from "../../errors.js";
import { type Device, providerOf } from "./device.js";
import { processChannel, threadChannel } from "./session-channel.js";
import { SessionEnded } from "./session-ended.js";
import { plainWords } from "./stderr-tail.js";

/** A tensor that goes into a session or comes out of it. */
export interface Tensor {
  readonly type: "int32" | "int64" | "float32" | "float16" | "bool";
  /** of the type's size: BigInt64Array for int64, Uint16Array for float16, Uint8Array for bool */
  readonly data: Int32Array | BigInt64Array | Float32Array | Uint16Array | Uint8Array;
  readonly dims: readonly number[];
}

export interface SessionOptions {
  /** threads of one operator; ONNX Runtime's default is the number of physical cores */
  readonly threads?: number | undefined;
  /** the CPU unless given */
  readonly device?: Device | undefined;
  /** on the CPU: weights in external data stay pages of their file, instead of being put in the order of its products */
  readonly mmap?: boolean | undefined;
  /** on the CPU too, a process of its own instead of a thread */
  readonly ownProcess?: boolean | undefined;
}

/**
 * An ONNX model loaded: on the CPU in a thread of its own, on another device in a process of its own. Runs are answered
 * in the order they were asked.
 */
export interface Session {
  /**
   * Takes the feeds' buffers away: they go to the session's thread without a copy.
   * @param options.fetch only these outputs are copied out; all of them unless given
   * @throws GlmEvalError (model) with ONNX Runtime's own words where a run fails; SessionEnded where the session is no
   *   more, as it is then for every later run
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    options?: { readonly fetch?: readonly string[] },
  ): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

interface Asked {
  readonly resolve: (results: Record<string, Tensor>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Loads a model file (with its external data beside it).
 * @throws GlmEvalError (model) with ONNX Runtime's own words where it cannot be loaded
 */
export async function openSession(model: string, options: SessionOptions = {}): Promise<Session> {
  const { threads, device = "cpu", mmap = false, ownProcess = device !== "cpu" } = options;
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: [providerOf(device)],
    logSeverityLevel: 3,
    ...(threads && { intraOpNumThreads: threads }),
    ...(mmap && { extra: { session: { disable_prepacking: "1" } } }),
  };
  // From 1.29 on ONNX Runtime sends events about models to its maker unless told not to, before it is first loaded. It
  // must be told here: a thread's own environment is a copy that native code does not see.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const channel = ownProcess ? processChannel() : threadChannel();
  const waiting = new Map<number, Asked>();
  let next = 0;
  let gone: SessionEnded | undefined;
  let opened: ((refused?: string) => void) | undefined;

  channel.onEnd((how) => {
    // The first word of an end is the best one.
    gone ??= new SessionEnded(device, how);
    opened?.(how);
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  });
  channel.onMessage((message: { id?: number; results?: Record<string, Tensor>; error?: string }) => {
    const { id, results, error } = message;
    if (id === undefined) return opened?.(error);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(results!);
    else asked?.reject(new GlmEvalError("runtime-failed", `ONNX Runtime failed on a batch: ${error}`));
  });

  const refused = await new Promise<string | undefined>((resolve) => {
    opened = resolve;
    channel.post({ model, options: sessionOptions });
  });
  if (refused !== undefined) {
    const stopped = gone;
    await channel.close();
    throw stopped ?? cannotLoad(model, device, refused, channel.stderrTail());
  }

  return {
    run(feeds, { fetch } = {}) {
      if (gone) return Promise.reject(gone);
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        const buffers = Object.values(feeds).map((feed) => feed.data.buffer as ArrayBuffer);
        channel.post({ id, feeds, fetch }, [...new Set(buffers)]);
      });
    },
    close: () => channel.close(),
  };
}

function cannotLoad(model: string, device: Device, words: string, driver: string | undefined): GlmEvalError {
  if (device === "cpu")
    return new GlmEvalError("runtime-failed", `ONNX Runtime cannot load ${model}: ${words}`, {
      hint: "If the file was converted by an older version or is damaged, delete it and run again.",
    });
  const plain = plainWords(words);
  const both = driver === undefined || driver.includes(plain) ? plain : `${plain} (${driver})`;
  return new GlmEvalError("device-unavailable", `${device} cannot load the model: ${both}`, {
    hint: "`glm-eval doctor` tells what works on this machine; --device cpu always does.",
  });
}
