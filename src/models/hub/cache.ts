import { copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { chooseFiles, missingKinds, shardsOf } from "./files.js";

const COMMIT = /^[0-9a-f]{40}$/;

/** What the cache holds of one commit of a model. */
export interface CachedSnapshot {
  readonly commit: string;
  readonly folder: string;
  /** what cannot be done without: empty where the model can be used */
  readonly missing: readonly string[];
  /** nothing is wanting that published GLMs have: the hub need not be asked */
  readonly complete: boolean;
}

/**
 * One model's folder in the cache, in the layout of Python's huggingface_hub: refs/REVISION holds a commit,
 * blobs/ETAG a content, snapshots/COMMIT/FILE a link to it.
 */
export class RepoCache {
  readonly folder: string;
  readonly lock: string;

  constructor(cache: string, name: string) {
    const repo = `models--${name.replace("/", "--")}`;
    this.folder = join(cache, repo);
    this.lock = join(cache, ".locks", repo, "glm-eval.lock");
  }

  snapshot(commit: string): string {
    return join(this.folder, "snapshots", commit);
  }

  blob(etag: string): string {
    return join(this.folder, "blobs", etag);
  }

  /** The snapshot that a revision pointed to when it was last looked up. */
  async find(revision: string): Promise<CachedSnapshot | undefined> {
    const commit = COMMIT.test(revision) ? revision : await this.readRef(revision);
    if (commit === undefined) return undefined;
    const folder = this.snapshot(commit);
    const names = await existingFiles(folder);
    if (names.length === 0) return undefined;
    const choice = chooseFiles(names);
    const { required, optional } = missingKinds(choice);
    const index = choice.weights?.index;
    if (index !== undefined) {
      const shards = shardsOf(await readFile(join(folder, index), "utf8")) ?? [index];
      required.push(...shards.filter((shard) => shard === index || !names.includes(shard)));
    }
    const complete = required.length === 0 && optional.length === 0;
    return { commit, folder, missing: required, complete };
  }

  /** Branches and tags that the cache knows, and the commits it holds. */
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
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, commit);
  }

  /** Makes a content appear under its name in a snapshot. */
  async link(etag: string, commit: string, file: string): Promise<void> {
    const blob = this.blob(etag);
    const pointer = join(this.snapshot(commit), file);
    await mkdir(dirname(pointer), { recursive: true });
    await rm(pointer, { force: true });
    try {
      // relative, so that a moved cache stays whole
      await symlink(relative(dirname(pointer), blob), pointer);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (!["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"].includes(code)) throw error;
      // No links here (Windows without the privilege, some mounts): the file itself takes the link's place.
      await rename(blob, pointer).catch(() => copyFile(blob, pointer));
    }
  }

  private async readRef(revision: string): Promise<string | undefined> {
    const text = await readFile(join(this.folder, "refs", revision), "utf8").catch(() => "");
    return COMMIT.test(text.trim()) ? text.trim() : undefined;
  }
}

/** Size of the file that a path leads to, through links; undefined where there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === false ? found.size : undefined;
}

async function existingFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map((name) => fileSize(join(folder, name))));
  return names.filter((_, i) => sizes[i] !== undefined);
}
