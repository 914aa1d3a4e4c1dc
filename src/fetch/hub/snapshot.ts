import { readFile, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { GlmEvalError } from "../../errors.js";
import { fileSize, makeFolder } from "../cache/index.js";
import { HttpClient, type NetworkLimits } from "../http/index.js";
import { downloadBlob, type HubFile } from "./blob-download.js";
import { type HubContext, isUnusable, toHubError } from "./hub-errors.js";
import { withLock } from "./process-lock.js";
import { type HubSnapshot, RepoCache } from "./repo-cache.js";
import { type Listing, listRepository } from "./repository-listing.js";

/** Reported at the start and end of each file, for each chunk that arrives, and before each wait. */
export interface HubProgress {
  /** the file being downloaded; "" before the first */
  readonly file: string;
  /** bytes of this file that are present, including those of an earlier attempt, and its total */
  readonly received: number;
  readonly size: number;
  /** the same for all wanted files, including those already present */
  readonly receivedTotal: number;
  readonly sizeTotal: number;
  readonly filesDone: number;
  readonly files: number;
  /** why there is no progress, during a wait: to be shown as it is */
  readonly note?: string;
}

/** Files missing from a snapshot in the cache. */
export interface Missing {
  /** without these the snapshot is unusable */
  readonly required: readonly string[];
  /** if these are missing, the hub should be asked for them */
  readonly optional: readonly string[];
}

/** Chooses the files of a repository that are wanted: only the caller knows which. */
export interface WantedFiles {
  /**
   * Returns the paths of the files to download, each once, in order: the file that marks a complete download comes last.
   * @param text fetches a small file of the repository
   * @throws GlmEvalError (model) if the repository lacks something
   */
  choose(listing: Listing, text: (path: string) => Promise<string>): Promise<readonly string[]>;
  /** @param folder a snapshot in the cache, which another program may have left unfinished */
  missing(folder: string): Promise<Missing>;
}

export interface SnapshotRequest extends HubContext {
  readonly wanted: WantedFiles;
  readonly limits: NetworkLimits;
  /** ask the hub even if the cache has all files: a branch may have moved */
  readonly refresh: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: HubProgress) => void;
}

const NOTHING: HubProgress = {
  file: "",
  received: 0,
  size: 0,
  receivedTotal: 0,
  sizeTotal: 0,
  filesDone: 0,
  files: 0,
};

/**
 * Returns a repository's files in the cache, and downloads those that are missing.
 * @throws GlmEvalError (model), or the abort signal's reason
 */
export async function fetchSnapshot(request: SnapshotRequest): Promise<HubSnapshot> {
  const { kind, name, revision, wanted, settings, signal } = request;
  signal?.throwIfAborted();
  const repo = new RepoCache(settings.cache, kind, name);
  const cached = await repo.find(revision);
  const missing = cached && (await wanted.missing(cached.folder));
  const usable = missing?.required.length === 0 ? cached : undefined;
  const isComplete = usable !== undefined && missing?.optional.length === 0;
  if (isComplete && !(request.refresh && !settings.offline)) return usable;
  if (settings.offline) {
    if (usable !== undefined) return usable;
    throw await notCachedError(request, repo, missing);
  }
  try {
    return await download(request, repo);
  } catch (error) {
    if (signal?.aborted) throw error;
    if (usable === undefined || !isUnusable(error)) throw toHubError(error, request);
    const note = `${settings.endpoint} is unreachable (${(error as Error).message}): using the cache as it is`;
    request.onProgress({ ...NOTHING, note });
    return usable;
  }
}

