import { realpath } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../../errors.js";
import { DEFAULT_LIMITS } from "../../../fetch/http/index.js";
import { checkRevision, fetchSnapshot, hubSettings, type Listing } from "../../../fetch/hub/index.js";
import { chooseHubFiles, findHubFiles, type HubNames, hubNames, type Task } from "../../../tasks/index.js";
import type { Progress } from "../../terminal/progress.js";
import type { SourceFile } from "./pulled-files.js";

/** A task that has a data set on the hub. */
export type HubTask = Task & { readonly hub: NonNullable<Task["hub"]> };

/**
 * Fetches the files of a hub data set for the splits of its tasks, through the cache shared with Python's huggingface_hub.
 * Each file was verified by the sha256 that the hub lists when it was downloaded.
 * @throws GlmEvalError if the hub cannot be reached, or has no files for a task
 */
export async function fetchHubFiles(
  dataset: string,
  tasks: readonly HubTask[],
  options: { readonly revision: string; readonly offline: boolean },
  progress: Progress,
): Promise<SourceFile[]> {
  const { revision, offline } = options;
  checkRevision(revision);
  const settings = await hubSettings(process.env);
  const wanted = tasks.flatMap((task) =>
    // The fewshot split is the task's own, unless the task file gives its name on the hub.
    Object.keys(task.dataFiles)
      .filter((split) => split !== "fewshot" || task.hub.splits?.fewshot !== undefined)
      .map((split) => hubNames(task.hub, split, [])),
  );
  const { commit, folder } = await fetchSnapshot({
    kind: "dataset",
    name: dataset,
    revision,
    wanted: {
      async choose(listing) {
        const chosen = await chooseFiles(dataset, listing, wanted);
        return [...new Set(chosen)];
      },
      async missing(held) {
        const lacking = wanted.filter((names) => findHubFiles(held, names).length === 0);
        return {
          required: lacking.map(({ folders, stems }) => `${folders[0]}/${stems[0]}`),
          optional: [],
        };
      },
    },
    suggest: () => undefined,
    settings: { ...settings, offline: offline || settings.offline },
    limits: DEFAULT_LIMITS,
    // A branch may have moved since the last download.
    refresh: true,
    signal: undefined,
    onProgress: (p) => {
      if (p.note !== undefined) progress.say(p.note);
      else progress.update("downloading", p.receivedTotal, p.sizeTotal, "bytes");
    },
  });
  progress.end();
  const files = [...new Set(wanted.flatMap((names) => findHubFiles(folder, names)))];
  return Promise.all(
    files.map(async (file): Promise<SourceFile> => {
      // The cache names the content of a large file by its sha256. Without links, the check of the download must suffice.
      const content = path.basename(await realpath(file));
      const sha256 = /^[0-9a-f]{64}$/.test(content) ? content : undefined;
      return {
        path: path.relative(folder, file).split(path.sep).join("/"),
        content: { file },
        sha256,
        from: dataset,
        revision: commit,
        verified: "hub",
      };
    }),
  );
}

async function chooseFiles(
  dataset: string,
  listing: Listing,
  wanted: readonly HubNames[],
): Promise<string[]> {
  for (const { folders, stems } of wanted)
    for (const folder of folders) {
      await listing.add(folder);
      for (const stem of stems) await listing.add(`${folder}/${stem}`);
    }
  const paths = [...listing.files.keys()];
  const chosen = wanted.map((names) => chooseHubFiles(paths, names));
  const lacking = wanted.filter((_, k) => chosen[k]!.length === 0);
  const [first] = lacking;
  if (first !== undefined) {
    const sought = lacking.map(({ folders, stems }) => `${folders[0]}/${stems[0]}-*.parquet`);
    throw new GlmEvalError("hub-file-not-found", `${dataset} has no ${sought.join(", ")}`, {
      hint: "Pass a revision that has them: --revision refs/convert/parquet is the hub's own conversion.",
    });
  }
  return chosen.flat();
}
