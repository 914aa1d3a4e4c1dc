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
  graphFacts,
} from "./edit-model.js";
import type { ExportConfig } from "./export-config.js";

const MANIFEST = "glm-eval.json";
const MODEL = "model.onnx";

/** A model file as its exporter wrote it. */
export interface Source {
  readonly file: string;
  /** external data files, relative to the model's folder */
  readonly external: readonly string[];
  /** sha256 over all of them */
  readonly hash: string;
}

/** A graph that can be run: in the cache, or untouched where it came from. */
export interface StoredGraph {
  readonly model: string;
  readonly facts: GraphFacts;
  /** its folder in the cache, where things about it can be remembered */
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
  /** a linked file that was written to at its other place is no longer what it was */
  readonly files: readonly StoredFile[];
}

/**
 * Looks at a model file: which external data it needs, the hash of all of it, what the graph asks for and gives.
 * @throws GlmEvalError (model) where external data is missing or the model is none of its family,
 *   GlmEvalError (data) where the file is damaged
 */
export async function openSource(
  file: string,
  kind: EditKind,
  config: ExportConfig,
  cache: string,
  onHash: () => void,
): Promise<{ readonly source: Source; readonly plain: StoredGraph }> {
  const { external, model } = await externalFiles(file, cache, onHash);
  const folder = path.dirname(file);
  for (const name of external) {
    if (path.isAbsolute(name) || path.normalize(name).startsWith(".."))
      throw new GlmEvalError("export-damaged", `${file} keeps data in ${name}, outside its folder`, {
        hint: "Export the model again with its external data beside it.",
      });
    const there = await stat(path.join(folder, name)).catch(() => undefined);
    if (!there)
      throw new GlmEvalError("model-incomplete", `${file} keeps data in ${name}, which is not beside it`, {
        hint: `Download or copy ${name} into ${folder}.`,
      });
  }
  const files = [file, ...external.map((name) => path.join(folder, name))];
  const source = { file, external, hash: await hashFiles(files, cache, onHash) };
  return { source, plain: await plainGraph(source, kind, config, cache, model) };
}

/** The external data that a model file names, remembered by its hash: to find it the whole file must be read. */
async function externalFiles(
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
    // Not to be able to remember costs time only.
    await writeJson(memo, model.externalFiles).catch(() => undefined);
    return { external: model.externalFiles, model };
  }
}

/**
 * The edited graph of a model file, from the cache or made now. External data lies beside it: linked, as it is not
 * changed, or copied where the cache is on another disk.
 * @param plain the same model as it is
 * @throws GlmEvalError (model) where the model is none of its family, or the disk has no room
 */
export async function editedGraph(
  source: Source,
  kind: Exclude<EditKind, "encoder">,
  config: ExportConfig,
  cache: string,
  plain: StoredGraph,
  onConvert: () => void,
): Promise<StoredGraph> {
  const folder = folderOf(source, ["edited", kind], config, cache);
  let manifest = await readManifest(folder);
  if (!manifest) {
    onConvert();
    const model = await OnnxModel.read(source.file);
    const { gathersFirst } = editModel(model, kind, config, source.file);
    const facts = graphFacts(model, source.file, gathersFirst, config.vocabSize);
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
 * A model file as it is. It stays where it is; one with external data is linked into the cache with it, as the hub's
 * cache consists of symbolic links, which ONNX Runtime does not follow out of a model's folder.
 */
async function plainGraph(
  source: Source,
  kind: EditKind,
  config: ExportConfig,
  cache: string,
  read?: OnnxModel,
): Promise<StoredGraph> {
  const folder = folderOf(source, ["plain", kind], config, cache);
  const { external } = source;
  let manifest = await readManifest(folder);
  if (!manifest) {
    const model = read ?? (await OnnxModel.read(source.file));
    checkModel(model, kind, config, source.file);
    const facts = graphFacts(model, source.file, false, config.vocabSize);
    manifest = await makeGraph(folder, facts, 0, external, async (temporary) => {
      if (external.length > 0) await linkOrCopy(source.file, path.join(temporary, MODEL));
      return path.dirname(source.file);
    });
  }
  const model = external.length > 0 ? path.join(folder, MODEL) : source.file;
  return { model, facts: manifest.facts, folder };
}

function folderOf(source: Source, kind: readonly string[], config: ExportConfig, cache: string): string {
  const { vocabSize, heads } = config;
  const key = createHash("sha256")
    .update(JSON.stringify([EDITOR_VERSION, kind, source.hash, vocabSize, heads]))
    .digest("hex");
  return path.join(cache, "exports", key.slice(0, 32));
}

/** @param fill writes the graph and says in which folder its external data is */
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
      const files = await Promise.all(names.map((name) => describe(temporary, name)));
      manifest = { editor: EDITOR_VERSION, facts, files };
      await writeJson(path.join(temporary, MANIFEST), manifest);
    },
  });
  return manifest!;
}

/** Not a symbolic link: ONNX Runtime refuses one that leads out of the model's folder. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  const file = await realpath(from);
  try {
    await link(file, to).catch(() => copyFile(file, to, constants.COPYFILE_FICLONE));
  } catch (error) {
    throw new GlmEvalError(
      "model-cache-not-writable",
      `${from} cannot be copied to the cache: ${(error as Error).message}`,
      {
        hint: "GLM_EVAL_CACHE names another folder for converted models.",
      },
    );
  }
}

async function describe(folder: string, name: string): Promise<StoredFile> {
  const { size, mtimeMs } = await stat(path.join(folder, name));
  return { name, size, mtimeMs };
}

/** The manifest of an edited graph's folder; undefined where it is missing, of another version or damaged. */
async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path.join(folder, MANIFEST), "utf8")) as Manifest;
    if (manifest.editor !== EDITOR_VERSION) return undefined;
    for (const { name, size, mtimeMs } of manifest.files) {
      const found = await describe(folder, name);
      if (found.size !== size || found.mtimeMs !== mtimeMs) return undefined;
    }
    return manifest;
  } catch {
    return undefined;
  }
}

/** Something that was found out about a graph, remembered beside it. */
export async function remembered<T>(graph: StoredGraph, name: string, find: () => Promise<T>): Promise<T> {
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
