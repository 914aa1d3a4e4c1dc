import {
  type GlmDtype,
  getPrecision,
  type Stored,
  type StoredPart,
  type WeightFormat,
} from "./formats/index.js";
import { type GlmConfig, listGlmTensors } from "./glm-config.js";

/** The data file's name in a converted folder. */
export const DATA_FILE = "weights.bin";
/** External data is memory-mapped page by page. */
const PAGE = 4096;
export const EMBEDDINGS = "word_embeddings.weight";
/** The matrix of the vocabulary product, if it is separate from the embedding table. */
export const HEAD = "vocabulary_head.weight";
/** The checkpoint stacks the rows of queries, keys and values in one matrix. */
const THREE_IN_ONE = ".query_key_value.weight";
const LINEAR = /\.(query_key_value|dense|dense_h_to_4h|dense_4h_to_h)\.weight$/;
/** The tensors that produce the MLP's inner activations, which must be as wide as the stored matrix that follows. */
const INNER = /\.dense_h_to_4h\.(weight|bias)$/;

const BYTES: Readonly<Record<StoredPart["type"], number>> = { float32: 4, float16: 2, int8: 1, uint8: 1 };

/** A tensor of the checkpoint as stored. */
export interface Placed {
  /** its name in the checkpoint */
  readonly tensor: string;
  readonly format: WeightFormat;
  /** several if the tensor is split */
  readonly matrices: readonly Stored[];
}

export interface Layout {
  /** by name in the checkpoint, plus HEAD */
  readonly tensors: ReadonlyMap<string, Placed>;
  /** size of the data file in bytes */
  readonly bytes: number;
}

/** Determines the position of everything in the data file; each part starts at a page boundary. */
export function layOut(config: GlmConfig, dtype: GlmDtype): Layout {
  const { linear, other, head } = getPrecision(dtype);
  const tensors = new Map<string, Placed>();
  let offset = 0;
  const place = (name: string, tensor: string, format: WeightFormat, given: Stored["given"]): Stored => {
    const rows = INNER.test(tensor) ? linear.width(given.rows) : given.rows;
    const columns = LINEAR.test(tensor) ? linear.width(given.columns) : given.columns;
    const parts: StoredPart[] = format.parts(columns === 1 ? [rows] : [rows, columns]).map((part) => {
      const length = countElements(part.shape) * BYTES[part.type];
      const data = { location: DATA_FILE, offset, length };
      offset = Math.ceil((offset + length) / PAGE) * PAGE;
      return { ...part, name: `${name}${part.suffix}`, data };
    });
    return { rows, columns, parts, given };
  };
  for (const [tensor, [rows = 1, columns = 1]] of listGlmTensors(config)) {
    const format = LINEAR.test(tensor) ? linear : other;
    const matrices =
      tensor.endsWith(THREE_IN_ONE) && !linear.joint
        ? [0, 1, 2].map((k) => place(`${tensor}.${k}`, tensor, format, { rows: rows / 3, columns }))
        : [place(tensor, tensor, format, { rows, columns })];
    tensors.set(tensor, { tensor, format, matrices });
    if (tensor === EMBEDDINGS && head)
      tensors.set(HEAD, { tensor, format: head, matrices: [place(HEAD, tensor, head, { rows, columns })] });
  }
  return { tensors, bytes: offset };
}

function countElements(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
