import type { InferenceSession } from "onnxruntime-node";
import { GlmEvalError } from "../../errors.js";
import { type Device, getProvider } from "./device.js";
import { openProcessChannel, openThreadChannel } from "./session-channel.js";
import { SessionEnded } from "./session-ended.js";
import { simplifyMessage } from "./stderr-tail.js";

/** An input or output tensor of a session. */
export interface Tensor {
  readonly type: "int32" | "int64" | "float32" | "float16" | "bool";
  /** an array of the type's element size: BigInt64Array for int64, Uint16Array for float16, Uint8Array for bool */
  readonly data: Int32Array | BigInt64Array | Float32Array | Uint16Array | Uint8Array;
  readonly dims: readonly number[];
}

export interface SessionOptions {
  /** number of threads per operator; ONNX Runtime's default is the number of physical cores */
  readonly threads?: number | undefined;
  /** default: the CPU */
  readonly device?: Device | undefined;
  /** on the CPU: memory-map weights in external data instead of rearranging them for matrix products */
  readonly mmap?: boolean | undefined;
  /** use a separate process instead of a thread, even on the CPU */
  readonly ownProcess?: boolean | undefined;
}

/**
 * A loaded ONNX model: in its own thread on the CPU, in its own process on other devices. Runs complete in the order in
 * which they were requested.
 */
export interface Session {
  /**
   * Detaches the feeds' buffers: they are moved to the session's thread without a copy.
   * @param options.fetch the outputs to copy out; default: all of them
   * @throws GlmEvalError (model) with ONNX Runtime's message if a run fails; SessionEnded if the session has ended,
   *   which then also applies to every later run
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    options?: { readonly fetch?: readonly string[] },
  ): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

interface PendingRun {
  readonly resolve: (results: Record<string, Tensor>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Loads a model file (and the external data next to it).
 * @throws GlmEvalError (model) with ONNX Runtime's message if it fails to load
 */
export async function openSession(model: string, options: SessionOptions = {}): Promise<Session> {
  const { threads, device = "cpu", mmap = false, ownProcess = device !== "cpu" } = options;
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: [getProvider(device)],
    logSeverityLevel: 3,
    ...(threads && { intraOpNumThreads: threads }),
    ...(mmap && { extra: { session: { disable_prepacking: "1" } } }),
  };
  // Since 1.29, ONNX Runtime sends events about models to its vendor unless this is set before it is first loaded. It
  // must be set here: a thread's own environment is a copy that native code does not see.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const channel = ownProcess ? openProcessChannel() : openThreadChannel();
  const waiting = new Map<number, PendingRun>();
  let next = 0;
  let ended: SessionEnded | undefined;
  let opened: ((refused?: string) => void) | undefined;

  channel.onEnd((how) => {
    // The first report of an end is the most informative.
    ended ??= new SessionEnded(device, how);
    opened?.(how);
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  });
  channel.onMessage((message: { id?: number; results?: Record<string, Tensor>; error?: string }) => {
    const { id, results, error } = message;
    if (id === undefined) return opened?.(error);
    const pending = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) pending?.resolve(results!);
    else pending?.reject(new GlmEvalError("runtime-failed", `ONNX Runtime failed on a batch: ${error}`));
  });

  const refused = await new Promise<string | undefined>((resolve) => {
    opened = resolve;
    channel.post({ model, options: sessionOptions });
  });
  if (refused !== undefined) {
    const stopped = ended;
    await channel.close();
    throw stopped ?? cannotLoad(model, device, refused, channel.stderrTail());
  }

  return {
    run(feeds, { fetch } = {}) {
      if (ended) return Promise.reject(ended);
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

function cannotLoad(model: string, device: Device, reason: string, driver: string | undefined): GlmEvalError {
  if (device === "cpu")
    return new GlmEvalError("runtime-failed", `ONNX Runtime cannot load ${model}: ${reason}`, {
      hint: "If the file was converted by an older version or is damaged, delete it and rerun.",
    });
  const plain = simplifyMessage(reason);
  const both = driver === undefined || driver.includes(plain) ? plain : `${plain} (${driver})`;
  return new GlmEvalError("device-unavailable", `${device} cannot load the model: ${both}`, {
    hint: "`glm-eval doctor` lists the devices that work on this machine; --device cpu always does.",
  });
}
