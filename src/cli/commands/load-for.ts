import { BUNDLED_MODEL } from "../../bundled.js";
import type { ModelOptions, ReaderOptions } from "../../options/index.js";
import type { PrepareOptions } from "../../runner/index.js";
import { type LoadedReader, loadModel, loadReader, type Model } from "../../scoring/index.js";
import type { Progress } from "../terminal/progress.js";
import { loadingLines } from "../terminal/run-events.js";

/** How data files that are addresses are downloaded. */
export function downloadsOf(
  { offline }: { readonly offline: boolean },
  progress: Progress,
): NonNullable<PrepareOptions["downloads"]> {
  return {
    offline,
    onProgress: ({ url, received, total }) =>
      progress.update(`downloading ${url}`, received, total ?? received, "bytes"),
    onNote: (note) => progress.say(note),
  };
}

/** Reads how the model that the command line names reads questions, without its weights. */
export async function readerFor(
  options: ReaderOptions & { readonly model: string },
  progress: Progress,
): Promise<LoadedReader> {
  const reader = await loadReader(options.model, { ...options, onProgress: loadingLines(progress) });
  progress.end();
  for (const note of reader.notes) progress.say(`note: ${note}`);
  return reader;
}

/** Loads the model that the command line names, showing what takes time. */
export async function loadFor(
  options: ModelOptions & { readonly model?: string | undefined },
  progress: Progress,
): Promise<Model> {
  const model = await loadModel(options.model ?? BUNDLED_MODEL, {
    ...options,
    onStopped: (note) => progress.say(`note: ${note}`),
    onProgress: loadingLines(progress),
  });
  progress.end();
  for (const note of model.notes) progress.say(`note: ${note}`);
  return model;
}
