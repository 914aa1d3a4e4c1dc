import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import {
  combineHashes,
  hashEach,
  makeCachedFolder,
  makeFolder,
  writeToCache,
} from "../../fetch/cache/index.js";
import { OnnxModel } from "../onnx/index.js";
import {
  checkModel,
  EDITOR_VERSION,
  type EditKind,
  editModel,
  type GraphFacts,
  getGraphFacts,
} from "./edit-model.js";
import type { ExportConfig } from "./export-config.js";
import { writeJson } from "./stored-results.js";

const MANIFEST = "glm-eval.json";
const MODEL = "model.onnx";

/** An original model file, as written by its exporter. */
export interface Source {
  readonly file: string;
  /** external data files, relative to the model's folder */
  readonly external: readonly string[];
  /** sha256 over all of them */
  readonly hash: string;
  /** sha256 of each of them, by its name in the folder */
  readonly hashes: ReadonlyMap<string, string>;
  /** called for each file that is read for its hash */
  readonly onHash: () => void;
}

/** A graph that is ready to run: in the cache, or unchanged in its original place. */
export interface StoredGraph {
  readonly model: string;
  readonly facts: GraphFacts;
  /** its folder in the cache, where results about it can be stored */
  readonly folder: string;
}

interface StoredFile {
  readonly name: string;
  readonly size: number;
  /** times of change in nanoseconds, as decimal text */
  readonly mtimeNs: string;
  readonly ctimeNs: string;
}

interface Manifest {
  readonly editor: number;
  readonly facts: GraphFacts;
  /** files that are only in this folder */
  readonly files: readonly StoredFile[];
  /**
   * Linked (or copied) files by the names of the source's files. A link may be written to at its other place, and its
   * ctime changes with every further link: only its content shows that it is unchanged.
   */
  readonly links: Readonly<Record<string, string>>;
}

/**
 * Inspects a model file: the external data it needs, the hash of everything, and the graph's inputs and outputs.
 * @throws GlmEvalError (model) if external data is missing or the model is not of its family,
 *   GlmEvalError (data) if the file is damaged
 */
export async function openSource(
  file: string,
  kind: EditKind,
  config: ExportConfig,
  cache: string,
  onHash: () => void,
): Promise<{ readonly source: Source; readonly plain: StoredGraph }> {
  const { own, external, model } = await findExternalFiles(file, cache, onHash);
  const folder = path.dirname(file);
  for (const name of external) {
    if (path.isAbsolute(name) || path.normalize(name).startsWith(".."))
      throw new GlmEvalError("export-damaged", `${file} stores data in ${name}, outside its folder`, {
        hint: "Export the model again with its external data next to it.",
      });
    const there = await stat(path.join(folder, name)).catch(() => undefined);
    if (!there)
      throw new GlmEvalError("model-incomplete", `${file} stores data in ${name}, which is missing`, {
        hint: `Download or copy ${name} into ${folder}.`,
      });
  }
  const data = external.map((name) => path.join(folder, name));
  const others = await hashEach(data, { folder: cache, onRead: onHash });
  const hashes = new Map([
    [path.basename(file), own],
    ...external.map((name, k) => [name, others[k]!] as const),
  ]);
  const source = { file, external, hash: combineHashes([own, ...others]), hashes, onHash };
  return { source, plain: await getPlainGraph(source, kind, config, cache, model) };
}

/**
 * Finds a model file's own hash and the external data that it names. The names are cached by the hash, because finding
 * them means reading the entire file.
 */
async function findExternalFiles(
  file: string,
  cache: string,
  onHash: () => void,
): Promise<{ readonly own: string; readonly external: readonly string[]; readonly model?: OnnxModel }> {
  await stat(file).catch(() => {
    throw new GlmEvalError("model-incomplete", `${file} cannot be read`, {
      hint: "Download or copy it again.",
    });
  });
  const [own] = (await hashEach([file], { folder: cache, onRead: onHash })) as [string];
  const memo = path.join(cache, "exports", `${own}.external.json`);
  try {
    return { own, external: JSON.parse(await readFile(memo, "utf8")) as string[] };
  } catch {
    const model = await OnnxModel.read(file);
    // If this cannot be cached, it only costs time.
    await writeJson(memo, model.externalFiles).catch(() => undefined);
    return { own, external: model.externalFiles, model };
  }
}

/**
 * Returns the edited graph of a model file, from the cache or newly made. Its external data is next to it: linked, as
 * it does not change, or copied if the cache is on another disk.
 * @param plain the unedited model
 * @throws GlmEvalError (model) if the model is not of its family, or the disk is full
 */
export async function getEditedGraph(
  source: Source,
  kind: Exclude<EditKind, "encoder">,
  config: ExportConfig,
  cache: string,
  plain: StoredGraph,
  onConvert: () => void,
): Promise<StoredGraph> {
  const folder = getFolder(source, ["edited", kind], config, cache);
  let manifest = await readManifest(folder, source, cache);
  if (!manifest) {
    onConvert();
    const model = await OnnxModel.read(source.file);
    const { gathersFirst } = editModel(model, kind, config, source.file);
    const facts = getGraphFacts(model, source.file, gathersFirst, config.vocabSize);
    const pieces = model.encode();
    const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    manifest = await makeGraph(folder, source, cache, {
      ...{ facts, bytes, from: path.dirname(plain.model), links: linkAll(model.externalFiles) },
      write: (temporary) => model.write(path.join(temporary, MODEL)),
    });
  }
  return { model: path.join(folder, MODEL), facts: manifest.facts, folder };
}