async function notCachedError(
  { kind, name, revision, settings }: SnapshotRequest,
  repo: RepoCache,
  missing: Missing | undefined,
): Promise<GlmEvalError> {
  const others = await repo.revisions();
  let found = "";
  if (missing !== undefined) found = `; missing there: ${missing.required.join(", ")}`;
  else if (others.length > 0) found = `; the cache has: ${others.slice(0, 5).join(", ")}`;
  const what = `${name}, revision "${revision}",`;
  return new GlmEvalError(
    kind === "model" ? "model-offline" : "download-offline",
    `offline, and ${what} is not in the cache ${settings.cache}${found}`,
    {
      hint: "Rerun once without --offline and HF_HUB_OFFLINE to download it, or name a folder that contains it.",
    },
  );
}

async function download(request: SnapshotRequest, repo: RepoCache): Promise<HubSnapshot> {
  const { name, revision, settings, limits, signal, onProgress } = request;
  let progress = NOTHING;
  const report = (change: Partial<HubProgress>): void => {
    progress = { ...progress, ...change };
    onProgress(progress);
  };
  const client = new HttpClient({
    endpoint: settings.endpoint,
    token: settings.token?.value,
    limits,
    signal,
    onRetry: (reason, waitMs) =>
      onProgress({ ...progress, note: `${reason}: retrying in ${Math.ceil(waitMs / 1000)} s` }),
  });
  const listing = await listRepository(client, request);
  const { commit, files } = listing;
  const folder = repo.snapshot(commit);
  const isHere = async (file: HubFile): Promise<boolean> =>
    (await fileSize(join(folder, file.path))) === file.size;

  const fetchFile = async (file: HubFile, onBytes: (received: number) => void): Promise<void> => {
    if (await isHere(file)) return;
    const blob = repo.blob(file.etag);
    if ((await fileSize(blob)) !== file.size) {
      await rm(blob, { force: true });
      await downloadBlob(client, file, blob, onBytes);
    }
    await repo.link(file.etag, commit, file.path);
  };

  const onWait = (): void =>
    onProgress({ ...progress, note: `another process is downloading ${name}: waiting for it` });
  return withLock(repo.lock, { signal, onWait }, async () => {
    await repo.writeRef(revision, commit);
    const text = async (path: string): Promise<string> => {
      await fetchFile(files.get(path)!, () => {});
      return readFile(join(folder, path), "utf8");
    };
    const names = await request.wanted.choose(listing, text);
    const plan = names.map((path) => files.get(path)!);
    await checkSpace(plan, repo, isHere, request);

    let before = 0;
    report({ files: plan.length, sizeTotal: plan.reduce((sum, file) => sum + file.size, 0) });
    for (const [done, file] of plan.entries()) {
      const { path, size } = file;
      const onBytes = (received: number): void =>
        report({ file: path, received, size, receivedTotal: before + received });
      report({ file: path, received: 0, size, receivedTotal: before });
      await fetchFile(file, onBytes);
      before += size;
      report({ received: size, receivedTotal: before, filesDone: done + 1 });
    }
    return { commit, folder };
  });
}

/** Reports a lack of disk space before an hour-long download instead of after it. */
async function checkSpace(
  plan: readonly HubFile[],
  repo: RepoCache,
  isHere: (file: HubFile) => Promise<boolean>,
  { kind, name, settings }: SnapshotRequest,
): Promise<void> {
  let needed = 0;
  for (const file of plan) {
    const blob = repo.blob(file.etag);
    if ((await isHere(file)) || (await fileSize(blob)) === file.size) continue;
    needed += Math.max(0, file.size - ((await fileSize(`${blob}.incomplete`)) ?? 0));
  }
  await makeFolder(settings.cache);
  const { bavail, bsize, blocks } = await statfs(settings.cache);
  const free = bavail * bsize;
  if (blocks === 0 || needed <= free) return;
  const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  throw new GlmEvalError(
    kind === "model" ? "model-cache-full" : "download-not-kept",
    `not enough space for ${name} in ${settings.cache}: it needs ${gb(needed)}, and only ${gb(free)} are free`,
    { hint: "Free some space, or set HF_HUB_CACHE to a folder on another disk." },
  );
}
