// @ts-check
// ONNX Runtime's `run` and `create` block the thread they are called on, so every CPU session lives in a thread of its
// own. JavaScript rather than TypeScript, so that the same file runs from src/ in the tests and from dist/ for users.
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);

/** @type {InferenceSession | undefined} */
let session;
try {
  session = await InferenceSession.create(workerData.model, workerData.options);
  port.postMessage({ ready: true });
} catch (error) {
  port.postMessage({ error: String(error instanceof Error ? error.message : error) });
}

port.on("message", async ({ id, feeds, fetch }) => {
  try {
    /** @type {Record<string, Tensor>} */
    const inputs = {};
    for (const [name, { type, data, dims }] of Object.entries(feeds)) {
      const tensor = new Tensor(type, data, dims);
      // Where JavaScript has a Float16Array, ONNX Runtime wraps the halves in one, which its own native code then
      // reads as empty.
      if (type === "float16") Object.assign(tensor, { cpuData: data });
      inputs[name] = tensor;
    }
    const loaded = /** @type {InferenceSession} */ (session);
    const outputs = await (fetch ? loaded.run(inputs, fetch) : loaded.run(inputs));
    /** @type {Record<string, unknown>} */
    const results = {};
    for (const [name, { type, data, dims }] of Object.entries(outputs)) {
      const { buffer, byteOffset, byteLength } = /** @type {Uint16Array} */ (data);
      const plain = type === "float16" ? new Uint16Array(buffer, byteOffset, byteLength / 2) : data;
      results[name] = { type, data: plain, dims };
    }
    // Handed over, not copied: a causal model's keys and values are hundreds of megabytes.
    const buffers = Object.values(outputs).map(({ data }) => /** @type {Float32Array} */ (data).buffer);
    port.postMessage({ id, results }, /** @type {ArrayBuffer[]} */ ([...new Set(buffers)]));
  } catch (error) {
    port.postMessage({ id, error: String(error instanceof Error ? error.message : error) });
  }
});
