import type { TensorType } from "./checkpoint.js";
import { BYTES_PER_ELEMENT, findNonFinite, toFloat32 } from "./float32.js";
import { broken, type WeightFile } from "./weight-file.js";

/** Where a tensor is stored in its file. Its layout has been verified to be inside the file (see `findLayoutProblem`). */
export interface StoredTensor {
  readonly file: WeightFile;
  /** as the file names it */
  readonly name: string;
  /** element type as the file spells it ("F16", "torch.LongStorage") */
  readonly dtype: string;
  /** undefined for element types that are not read as weights (integers, booleans, quantized, complex) */
  readonly type: TensorType | undefined;
  readonly shape: readonly number[];
  /** number of elements from one index of a dimension to the next */
  readonly strides: readonly number[];
  /** byte position of the first element in the file */
  readonly position: number;
}

/** A tensor of a readable type. */
export type FloatTensor = StoredTensor & { readonly type: TensorType };

/** Size of one positional read in bytes, and the maximum size of a yielded chunk. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Number of elements in one chunk: neither the bytes read nor the resulting float32 values exceed CHUNK_BYTES. */
export function getChunkLength(type: TensorType): number {
  return CHUNK_BYTES / Math.max(4, BYTES_PER_ELEMENT[type]);
}

export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= shape[i]!;
  }
  return strides;
}

/**
 * Describes what is wrong with a view of `shape` and `strides` at element `offset` of a storage of `length` elements;
 * undefined if it is valid. Views with overlapping elements (expanded tensors) are rejected too: no weight is stored
 * that way, and rejecting them guarantees that a tensor is never larger than its file.
 */
export function findLayoutProblem(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  length: number,
): string | undefined {
  const numbers = [...shape, ...strides, offset, length];
  if (shape.length !== strides.length || !numbers.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    return `has shape [${shape}] with strides [${strides}] at offset ${offset}, which is not a valid tensor`;
  }
  if (shape.includes(0)) return undefined;
  let reach = 0;
  for (const { size, stride } of dimensions(shape, strides).reverse()) {
    if (stride <= reach) return `has overlapping elements: shape [${shape}] with strides [${strides}]`;
    reach += (size - 1) * stride;
  }
  if (offset + reach >= length) {
    return `reaches element ${offset + reach} of a storage of ${length} elements`;
  }
  return undefined;
}

/** Returns rows `start` … `start + count − 1` of the first dimension. */
export function sliceRows(tensor: FloatTensor, start: number, count: number): FloatTensor {
  return {
    ...tensor,
    shape: [count, ...tensor.shape.slice(1)],
    position: tensor.position + start * tensor.strides[0]! * BYTES_PER_ELEMENT[tensor.type],
  };
}

/**
 * Yields the values in row-major order, in chunks of at most 4 MB. Contiguous tensors are streamed; others are first
 * gathered into one array of the tensor's size.
 * @throws GlmEvalError (data) naming file and tensor if the file ends early or a value is NaN or infinite
 */
export async function* readStored(tensor: FloatTensor, name: string): AsyncGenerator<Float32Array> {
  const count = countElements(tensor.shape);
  if (count === 0) return;
  const chunk = getChunkLength(tensor.type);
  const gathered = isContiguous(tensor) ? undefined : await gather(tensor, count);
  for (let start = 0; start < count; start += chunk) {
    const length = Math.min(chunk, count - start);
    const values = gathered?.subarray(start, start + length) ?? (await readRun(tensor, start, length));
    const bad = findNonFinite(values);
    if (bad >= 0) {
      throw broken(
        tensor.file.path,
        `tensor "${name}" contains ${values[bad]} at element ${start + bad} of ${count}`,
        {
          hint: "Weights must be finite in float32: this checkpoint is damaged or its training diverged.",
        },
      );
    }
    yield values;
  }
}

/** Reads `length` elements of the storage, starting `start` elements after the tensor's first. */
async function readRun(tensor: FloatTensor, start: number, length: number): Promise<Float32Array> {
  const size = BYTES_PER_ELEMENT[tensor.type];
  const what = `tensor "${tensor.name}"`;
  return toFloat32(await tensor.file.read(tensor.position + start * size, length * size, what), tensor.type);
}

/** Reads the storage once, front to back through a window, and writes each element to its row-major position. */
async function gather(tensor: FloatTensor, count: number): Promise<Float32Array> {
  const values = new Float32Array(count);
  const dims = dimensions(tensor.shape, tensor.strides);
  const inner = dims.pop()!;
  const end = [...dims, inner].reduce((sum, { size, stride }) => sum + (size - 1) * stride, 1);
  const longest = getChunkLength(tensor.type);
  let window: Float32Array = new Float32Array(0);
  let windowStart = 0;
  const index = dims.map(() => 0);
  let from = 0;
  let to = 0;
  for (let row = 0; row < count / inner.size; row++) {
    for (let j = 0; j < inner.size; j++) {
      const at = from + j * inner.stride;
      if (at >= windowStart + window.length) {
        window = await readRun(tensor, at, Math.min(longest, end - at));
        windowStart = at;
      }
      values[to + j * inner.place] = window[at - windowStart]!;
    }
    for (let d = dims.length - 1; d >= 0; d--) {
      const { size, stride, place } = dims[d]!;
      from += stride;
      to += place;
      if (++index[d]! < size) break;
      from -= size * stride;
      to -= size * place;
      index[d] = 0;
    }
  }
  return values;
}

interface StridedAxis {
  readonly size: number;
  /** step in the storage */
  readonly stride: number;
  /** step in the row-major result */
  readonly place: number;
}

/** Returns the dimensions of size greater than 1, in storage order: outermost (largest stride) first. */
function dimensions(shape: readonly number[], strides: readonly number[]): StridedAxis[] {
  const places = contiguousStrides(shape);
  return shape
    .map((size, i) => ({ size, stride: strides[i]!, place: places[i]! }))
    .filter(({ size }) => size > 1)
    .sort((a, b) => b.stride - a.stride);
}

function isContiguous({ shape, strides }: StoredTensor): boolean {
  return dimensions(shape, strides).every(({ stride, place }) => stride === place);
}
