/** Element types that weight files may hold. Everything is handed on as float32. */
export type TensorType = "float32" | "float16" | "bfloat16" | "float64";

export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
}

/**
 * The tensors of a checkpoint, whatever files they lie in, under the names of the bare GLMModel
 * ("word_embeddings.weight", "transformer.layers.0.input_layernorm.weight", …): a "glm." prefix, "module" and
 * model-parallel shards are resolved here. Opening reads headers only.
 */
export interface Checkpoint {
  readonly format: "safetensors" | "torch-zip" | "torch-legacy" | "megatron";
  /** absolute paths of the weight files, in reading order */
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * The tensor's values in row-major order as float32, in chunks of at most a few MB, so that no more than a small
   * multiple of one tensor is ever in memory.
   * @throws GlmEvalError (data) naming file and tensor where the file is truncated or a value is NaN or infinite
   */
  read(name: string): AsyncIterable<Float32Array>;
  close(): Promise<void>;
}
