import { dataError } from "../../findings.js";
import type { DataFile, FileFormat, FormatRow } from "./file-format.js";

/**
 * Apache Parquet, every type and compression, a row group in memory at a time. Values come out as JSON has them: a whole
 * number that a double cannot hold as text, a time as ISO 8601, lists and structures nested as they are.
 */
export const parquet: FileFormat = {
  extensions: [".parquet"],
  isTable: false,
  rows: (file) => read(file),
};

async function* read({ path, name }: DataFile): AsyncGenerator<FormatRow> {
  // Loaded where needed: the decompressors take a while.
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  const { compressors } = await import("hyparquet-compressors");
  const readable = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `the file cannot be read as Parquet: ${reason}`;
      const hint = "for another format give the file its extension, or name the reader below data";
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
      yield { row: { unit: "row", number: rowStart + i + 1 }, fields: plain(row) as FormatRow["fields"] };
    rowStart = rowEnd;
  }
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as Iterable<unknown>, plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
