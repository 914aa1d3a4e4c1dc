import { chooseDevices, getRuntimeFacts, parseDevices } from "../models/devices/index.js";
import { loadExported } from "./load-export.js";
import { loadInfill } from "./load-infill.js";
import { loadLanes } from "./load-lanes.js";
import { openReader, resolveFiles } from "./load-reader.js";
import type { Model } from "./model.js";
import type { ModelOptions } from "./model-options.js";

/**
 * Loads a model by folder or hub name, ready to score: the same reader as from `loadReader`, and an engine.
 * @throws GlmEvalError of kind "model", "data" or "usage"
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
  const { folder, source, revision } = await resolveFiles(nameOrFolder, options);
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
      : loadExported(opened.source, options, lane),
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
 * Checks that the options name valid devices, before anything is loaded.
 * @throws GlmEvalError (usage) if they do not
 */
export function checkDevices(options: Pick<ModelOptions, "device" | "devices">): void {
  parseDevices(options);
}
