import { copyFile, mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Dtype } from "../config/index.js";
import { chooseExport, exportKind, type ModelKind, ONNX_FOLDER, wantedGraphs } from "./export-files.js";
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
  async find(revision: string, dtype: Dtype): Promise<CachedSnapshot | undefined> {
    const commit = COMMIT.test(revision) ? revision : await this.readRef(revision);
    if (commit === undefined) return undefined;
    const folder = this.snapshot(commit);
    const names = await existingFiles(folder);
    if (names.length === 0) return undefined;
    const config = await readFile(join(folder, "config.json"), "utf8").catch(() => "");
    const kind = exportKind(config);
    const { required, optional } =
      kind === undefined
        ? await missingOfGlm(folder, names)
        : await missingOfExport(folder, names, kind, dtype);
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

interface Missing {
  /** without these nothing can run */
  readonly required: readonly string[];
  /** without these one should ask the hub */
  readonly optional: readonly string[];
}

async function missingOfGlm(folder: string, names: readonly string[]): Promise<Missing> {
  const choice = chooseFiles(names);
  const { required, optional } = missingKinds(choice);
  const index = choice.weights?.index;
  if (index === undefined) return { required, optional };
  const shards = shardsOf(await readFile(join(folder, index), "utf8")) ?? [index];
  const absent = shards.filter((shard) => shard === index || !names.includes(shard));
  return { required: [...required, ...absent], optional };
}

async function missingOfExport(
  folder: string,
  names: readonly string[],
  kind: ModelKind,
  dtype: Dtype,
): Promise<Missing> {
  const inside = await existingFiles(join(folder, ONNX_FOLDER));
  const paths = [...names, ...inside.map((name) => `${ONNX_FOLDER}/${name}`)];
  const { plain, graphs } = chooseExport(paths, kind, dtype);
  const required = ["tokenizer.json"].filter((name) => !plain.includes(name));
  if (graphs === undefined)
    required.push(...wantedGraphs(kind, dtype).filter((path) => !paths.includes(path)));
  for (const graph of graphs ?? []) {
    const named = await namedData(folder, graph);
    required.push(...named.filter((path) => !paths.includes(path)));
  }
  return { required, optional: ["tokenizer_config.json"].filter((name) => !plain.includes(name)) };
}

/** Bytes that a graph without its weights has at most, about. */
const BARE_GRAPH = 64e6;

/**
 * Paths of the data files that a graph names. Others than this program download a repository in any order, so a graph alone
 * does not show that its data is there. A big graph holds its weights itself, and is not read.
 */
async function namedData(folder: string, graph: string): Promise<string[]> {
  const file = join(folder, graph);
  if (((await fileSize(file)) ?? 0) > BARE_GRAPH) return [];
  const text = (await readFile(file)).toString("latin1");
  const name = graph.slice(ONNX_FOLDER.length + 1);
  const found = text.matchAll(new RegExp(`${name.replaceAll(".", "\\.")}_data(?:_\\d+)?`, "g"));
  return [...new Set(Array.from(found, (match) => `${ONNX_FOLDER}/${match[0]}`))];
}

async function existingFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map((name) => fileSize(join(folder, name))));
  return names.filter((_, i) => sizes[i] !== undefined);
}
