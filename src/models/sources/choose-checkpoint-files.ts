/** The files of a repository that a GLM needs, chosen by name only. Code (*.py) is never included. */
export interface FileChoice {
  readonly config: boolean;
  readonly tokenizer: readonly string[];
  /** one weight format: the files themselves, or the index that names them; undefined if there is none */
  readonly weights: { readonly files: readonly string[]; readonly index?: string } | undefined;
}

const TOKENIZER_FILES = new Set([
  "vocab.txt",
  "vocab.json",
  "merges.txt",
  "added_tokens.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
]);
const MEGATRON_FILE = /^mp_rank_\d+_model_states\.pt$/;

/** The supported weight files in order of preference, for messages. */
export const WEIGHT_FILES =
  "model.safetensors, pytorch_model.bin (or the index of either) or mp_rank_*_model_states.pt";

export function chooseFiles(names: readonly string[]): FileChoice {
  const tokenizer = names.filter(
    (name) => TOKENIZER_FILES.has(name) || (name.endsWith(".model") && !name.includes("/")),
  );
  return { config: names.includes("config.json"), tokenizer, weights: chooseWeights(names) };
}

function chooseWeights(names: readonly string[]): FileChoice["weights"] {
  for (const single of ["model.safetensors", "pytorch_model.bin"]) {
    if (names.includes(single)) return { files: [single] };
    const index = `${single}.index.json`;
    if (names.includes(index)) return { files: [], index };
  }
  const megatron = names.filter((name) => MEGATRON_FILE.test(name)).sort();
  return megatron.length === 0 ? undefined : { files: megatron };
}

/**
 * Reads the shards that a weight index names, without duplicates, in order.
 * @returns undefined if the text is not an index
 */
export function readShardNames(indexText: string): string[] | undefined {
  try {
    const map = (JSON.parse(indexText) as { weight_map?: unknown }).weight_map;
    if (typeof map !== "object" || map === null) return undefined;
    const shards = [...new Set(Object.values(map))].sort();
    return shards.length > 0 && shards.every((shard) => typeof shard === "string") ? shards : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Finds the missing kinds of files: nothing can run without those in `required`; those in `optional` may exist on the
 * hub.
 */
export function findMissingKinds(choice: FileChoice): { required: string[]; optional: string[] } {
  const has = (name: string): boolean => choice.tokenizer.includes(name);
  const required: string[] = [];
  if (!choice.config) required.push("config.json");
  if (choice.weights === undefined) required.push("weights");
  const vocabulary =
    has("vocab.txt") ||
    (has("vocab.json") && has("merges.txt")) ||
    choice.tokenizer.some((name) => name.endsWith(".model"));
  if (!vocabulary) required.push("vocabulary");
  return { required, optional: ["added_tokens.json", "tokenizer_config.json"].filter((name) => !has(name)) };
}
