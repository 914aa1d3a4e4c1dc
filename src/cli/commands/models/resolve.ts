import { resolveModel } from "../../../models/sources/index.js";
import type { CheckpointOptions } from "../../../options/index.js";
import type { Progress } from "../../terminal/progress.js";

/** The folder of the model that the command line names, downloaded where it is not here yet. */
export async function resolveFor(
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
