import { datasetInfo, type ListFileEntry, listFiles, modelInfo } from "@huggingface/hub";
import type { HttpClient } from "../http/index.js";
import type { HubFile } from "./blob-download.js";
import { type HubContext, notAHub } from "./hub-errors.js";
import { repoPath } from "./hub-names.js";

/** The files of one commit of a repository. */
export interface Listing {
  readonly commit: string;
  /** by path: those of the top folder, and of the folders added since */
  readonly files: ReadonlyMap<string, HubFile>;
  /** adds the files of a subfolder of a listed folder, if it exists */
  add(folder: string): Promise<void>;
}

/** Looks up the commit that the revision currently points to, and lists its top folder. */
export async function listRepository(client: HttpClient, context: HubContext): Promise<Listing> {
  const { kind, name, revision, settings } = context;
  const hubUrl = settings.endpoint;
  const query = { name, revision, hubUrl, fetch: client.fetch };
  const { sha: commit } =
    kind === "model"
      ? await modelInfo({ ...query, additionalFields: ["sha"] })
      : await datasetInfo({ ...query, additionalFields: ["sha"] });
  if (!/^[0-9a-f]{40}$/.test(commit ?? "")) throw notAHub(undefined, context);
  const files = new Map<string, HubFile>();
  const folders = new Set<string>();
  const list = async (folder: string): Promise<void> => {
    const inside = folder === "" ? "" : `${folder}/`;
    const options = {
      repo: { type: kind, name },
      revision: commit,
      hubUrl,
      fetch: client.fetch,
      path: folder,
    };
    for await (const entry of listFiles(options)) {
      // Skip a name or hash that could lead out of the cache folder.
      const last = entry.path.slice(inside.length);
      if (!entry.path.startsWith(inside) || !/^[^/\\]+$/.test(last) || /^\.\.?$/.test(last)) continue;
      if (entry.type === "directory") folders.add(entry.path);
      const file =
        entry.type === "file"
          ? toHubFile(entry, `${hubUrl}/${repoPath(kind, name)}/resolve/${commit}`)
          : undefined;
      if (file !== undefined) files.set(entry.path, file);
    }
  };
  await list("");
  return { commit, files, add: async (folder) => (folders.has(folder) ? list(folder) : undefined) };
}

function toHubFile(entry: ListFileEntry, base: string): HubFile | undefined {
  const { path } = entry;
  const etag = entry.lfs?.oid ?? entry.oid ?? entry.xetHash ?? "";
  if (!/^\w+$/.test(etag)) return undefined;
  const url = `${base}/${path.split("/").map(encodeURIComponent).join("/")}`;
  return { path, size: entry.lfs?.size ?? entry.size, etag, url };
}
