import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { existingFiles, fileSize } from "../../fetch/cache/index.js";
import type { Missing } from "../../fetch/hub/index.js";
import type { Dtype } from "../config/index.js";
import { chooseFiles, missingKinds, shardsOf } from "./choose-checkpoint-files.js";
import {
  chooseExport,
  exportKind,
  type ModelKind,
  ONNX_FOLDER,
  wantedGraphs,
} from "./choose-export-files.js";

/** What a folder in the hub's cache lacks to be a model. @param dtype of an ONNX export; a GLM has one, whatever is said */
export async function filesMissing(folder: string, dtype: Dtype): Promise<Missing> {
  const names = await existingFiles(folder);
  const config = await readFile(join(folder, "config.json"), "utf8").catch(() => "");
  const kind = exportKind(config);
  return kind === undefined ? missingOfGlm(folder, names) : missingOfExport(folder, names, kind, dtype);
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
