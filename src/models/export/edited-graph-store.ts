import { createHash } from "node:crypto";
import { constants } from "node:fs";
import {
  copyFile,
  link,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  stat,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { hashFiles, makeCachedFolder } from "../../fetch/cache/index.js";
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

const MANIFEST = "glm-eval.json";
const MODEL = "model.onnx";

/** An original model file, as written by its exporter. */
export interface Source {
  readonly file: string;
  /** external data files, relative to the model's folder */
  readonly external: readonly string[];
  /** sha256 over all of them */
  readonly hash: string;
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
  readonly mtimeMs: number;
}

interface Manifest {
  readonly editor: number;
  readonly facts: GraphFacts;
  /** to detect a linked file that was modified at its original location */
  readonly files: readonly StoredFile[];
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
  const { external, model } = await findExternalFiles(file, cache, onHash);
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
  const files = [file, ...external.map((name) => path.join(folder, name))];
  const source = { file, external, hash: await hashFiles(files, cache, onHash) };
  return { source, plain: await getPlainGraph(source, kind, config, cache, model) };
}

/**
 * Finds the external data that a model file names. Cached by the file's hash, because finding it requires reading the
 * entire file.
 */
async function findExternalFiles(
  file: string,
  cache: string,
  onHash: () => void,
): Promise<{ readonly external: readonly string[]; readonly model?: OnnxModel }> {
  await stat(file).catch(() => {
    throw new GlmEvalError("model-incomplete", `${file} cannot be read`, {
      hint: "Download or copy it again.",
    });
  });
  const memo = path.join(cache, "exports", `${await hashFiles([file], cache, onHash)}.external.json`);
  try {
    return { external: JSON.parse(await readFile(memo, "utf8")) as string[] };
  } catch {
    const model = await OnnxModel.read(file);
    // If this cannot be cached, it only costs time.
    await writeJson(memo, model.externalFiles).catch(() => undefined);
    return { external: model.externalFiles, model };
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
  let manifest = await readManifest(folder);
  if (!manifest) {
    onConvert();
    const model = await OnnxModel.read(source.file);
    const { gathersFirst } = editModel(model, kind, config, source.file);
    const facts = getGraphFacts(model, source.file, gathersFirst, config.vocabSize);
    const pieces = model.encode();
    const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
    manifest = await makeGraph(folder, facts, bytes, model.externalFiles, async (temporary) => {
      await model.write(path.join(temporary, MODEL));
      return path.dirname(plain.model);
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
  let manifest = await readManifest(folder);
  if (!manifest) {
    const model = read ?? (await OnnxModel.read(source.file));
    checkModel(model, kind, config, source.file);
    const facts = getGraphFacts(model, source.file, false, config.vocabSize);
    manifest = await makeGraph(folder, facts, 0, external, async (temporary) => {
      if (external.length > 0) await linkOrCopy(source.file, path.join(temporary, MODEL));
      return path.dirname(source.file);
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

/** @param fill writes the graph and returns the folder of its external data */
async function makeGraph(
  folder: string,
  facts: GraphFacts,
  bytes: number,
  external: readonly string[],
  fill: (folder: string) => Promise<string>,
): Promise<Manifest> {
  let manifest: Manifest | undefined;
  await makeCachedFolder(folder, {
    bytes,
    isWhole: async () => (await readManifest(folder)) !== undefined,
    async fill(temporary) {
      const from = await fill(temporary);
      for (const name of external) {
        await mkdir(path.dirname(path.join(temporary, name)), { recursive: true });
        await linkOrCopy(path.join(from, name), path.join(temporary, name));
      }
      const names = (await readdir(temporary, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(temporary, path.join(entry.parentPath, entry.name)));
      const files = await Promise.all(names.map((name) => statFile(temporary, name)));
      manifest = { editor: EDITOR_VERSION, facts, files };
      await writeJson(path.join(temporary, MANIFEST), manifest);
    },
  });
  return manifest!;
}

/** Hard-links or copies a file. Not a symbolic link: ONNX Runtime refuses one that leads out of the model's folder. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  const file = await realpath(from);
  try {
    await link(file, to).catch(() => copyFile(file, to, constants.COPYFILE_FICLONE));
  } catch (error) {
    throw new GlmEvalError(
      "model-cache-not-writable",
      `${from} cannot be copied to the cache: ${(error as Error).message}`,
      {
        hint: "Set GLM_EVAL_CACHE to another folder for converted models.",
      },
    );
  }
}

async function statFile(folder: string, name: string): Promise<StoredFile> {
  const { size, mtimeMs } = await stat(path.join(folder, name));
  return { name, size, mtimeMs };
}

/** Reads the manifest of an edited graph's folder; undefined if it is missing, damaged or from another version. */
async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path.join(folder, MANIFEST), "utf8")) as Manifest;
    if (manifest.editor !== EDITOR_VERSION) return undefined;
    for (const { name, size, mtimeMs } of manifest.files) {
      const found = await statFile(folder, name);
      if (found.size !== size || found.mtimeMs !== mtimeMs) return undefined;
    }
    return manifest;
  } catch {
    return undefined;
  }
}

/** Returns a result about a graph: the one stored next to it, or a newly computed one, which is then stored. */
export async function getOrCompute<T>(graph: StoredGraph, name: string, find: () => Promise<T>): Promise<T> {
  const file = path.join(graph.folder, `${name}.json`);
  try {
    return JSON.parse(await readFile(file, "utf8")) as T;
  } catch {
    const found = await find();
    await writeJson(file, found);
    return found;
  }
}

async function writeJson(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${process.pid}.partial`;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(temporary, `${JSON.stringify(value)}\n`);
  await rename(temporary, file);
}
