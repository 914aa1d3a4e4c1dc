import { BUNDLED_MODEL } from "../../bundled.js";
import type { ModelOptions, ReaderOptions } from "../../options/index.js";
import type { PrepareOptions } from "../../runner/index.js";
import { type LoadedReader, loadModel, loadReader, type Model } from "../../scoring/index.js";
import type { Progress } from "../terminal/progress.js";
import { showLoadEvents } from "../terminal/run-events.js";

/** Returns how data files given by a URL are downloaded. */
export function getDownloadOptions(
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

/** Loads what reads questions for the model on the command line: its config and tokenizer, without its weights. */
export async function loadReaderWithProgress(
  options: ReaderOptions & { readonly model: string },
  progress: Progress,
): Promise<LoadedReader> {
  const reader = await loadReader(options.model, { ...options, onProgress: showLoadEvents(progress) });
  progress.end();
  for (const note of reader.notes) progress.say(`note: ${note}`);
  return reader;
}

/** Loads the model on the command line, and shows the progress. */
export async function loadModelWithProgress(
  options: ModelOptions & { readonly model?: string | undefined },
  progress: Progress,
): Promise<Model> {
  const model = await loadModel(options.model ?? BUNDLED_MODEL, {
    ...options,
    onStopped: (note) => progress.say(`note: ${note}`),
    onProgress: showLoadEvents(progress),
  });
  progress.end();
  for (const note of model.notes) progress.say(`note: ${note}`);
  return model;
}
