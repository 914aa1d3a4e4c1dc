import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { GlmEvalError } from "../../errors.js";
import { broken } from "./weight-file.js";

/** The files of a folder that contain the weights. All paths are absolute. */
export interface WeightFiles {
  readonly container: "safetensors" | "torch" | "megatron";
  /** in reading order; for "megatron", by rank */
  readonly paths: readonly string[];
  /** for a sharded checkpoint: its index, and for each tensor (as named in the files) the path of its file */
  readonly index: { readonly path: string; readonly tensors: ReadonlyMap<string, string> } | undefined;
}

const WHOLE = [
  ["model.safetensors", "safetensors", /^model-\d+-of-\d+\.safetensors$/],
  ["pytorch_model.bin", "torch", /^pytorch_model-\d+-of-\d+\.bin$/],
] as const;
const RANK_FILE = /^mp_rank_(\d+)_model_states\.pt$/;
/** Files in which the original repository, or DeepSpeed, records the sub-folder of the last checkpoint. */
const TRACKERS = ["latest_checkpointed_iteration.txt", "latest"];
/** Real files are far smaller. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
const MAX_TRACKER_BYTES = 1024;

/**
 * Looks for model.safetensors, its index, pytorch_model.bin, its index, and mp_rank_*_model_states.pt, in this order.
 * @throws GlmEvalError (data) if there is none, if files that belong together are missing, or if there is both one file and
 *   shards of the same kind
 */
export async function locateWeights(folder: string): Promise<WeightFiles> {
  const root = resolve(folder);
  const names = await listFolder(root);
  for (const [name, container, shard] of WHOLE) {
    checkOneSet(root, name, names, shard);
    if (names.includes(name)) return { container, paths: [join(root, name)], index: undefined };
    const index = `${name}.index.json`;
    if (names.includes(index)) return { container, ...(await readIndex(root, index, names)) };
  }
  const here = rankFiles(root, names);
  if (here !== undefined) return here;
  const tracked = await trackedFolder(root, names);
  const inside = tracked === undefined ? undefined : rankFiles(tracked, await listFolder(tracked));
  if (inside !== undefined) return inside;
  const looked = [...WHOLE.flatMap(([name]) => [name, `${name}.index.json`]), "mp_rank_*_model_states.pt"];
  throw new GlmEvalError(
    "weights-not-found",
    `${root} holds no weights: looked for ${looked.join(", ")}` +
      `${tracked === undefined ? "" : ` (the last also in ${tracked})`}; found ${describe(names)}`,
    { hint: "Give the folder that holds the checkpoint's weights." },
  );
}

/**
 * One file and shards side by side: saving a model again in the other form leaves the old one there, and neither names nor
 * dates (after a copy) show which it is. transformers takes the single file without a word.
 */
function checkOneSet(root: string, name: string, names: readonly string[], shard: RegExp): void {
  const sharded = names.filter((other) => other === `${name}.index.json` || shard.test(other));
  if (!names.includes(name) || sharded.length === 0) return;
  throw new GlmEvalError(
    "weights-ambiguous",
    `${root} holds two sets of weights: ${name} and, in shards, ${describe(sharded)}`,
    {
      hint: `Keep one of the two in the folder: which is meant cannot be known (transformers takes ${name}).`,
    },
  );
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problem =
      code === "ENOENT" ? "no such folder" : code === "ENOTDIR" ? "is a file, not a folder" : String(error);
    throw broken(folder, problem, { hint: "Give the folder that holds the checkpoint.", cause: error });
  }
}

async function readIndex(root: string, name: string, present: readonly string[]) {
  const path = join(root, name);
  const weightMap = await readWeightMap(path);
  const files = [...new Set(weightMap.values())].sort();
  const unsafe = files.find((file) => file !== basename(file) || file === ".." || file === ".");
  if (unsafe !== undefined) throw broken(path, `names the file "${unsafe}", which is not a plain file name`);
  const missing = files.filter((file) => !present.includes(file));
  if (missing.length > 0) {
    throw broken(
      path,
      `names ${files.length} weight files, of which ${missing.length} are missing: ${describe(missing)}`,
      {
        hint: "Download the missing files into the same folder.",
      },
    );
  }
  const tensors = new Map([...weightMap].map(([tensor, file]) => [tensor, join(root, file)]));
  return { paths: files.map((file) => join(root, file)), index: { path, tensors } };
}

async function readWeightMap(path: string): Promise<Map<string, string>> {
  const text = await readSmallFile(path, MAX_INDEX_BYTES);
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (error) {
    throw broken(path, "is not JSON", { cause: error });
  }
  const entries = Object.entries(Object((Object(index) as Record<string, unknown>).weight_map));
  if (entries.length === 0 || !entries.every(([, file]) => typeof file === "string")) {
    throw broken(path, 'has no "weight_map" from tensor names to file names');
  }
  return new Map(entries as [string, string][]);
}

function rankFiles(folder: string, names: readonly string[]): WeightFiles | undefined {
  const ranks = names
    .flatMap((name) => {
      const rank = RANK_FILE.exec(name)?.[1];
      return rank === undefined ? [] : [{ name, rank: Number(rank) }];
    })
    .sort((a, b) => a.rank - b.rank);
  if (ranks.length === 0) return undefined;
  const gap = ranks.findIndex(({ rank }, i) => rank !== i);
  if (gap >= 0) {
    throw broken(
      folder,
      `has no mp_rank file of rank ${gap}; found ${describe(ranks.map(({ name }) => name))}`,
      {
        hint: "A model-parallel checkpoint has one file for each rank from 0: copy all of them here.",
      },
    );
  }
  return { container: "megatron", paths: ranks.map(({ name }) => join(folder, name)), index: undefined };
}

async function trackedFolder(root: string, names: readonly string[]): Promise<string | undefined> {
  const tracker = TRACKERS.find((name) => names.includes(name));
  if (tracker === undefined) return undefined;
  const path = join(root, tracker);
  const tag = (await readSmallFile(path, MAX_TRACKER_BYTES)).trim();
  if (tag === "" || tag === "." || tag === ".." || tag !== basename(tag)) {
    throw broken(path, "does not name a sub-folder", {
      hint: 'Expected one word, such as "250000" or "release".',
    });
  }
  if (!names.includes(tag)) {
    throw broken(path, `names the sub-folder "${tag}", which is not there`, {
      hint: "Copy that sub-folder here.",
    });
  }
  return join(root, tag);
}

async function readSmallFile(path: string, limit: number): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > limit) throw broken(path, `has ${size} bytes, expected at most ${limit}`);
    return await readFile(path, "utf8");
  } catch (error) {
    throw error instanceof GlmEvalError
      ? error
      : broken(path, `cannot be read (${String(error)})`, { cause: error });
  }
}

function describe(names: readonly string[]): string {
  if (names.length === 0) return "nothing";
  const shown = names.slice(0, 12).join(", ");
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}
