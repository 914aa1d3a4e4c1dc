import { resolveModel } from "../../../models/sources/index.js";
import type { CheckpointOptions } from "../../../options/index.js";
import type { Progress } from "../../terminal/progress.js";

/** Returns the folder of the model on the command line; downloads it if necessary. */
export async function resolveWithProgress(
  { model, offline, revision }: CheckpointOptions & { model: string },
  progress: Progress,
): Promise<string> {
  const { folder } = await resolveModel(model, {
    offline,
    revision,
    onProgress: (p) => {
      if (p.note !== undefined) progress.say(p.note);
      else progress.update("downloading", p.receivedTotal, p.sizeTotal, "bytes");
    },
  });
  progress.end();
  return folder;
}