/**
 * Returns the unedited graph of a model file. It stays in place; one with external data is hard-linked into the cache
 * together with the data, because the hub's cache consists of symbolic links, which ONNX Runtime does not follow out of
 * a model's folder.
 */
async function getPlainGraph(
  source: Source,
  kind: EditKind,
  config: ExportConfig,
  cache: string,
  read?: OnnxModel,
): Promise<StoredGraph> {
  const folder = getFolder(source, ["plain", kind], config, cache);
  const { external } = source;
  let manifest = await readManifest(folder, source, cache);
  if (!manifest) {
    const model = read ?? (await OnnxModel.read(source.file));
    checkModel(model, kind, config, source.file);
    const facts = getGraphFacts(model, source.file, false, config.vocabSize);
    const links = external.length > 0 ? { [MODEL]: path.basename(source.file), ...linkAll(external) } : {};
    manifest = await makeGraph(folder, source, cache, {
      ...{ facts, bytes: 0, from: path.dirname(source.file), links },
    });
  }
  const model = external.length > 0 ? path.join(folder, MODEL) : source.file;
  return { model, facts: manifest.facts, folder };
}

function getFolder(source: Source, kind: readonly string[], config: ExportConfig, cache: string): string {
  const { vocabSize, heads } = config;
  const key = createHash("sha256")
    .update(JSON.stringify([EDITOR_VERSION, kind, source.hash, vocabSize, heads]))
    .digest("hex");
  return path.join(cache, "exports", key.slice(0, 32));
}

/** Files that keep their names. */
function linkAll(names: readonly string[]): Manifest["links"] {
  return Object.fromEntries(names.map((name) => [name, name]));
}

interface NewGraph extends Pick<Manifest, "facts" | "links"> {
  /** what `write` writes, in bytes */
  readonly bytes: number;
  /** the folder with the files that are linked */
  readonly from: string;
  /** writes the folder's own files */
  readonly write?: (folder: string) => Promise<void>;
}

async function makeGraph(folder: string, source: Source, cache: string, graph: NewGraph): Promise<Manifest> {
  const { facts, links, bytes, from, write } = graph;
  let manifest: Manifest | undefined;
  await makeCachedFolder(folder, {
    bytes,
    isComplete: async () => (await readManifest(folder, source, cache)) !== undefined,
    async fill(temporary) {
      await write?.(temporary);
      const names = (await readdir(temporary, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(temporary, path.join(entry.parentPath, entry.name)));
      const files = await Promise.all(names.map((name) => statFile(temporary, name)));
      for (const [name, original] of Object.entries(links)) {
        await makeFolder(path.dirname(path.join(temporary, name)));
        await linkOrCopy(path.join(from, original), path.join(temporary, name));
      }
      manifest = { editor: EDITOR_VERSION, facts, files, links };
      await writeJson(path.join(temporary, MANIFEST), manifest);
    },
  });
  return manifest!;
}

/** Hard-links or copies a file. Not a symbolic link: ONNX Runtime refuses one that leads out of the model's folder. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  const file = await realpath(from);
  await writeToCache(path.dirname(to), () =>
    link(file, to).catch(() => copyFile(file, to, constants.COPYFILE_FICLONE)),
  );
}

async function statFile(folder: string, name: string): Promise<StoredFile> {
  const { size, mtimeNs, ctimeNs } = await stat(path.join(folder, name), { bigint: true });
  return { name, size: Number(size), mtimeNs: `${mtimeNs}`, ctimeNs: `${ctimeNs}` };
}

/**
 * Reads the manifest of a graph's folder; undefined if it is missing, damaged or of another version, or if a file has
 * changed.
 */
async function readManifest(folder: string, source: Source, cache: string): Promise<Manifest | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path.join(folder, MANIFEST), "utf8")) as Manifest;
    if (manifest.editor !== EDITOR_VERSION) return undefined;
    for (const { name, size, mtimeNs, ctimeNs } of manifest.files) {
      const found = await statFile(folder, name);
      if (found.size !== size || found.mtimeNs !== mtimeNs || found.ctimeNs !== ctimeNs) return undefined;
    }
    for (const [name, original] of Object.entries(manifest.links)) {
      if (!(await hasSameBytes(path.join(folder, name), original, source, cache))) return undefined;
    }
    return manifest;
  } catch {
    return undefined;
  }
}

/** Whether a linked file has the bytes of the source's. @param original its name in the source's folder */
async function hasSameBytes(
  file: string,
  original: string,
  { file: model, hashes, onHash }: Source,
  cache: string,
): Promise<boolean> {
  const [here, there] = await Promise.all(
    [file, path.join(path.dirname(model), original)].map((name) => stat(name, { bigint: true })),
  );
  // The source's own file was hashed just now.
  if (here!.ino === there!.ino && here!.dev === there!.dev) return true;
  const [hash] = await hashEach([file], { folder: cache, onRead: onHash });
  return hash === hashes.get(original);
}
