import { copyFile, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { makeFolder } from "../cache/index.js";
import type { RepoKind } from "./hub-names.js";

const COMMIT = /^[0-9a-f]{40}$/;

/** One commit of a repository in the cache, complete or not. */
export interface HubSnapshot {
  readonly commit: string;
  /** absolute path */
  readonly folder: string;
}

/**
 * One repository's folder in the cache, in the layout of Python's huggingface_hub: refs/REVISION holds a commit,
 * blobs/ETAG a file's content, and snapshots/COMMIT/FILE is a link to it.
 */
export class RepoCache {
  readonly folder: string;
  readonly lock: string;

  constructor(cache: string, kind: RepoKind, name: string) {
    const repo = `${kind}s--${name.replace("/", "--")}`;
    this.folder = join(cache, repo);
    this.lock = join(cache, ".locks", repo, "glm-eval.lock");
  }

  snapshot(commit: string): string {
    return join(this.folder, "snapshots", commit);
  }

  blob(etag: string): string {
    return join(this.folder, "blobs", etag);
  }

  /** Finds the snapshot that a revision pointed to when it was last looked up. */
  async find(revision: string): Promise<HubSnapshot | undefined> {
    const commit = COMMIT.test(revision) ? revision : await this.readRef(revision);
    if (commit === undefined) return undefined;
    const folder = this.snapshot(commit);
    const entries = await readdir(folder).catch(() => []);
    return entries.length === 0 ? undefined : { commit, folder };
  }

  /** Lists the branches and tags known to the cache, and the commits in it. */
  async revisions(): Promise<string[]> {
    const list = async (sub: string): Promise<string[]> => {
      const entries = await readdir(join(this.folder, sub)).catch(() => []);
      return entries.sort();
    };
    return [...(await list("refs")), ...(await list("snapshots"))];
  }

  async writeRef(revision: string, commit: string): Promise<void> {
    if (revision === commit || (await this.readRef(revision)) === commit) return;
    const path = join(this.folder, "refs", revision);
    await makeFolder(dirname(path));
    await writeFile(path, commit);
  }

  /** Makes content available under its file name in a snapshot. */
  async link(etag: string, commit: string, file: string): Promise<void> {
    const blob = this.blob(etag);
    const pointer = join(this.snapshot(commit), file);
    await makeFolder(dirname(pointer));
    await rm(pointer, { force: true });
    try {
      // relative, so that the cache can be moved
      await symlink(relative(dirname(pointer), blob), pointer);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code)) throw error;
      // Links are not supported (Windows without the privilege, some mounts): the file itself replaces the link.
      await rename(blob, pointer).catch(() => copyFile(blob, pointer));
    }
  }

  private async readRef(revision: string): Promise<string | undefined> {
    const text = await readFile(join(this.folder, "refs", revision), "utf8").catch(() => "");
    return COMMIT.test(text.trim()) ? text.trim() : undefined;
  }
}
