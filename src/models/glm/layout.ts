import { type GlmConfig, glmTensors } from "./config.js";
import { type Format, type GlmDtype, precisionOf, type Stored, type StoredPart } from "./formats/index.js";

/** The data file's name in a converted folder. */
export const DATA_FILE = "weights.bin";
/** External data is mapped into memory page by page. */
const PAGE = 4096;
/** Rows of queries, keys and values lie one below the other in the checkpoint; here each is a matrix by itself. */
const THREE_IN_ONE = ".query_key_value.weight";
const LINEAR = /\.(query_key_value|dense|dense_h_to_4h|dense_4h_to_h)\.weight$/;

const BYTES: Readonly<Record<StoredPart["type"], number>> = { float32: 4, float16: 2, int8: 1, uint8: 1 };

export interface Layout {
  /** by the checkpoint's names; several where a tensor is divided */
  readonly tensors: ReadonlyMap<string, readonly Stored[]>;
  /** size of the data file */
  readonly bytes: number;
}

/** The format in which a dtype stores a tensor. */
export function formatOf(name: string, dtype: GlmDtype): Format {
  const { linear, other } = precisionOf(dtype);
  return LINEAR.test(name) ? linear : other;
}

/** Where everything lies in the data file, each part from the beginning of a page. */
export function layOut(config: GlmConfig, dtype: GlmDtype): Layout {
  const tensors = new Map<string, readonly Stored[]>();
  let offset = 0;
  const place = (name: string, format: Format, shape: readonly number[]): Stored => {
    const parts: StoredPart[] = format.parts(shape).map((part) => {
      const length = elements(part.shape) * BYTES[part.type];
      const data = { location: DATA_FILE, offset, length };
      offset = Math.ceil((offset + length) / PAGE) * PAGE;
      return { ...part, name: `${name}${part.suffix}`, data };
    });
    const columns = shape.length > 1 ? shape.at(-1)! : 1;
    return { rows: elements(shape) / columns, columns, parts };
  };
  for (const [name, shape] of glmTensors(config)) {
    const [rows, ...rest] = shape;
    const format = formatOf(name, dtype);
    const stored = name.endsWith(THREE_IN_ONE)
      ? [0, 1, 2].map((k) => place(`${name}.${k}`, format, [rows! / 3, ...rest]))
      : [place(name, format, shape)];
    tensors.set(name, stored);
  }
  return { tensors, bytes: offset };
}

function elements(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
