import { dataError } from "../../findings.js";
import type { DataFile, FileFormat, FormatRow } from "./file-format.js";

/**
 * Apache Parquet, with every type and compression, one row group in memory at a time. Values are converted to JSON's: an
 * integer that a double cannot hold becomes a string, a time ISO 8601; lists and structures stay nested.
 */
export const parquet: FileFormat = {
  extensions: [".parquet"],
  isTable: false,
  rows: (file) => read(file),
};

async function* read({ path, name }: DataFile): AsyncGenerator<FormatRow> {
  // Loaded only when needed: the decompressors take a while.
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  const readable = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `the file cannot be read as Parquet: ${reason}`;
      const hint = "for another format, give the file that extension, or name the reader below data";
      throw dataError({ file: name }, "not-parquet", message, hint, cause);
    }
  };
  const file = await readable(() => asyncBufferFromFile(path));
  const metadata = await readable(() => parquetMetadataAsync(file));
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const rows = await readable(() => parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd }));
    for (const [i, row] of rows.entries())
      yield {
        row: { unit: "row", number: rowStart + i + 1 },
        fields: toJsonValue(row) as FormatRow["fields"],
      };
    rowStart = rowEnd;
  }
}

function toJsonValue(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, toJsonValue);
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJsonValue(each)]));
}
