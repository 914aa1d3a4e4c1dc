import { chooseDevices, getRuntimeFacts, parseDevices } from "../models/devices/index.js";
import { loadExportEngine } from "./load-export.js";
import { loadInfill } from "./load-infill.js";
import { loadLanes } from "./load-lanes.js";
import { openReader, resolveModelFiles } from "./load-reader.js";
import type { Model } from "./model.js";
import type { ModelOptions } from "./model-options.js";

/**
 * Loads a model by folder or hub name, ready to score: the same reader as `loadReader` returns, and an engine.
 * @throws GlmEvalError with kind "model", "data" or "usage"
 *
 * @example
 * const model = await loadModel("THUDM/glm-roberta-large", { dtype: "int8", device: "auto" });
 * const task = await findTask("copa");
 * const { examples } = await task.load({ root: "./superglue", limit: 1 });
 * const prepared = model.reader.prepare(task.patterns[0].question(examples[0]));
 * const [scored] = await model.engine.score(prepared.map((one) => [one]));
 * await model.engine.close();
 */
export async function loadModel(nameOrFolder: string, options: ModelOptions = {}): Promise<Model> {
  const chosen = await chooseDevices(parseDevices(options), { threads: options.threads });
  const { folder, source, revision } = await resolveModelFiles(nameOrFolder, options);
  const opened = await openReader(folder, options, { needsGraphs: true });
  const { reader } = opened;
  const notes: string[] = [...chosen.notes, ...reader.notes];
  const onStopped = (note: string): void => {
    notes.push(note);
    options.onStopped?.(note);
  };
  const loaded = await loadLanes(chosen.places, { ...options, onStopped }, (lane) =>
    opened.kind === "glm"
      ? loadInfill(opened.source, options, lane)
      : loadExportEngine(opened.source, options, lane),
  );
  notes.push(...loaded.notes);
  return {
    name: nameOrFolder,
    reader,
    engine: loaded.engine,
    notes,
    facts: { source, revision, ...reader.facts, ...loaded.facts, onnxruntime: getRuntimeFacts().version },
  };
}

/**
 * Checks the device options before anything is loaded.
 * @throws GlmEvalError (usage) if they are not valid devices
 */
export function checkDevices(options: Pick<ModelOptions, "device" | "devices">): void {
  parseDevices(options);
}
