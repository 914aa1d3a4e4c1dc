import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { existingFiles, fileSize } from "../../fetch/cache/index.js";
import type { Missing } from "../../fetch/hub/index.js";
import type { Dtype } from "../config/index.js";
import { chooseFiles, findMissingKinds, readShardNames } from "./choose-checkpoint-files.js";
import {
  chooseExport,
  listWantedGraphs,
  type ModelKind,
  ONNX_FOLDER,
  readExportKind,
} from "./choose-export-files.js";

/**
 * Finds the files that a folder in the hub's cache lacks to be a complete model. @param dtype dtype of an ONNX
 * export; ignored for a GLM, which has only one
 */
export async function findMissingFiles(folder: string, dtype: Dtype): Promise<Missing> {
  const names = await existingFiles(folder);
  const config = await readFile(join(folder, "config.json"), "utf8").catch(() => "");
  const kind = readExportKind(config);
  return kind === undefined
    ? findMissingGlmFiles(folder, names)
    : findMissingExportFiles(folder, names, kind, dtype);
}

async function findMissingGlmFiles(folder: string, names: readonly string[]): Promise<Missing> {
  const choice = chooseFiles(names);
  const { required, optional } = findMissingKinds(choice);
  const index = choice.weights?.index;
  if (index === undefined) return { required, optional };
  const shards = readShardNames(await readFile(join(folder, index), "utf8")) ?? [index];
  const absent = shards.filter((shard) => shard === index || !names.includes(shard));
  return { required: [...required, ...absent], optional };
}

async function findMissingExportFiles(
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
    required.push(...listWantedGraphs(kind, dtype).filter((path) => !paths.includes(path)));
  for (const graph of graphs ?? []) {
    const named = await findNamedData(folder, graph);
    required.push(...named.filter((path) => !paths.includes(path)));
  }
  return { required, optional: ["tokenizer_config.json"].filter((name) => !plain.includes(name)) };
}

/** Approximate maximum size in bytes of a graph without its weights. */
const BARE_GRAPH = 64e6;

/**
 * Finds the paths of the data files that a graph names. Other programs download a repository in any order, so the
 * presence of a graph does not imply that of its data. A large graph contains its weights itself, and is not read.
 */
async function findNamedData(folder: string, graph: string): Promise<string[]> {
  const file = join(folder, graph);
  if (((await fileSize(file)) ?? 0) > BARE_GRAPH) return [];
  const text = (await readFile(file)).toString("latin1");
  const name = graph.slice(ONNX_FOLDER.length + 1);
  const found = text.matchAll(new RegExp(`${name.replaceAll(".", "\\.")}_data(?:_\\d+)?`, "g"));
  return [...new Set(Array.from(found, (match) => `${ONNX_FOLDER}/${match[0]}`))];
}
