import { Worker } from "node:worker_threads";
import type { InferenceSession } from "onnxruntime-node";
import { GlmEvalError } from "../../errors.js";

/** A tensor that goes into a session or comes out of it. */
export interface Tensor {
  readonly type: "int32" | "int64" | "float32" | "float16" | "bool";
  /** of the type's size: BigInt64Array for int64, Uint16Array for float16, Uint8Array for bool */
  readonly data: Int32Array | BigInt64Array | Float32Array | Uint16Array | Uint8Array;
  readonly dims: readonly number[];
}

export interface SessionOptions {
  /** threads of one operator; ONNX Runtime's default is the number of physical cores */
  readonly threads?: number;
}

/** An ONNX model loaded on the CPU in a thread of its own. Runs are answered in the order they were asked. */
export interface Session {
  /**
   * Takes the feeds' buffers away: they go to the session's thread without a copy.
   * @param options.fetch only these outputs are copied out; all of them unless given
   * @throws GlmEvalError("model") with ONNX Runtime's own words where a run fails
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    options?: { readonly fetch?: readonly string[] },
  ): Promise<Record<string, Tensor>>;
  close(): Promise<void>;
}

/**
 * Loads a model file (with its external data beside it).
 * @throws GlmEvalError("model") with ONNX Runtime's own words where it cannot be loaded
 */
export async function openSession(model: string, options: SessionOptions = {}): Promise<Session> {
  const sessionOptions: InferenceSession.SessionOptions = {
    executionProviders: ["cpu"],
    logSeverityLevel: 3,
    ...(options.threads && { intraOpNumThreads: options.threads }),
  };
  // From 1.29 on ONNX Runtime sends events about models to its maker unless told not to, before it is first loaded. It
  // must be told here: a thread's own environment is a copy that native code does not see.
  process.env.ORT_DISABLE_TELEMETRY ??= "1";
  const worker = new Worker(new URL("./session-worker.js", import.meta.url), {
    workerData: { model, options: sessionOptions },
  });
  const waiting = new Map<
    number,
    { resolve: (r: Record<string, Tensor>) => void; reject: (e: Error) => void }
  >();
  let next = 0;
  let gone: Error | undefined;

  const fail = (error: Error): void => {
    gone = error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("error", (error) =>
    fail(new GlmEvalError("model", `the model's thread stopped: ${String(error)}`)),
  );
  worker.on("exit", () => fail(new GlmEvalError("model", "the model's thread has ended")));

  await new Promise<void>((resolve, reject) => {
    worker.once("message", (message: { error?: string }) => {
      if (message.error === undefined) resolve();
      else {
        const cannot = new GlmEvalError("model", `ONNX Runtime cannot load ${model}: ${message.error}`, {
          hint: "If the file was converted by an older version or is damaged, delete it and run again.",
        });
        void worker.terminate().then(() => reject(cannot));
      }
    });
    worker.once("error", reject);
  });

  worker.on("message", (message: { id: number; results?: Record<string, Tensor>; error?: string }) => {
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error !== undefined)
      asked?.reject(new GlmEvalError("model", `ONNX Runtime failed on a batch: ${message.error}`));
    else asked?.resolve(message.results!);
  });

  return {
    run(feeds, { fetch } = {}) {
      if (gone) return Promise.reject(gone);
      const id = next++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        const buffers = Object.values(feeds).map((feed) => feed.data.buffer as ArrayBuffer);
        worker.postMessage({ id, feeds, fetch }, [...new Set(buffers)]);
      });
    },
    async close() {
      await worker.terminate();
    },
  };
}
