import { endianness } from "node:os";
import { GlmEvalError, nearest } from "../../errors.js";
import type { Checkpoint, TensorInfo } from "./checkpoint.js";
import { locateWeights, type WeightFiles } from "./locate-weights.js";
import { type MergedTensor, mergeParts } from "./model-parallel.js";
import { readSafetensors } from "./safetensors.js";
import type { FloatTensor, StoredTensor } from "./stored-tensor.js";
import { getBareName, isWeight } from "./tensor-names.js";
import { readTorchFile } from "./torch-file.js";
import { broken, WeightFile } from "./weight-file.js";

/**
 * Opens the weights in a folder: `model.safetensors`, `pytorch_model.bin` (zip or legacy), either of them sharded with
 * an index, or the original repository's `mp_rank_*_model_states.pt` (also in the sub-folder that its tracker file
 * names), which are merged. Reads only headers; nothing in a pickle is ever executed.
 *
 * Integer and boolean tensors are skipped; one in the place of a GLM weight is an error.
 * @throws GlmEvalError (data) naming the file: none found, a shard missing, truncated or damaged, not a pickle, a pickle
 *   that names something tensors do not need, a duplicate name
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  if (endianness() !== "LE")
    throw new GlmEvalError("machine-not-supported", "weights can only be read on little-endian machines");
  const weights = await locateWeights(folder);
  const files: WeightFile[] = [];
  const close = async () => {
    await Promise.all(files.map((file) => file.close()));
  };
  try {
    for (const path of weights.paths) files.push(await WeightFile.open(path));
    const shards: Shard[] = [];
    for (const file of files) shards.push(await readShard(file, weights.container, files.length));
    checkIndex(weights, shards);
    return checkpoint(weights, shards, close);
  } catch (error) {
    await close();
    throw error;
  }
}

const NOT_A_STATE_DICT = "Expected the state dict of a GLM: named float tensors.";
const KEEP_ONE = "Keep only one of the two: nothing says which one is meant.";

interface Shard {
  readonly file: WeightFile;
  readonly format: Checkpoint["format"];
  /** every entry's name as in the file, including skipped tensors */
  readonly names: ReadonlySet<string>;
  /** by bare name */
  readonly tensors: ReadonlyMap<string, FloatTensor>;
}

async function readShard(
  file: WeightFile,
  container: WeightFiles["container"],
  count: number,
): Promise<Shard> {
  if (container === "safetensors") return shard(file, "safetensors", await readSafetensors(file));
  const isMegatron = container === "megatron";
  const content = await readTorchFile(file, isMegatron ? "training" : "weights");
  const strange = content.others.find((name) => isWeight(getBareName(name)));
  if (strange !== undefined)
    throw broken(file.path, `"${strange}" is not a plain tensor`, { hint: NOT_A_STATE_DICT });
  if (isMegatron && (content.modelParallelSize ?? count) !== count) {
    throw broken(file.path, `is one of ${content.modelParallelSize} model-parallel files, found ${count}`, {
      hint: "Copy the mp_rank files of all ranks into one folder.",
    });
  }
  return shard(file, isMegatron ? "megatron" : content.container, content.tensors, content.others);
}

function shard(
  file: WeightFile,
  format: Checkpoint["format"],
  stored: readonly StoredTensor[],
  others: readonly string[] = [],
): Shard {
  const tensors = new Map<string, FloatTensor>();
  for (const tensor of stored) {
    const name = getBareName(tensor.name);
    if (!isFloat(tensor)) {
      if (!isWeight(name)) continue;
      throw broken(
        file.path,
        `tensor "${tensor.name}" is ${tensor.dtype}; weights must be float16, 32, 64 or bfloat16`,
        {
          hint: "Quantized checkpoints are not supported: use the original weights.",
        },
      );
    }
    const twin = tensors.get(name);
    if (twin !== undefined)
      throw broken(file.path, `"${twin.name}" and "${tensor.name}" are both tensor "${name}"`, {
        hint: KEEP_ONE,
      });
    tensors.set(name, tensor);
  }
  return { file, format, names: new Set([...stored.map(({ name }) => name), ...others]), tensors };
}

function isFloat(tensor: StoredTensor): tensor is FloatTensor {
  return tensor.type !== undefined;
}

function checkIndex({ index }: WeightFiles, shards: readonly Shard[]): void {
  if (index === undefined) return;
  const byPath = new Map(shards.map((shard) => [shard.file.path, shard]));
  for (const [name, path] of index.tensors) {
    if (!byPath.get(path)!.names.has(name)) {
      throw broken(index.path, `says that tensor "${name}" is in ${path}, which does not contain it`);
    }
  }
}

function checkpoint(weights: WeightFiles, shards: readonly Shard[], close: () => Promise<void>): Checkpoint {
  const groups = weights.container === "megatron" ? groupRanks(shards) : joinShards(shards);
  if (groups.size === 0)
    throw broken(weights.paths[0]!, "contains no float tensors", { hint: NOT_A_STATE_DICT });
  const merged = new Map<string, MergedTensor>();
  const tensors = new Map<string, TensorInfo>();
  for (const [name, parts] of groups) {
    const tensor = mergeParts(name, parts);
    merged.set(name, tensor);
    tensors.set(name, { name, type: parts[0]!.type, shape: tensor.shape });
  }
  return {
    format: shards[0]!.format,
    files: weights.paths,
    tensors,
    async *read(name) {
      const tensor = merged.get(name);
      if (tensor === undefined) {
        const near = nearest(name, merged.keys());
        throw broken(weights.paths[0]!, `has no tensor "${name}"`, {
          hint:
            near === undefined ? "This is not a checkpoint of that model." : `The nearest name is "${near}".`,
        });
      }
      yield* tensor.read();
    },
    close,
  };
}

/** Each of the hub's shards contains complete tensors. */
function joinShards(shards: readonly Shard[]): Map<string, FloatTensor[]> {
  const groups = new Map<string, FloatTensor[]>();
  for (const { file, tensors } of shards) {
    for (const [name, tensor] of tensors) {
      const twin = groups.get(name)?.[0];
      if (twin !== undefined)
        throw broken(file.path, `tensor "${name}" is also in ${twin.file.path}`, { hint: KEEP_ONE });
      groups.set(name, [tensor]);
    }
  }
  return groups;
}

/** Each model-parallel file contains a part of every tensor. */
function groupRanks(shards: readonly Shard[]): Map<string, FloatTensor[]> {
  const [first, ...others] = shards as [Shard, ...Shard[]];
  for (const { file, tensors } of others) {
    const missing = [...first.tensors.keys()].find((name) => !tensors.has(name));
    const extra = [...tensors.keys()].find((name) => !first.tensors.has(name));
    if (missing !== undefined)
      throw broken(file.path, `lacks tensor "${missing}", which ${first.file.path} has`);
    if (extra !== undefined) throw broken(file.path, `has tensor "${extra}", which ${first.file.path} lacks`);
  }
  return new Map(
    [...first.tensors.keys()].map((name) => [name, shards.map(({ tensors }) => tensors.get(name)!)]),
  );
}
