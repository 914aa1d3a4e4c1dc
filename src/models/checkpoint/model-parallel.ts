import { countElements, type FloatTensor, getChunkLength, readStored, sliceRows } from "./stored-tensor.js";
import { getSplit, type Split } from "./tensor-names.js";
import { broken } from "./weight-file.js";

/** A tensor assembled from its parts in the model-parallel files; `read` works as in `Checkpoint`. */
export interface MergedTensor {
  readonly shape: readonly number[];
  read(): AsyncGenerator<Float32Array>;
}

/**
 * @param name the bare name, which determines how the tensor is split
 * @param parts one per file, by rank; at least one
 * @throws GlmEvalError (data) if the parts differ in shape or their shape does not allow that split
 */
export function mergeParts(name: string, parts: readonly FloatTensor[]): MergedTensor {
  const first = parts[0]!;
  if (parts.length === 1) return { shape: first.shape, read: () => readStored(first, name) };
  for (const part of parts) {
    if (part.shape.join() !== first.shape.join()) {
      throw broken(
        part.file.path,
        `tensor "${name}" is [${part.shape}] here but [${first.shape}] in ${first.file.path}; model-parallel files ` +
          "must agree in shape",
        { hint: "Use mp_rank files that all come from the same checkpoint." },
      );
    }
  }
  const split = getSplit(name);
  if (first.shape.length < { rows: 1, columns: 2, "rows-of-thirds": 1, replicated: 0 }[split]) {
    throw broken(
      first.file.path,
      `tensor "${name}" is [${first.shape}], which has too few dimensions to merge by ${split}`,
    );
  }
  if (split === "rows-of-thirds" && first.shape[0]! % 3 !== 0) {
    throw broken(
      first.file.path,
      `tensor "${name}" is [${first.shape}]; its rows must divide into Q, K and V`,
    );
  }
  return { shape: mergedShape(first.shape, split, parts.length), read: () => readParts(name, parts, split) };
}

function mergedShape(shape: readonly number[], split: Split, count: number): number[] {
  const merged = [...shape];
  if (split === "columns") merged[1]! *= count;
  else if (split !== "replicated") merged[0]! *= count;
  return merged;
}

async function* readParts(
  name: string,
  parts: readonly FloatTensor[],
  split: Split,
): AsyncGenerator<Float32Array> {
  const first = parts[0]!;
  switch (split) {
    case "replicated":
      yield* readStored(first, name);
      return;
    case "rows":
      for (const part of parts) yield* readStored(part, name);
      return;
    case "rows-of-thirds": {
      const third = first.shape[0]! / 3;
      for (let block = 0; block < 3; block++) {
        for (const part of parts) yield* readStored(sliceRows(part, block * third, third), name);
      }
      return;
    }
    case "columns":
      yield* readColumns(name, parts);
  }
}

/** Yields a few rows at a time: row r is the concatenation of the parts' rows r. */
async function* readColumns(name: string, parts: readonly FloatTensor[]): AsyncGenerator<Float32Array> {
  const first = parts[0]!;
  const rows = first.shape[0]!;
  const width = countElements(first.shape.slice(1));
  if (rows === 0 || width === 0) return;
  const step = Math.max(1, Math.floor(getChunkLength(first.type) / (width * parts.length)));
  for (let start = 0; start < rows; start += step) {
    const count = Math.min(step, rows - start);
    const values = new Float32Array(count * width * parts.length);
    for (const [rank, part] of parts.entries()) {
      let at = 0;
      for await (const chunk of readStored(sliceRows(part, start, count), name)) {
        copyRows(chunk, at, values, width, parts.length * width, rank * width);
        at += chunk.length;
      }
    }
    yield values;
  }
}

/**
 * Copies elements `at` … of a part, whose rows are `width` long, into their target rows (`pitch` apart, from
 * `column`).
 */
function copyRows(
  chunk: Float32Array,
  at: number,
  values: Float32Array,
  width: number,
  pitch: number,
  column: number,
): void {
  for (let done = 0; done < chunk.length; ) {
    const row = Math.floor((at + done) / width);
    const inRow = (at + done) % width;
    const length = Math.min(width - inRow, chunk.length - done);
    values.set(chunk.subarray(done, done + length), row * pitch + column + inRow);
    done += length;
  }
}
