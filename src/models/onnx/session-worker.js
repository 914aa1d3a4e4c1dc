// @ts-check
// ONNX Runtime's `run` and `create` block the calling thread, so every session runs elsewhere: CPU sessions in a
// thread, GPU sessions in a process, because a driver may abort, and two WebGPU sessions in one process do. JavaScript
// rather than TypeScript, so that the same file runs from src/ in tests and from dist/ for users.
import { parentPort } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** @type {InferenceSession} */
let session;

/** @param {any} message */
async function open({ model, options }) {
  try {
    session = await InferenceSession.create(model, options);
    answer({ ready: true });
  } catch (error) {
    answer({ error: getMessage(error) });
  }
}

/** @param {any} message */
async function run({ id, feeds, fetch }) {
  try {
    /** @type {Record<string, Tensor>} */
    const inputs = {};
    for (const [name, { type, data, dims }] of Object.entries(feeds)) {
      const tensor = new Tensor(type, data, dims);
      // If JavaScript has Float16Array, ONNX Runtime wraps the halves in one, which its own native code then reads as
      // empty.
      if (type === "float16") Object.assign(tensor, { cpuData: data });
      inputs[name] = tensor;
    }
    const outputs = await (fetch ? session.run(inputs, fetch) : session.run(inputs));
    /** @type {Record<string, unknown>} */
    const results = {};
    for (const [name, { type, data, dims }] of Object.entries(outputs)) {
      const { buffer, byteOffset, byteLength } = /** @type {Uint16Array} */ (data);
      const plain = type === "float16" ? new Uint16Array(buffer, byteOffset, byteLength / 2) : data;
      results[name] = { type, data: plain, dims };
    }
    // Transferred rather than copied: a causal model's keys and values take hundreds of megabytes.
    const buffers = Object.values(outputs).map(({ data }) => /** @type {Float32Array} */ (data).buffer);
    answer({ id, results }, /** @type {ArrayBuffer[]} */ ([...new Set(buffers)]));
  } catch (error) {
    answer({ id, error: getMessage(error) });
  }
}

/**
 * @param {object} message
 * @param {ArrayBuffer[]} transfer
 */
function answer(message, transfer = []) {
  if (parentPort) parentPort.postMessage(message, transfer);
  else process.send?.(message);
}

/** @param {unknown} error */
function getMessage(error) {
  return String(error instanceof Error ? error.message : error);
}

/** @param {any} message */
const receive = (message) => (message.id === undefined ? open(message) : run(message));
if (parentPort) parentPort.on("message", receive);
else {
  process.on("message", receive);
  process.on("disconnect", () => process.exit());
  // Ctrl-C reaches every process of the terminal; the run stops after the batch in flight, which is computed here.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
}
