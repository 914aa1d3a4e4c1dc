/** Element types that weight files may contain. All values are returned as float32. */
export type TensorType = "float32" | "float16" | "bfloat16" | "float64";

export interface TensorInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
}

/**
 * The tensors of a checkpoint, independent of how they are spread over files, under the names of the bare GLMModel
 * ("word_embeddings.weight", "transformer.layers.0.input_layernorm.weight", …): the "glm." prefix, "module" and
 * model-parallel shards are resolved here. Opening a checkpoint reads only headers.
 */
export interface Checkpoint {
  readonly format: "safetensors" | "torch-zip" | "torch-legacy" | "megatron";
  /** absolute paths of the weight files, in reading order */
  readonly files: readonly string[];
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  /**
   * Yields the tensor's values in row-major order as float32, in chunks of at most a few MB, so that memory never holds
   * more than a small multiple of one tensor.
   * @throws GlmEvalError (data) naming file and tensor if the file is truncated or a value is NaN or infinite
   */
  read(name: string): AsyncIterable<Float32Array>;
  close(): Promise<void>;
}
