/** Which of a repository's files a GLM needs, by their names alone. Code (*.py) is never among them. */
export interface FileChoice {
  readonly config: boolean;
  readonly tokenizer: readonly string[];
  /** one weight format: the files themselves, or the index that names them; undefined where there is none */
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

/** The weight files that are looked for, in order of preference, for messages. */
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
 * The shards that a weight index names, each once, in order.
 * @returns undefined where the text is no index
 */
export function shardsOf(indexText: string): string[] | undefined {
  try {
    const map = (JSON.parse(indexText) as { weight_map?: unknown }).weight_map;
    if (typeof map !== "object" || map === null) return undefined;
    const shards = [...new Set(Object.values(map))].sort();
    return shards.length > 0 && shards.every((shard) => typeof shard === "string") ? shards : undefined;
  } catch {
    return undefined;
  }
}

/** Files of each kind that are wanting: without `required` nothing can run, without `optional` one should ask the hub. */
export function missingKinds(choice: FileChoice): { required: string[]; optional: string[] } {
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
