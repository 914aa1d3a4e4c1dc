import { stat } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../../errors.js";
import { DTYPES } from "../../../models/config/index.js";
import {
  type ExportFamily,
  findExportFiles,
  MODEL_GROUPS,
  readExportConfig,
} from "../../../models/export/index.js";
import { loadJsonTokenizer } from "../../../models/tokenizers/index.js";
import type { PrintingOptions } from "../../../options/index.js";

/** Prints the facts of an export's folder: config, files of each dtype, tokenizer. No graph is loaded. */
export async function inspectExport(folder: string, argv: PrintingOptions): Promise<void> {
  const config = await readExportConfig(folder);
  const { family, modelType } = config;
  // Fails first if there is no export, or only an incomplete one.
  await findExportFiles(folder, family);
  const tokenizer = await loadJsonTokenizer(folder, { vocabSize: config.vocabSize });
  const { sentinels, ...special } = tokenizer.special;
  const named = Object.entries({ ...special, sentinel: sentinels[0] }).filter(([, id]) => id !== undefined);
  printFacts(
    {
      folder,
      architecture: config.architecture ?? modelType,
      family,
      blank: MODEL_GROUPS.find(({ types }) => types.includes(modelType))?.reads ?? null,
      layers: config.layers ?? null,
      hidden: config.hidden ?? null,
      heads: config.heads ?? null,
      vocabulary: config.vocabSize,
      positions: config.maxLength ?? "relative",
      files: await listFilesByDtype(folder, family),
      special: Object.fromEntries(
        named.map(([name, id]) => [name, `${tokenizer.token(id as number)} ${id}`]),
      ),
    },
    argv,
  );
}

async function listFilesByDtype(folder: string, family: ExportFamily): Promise<string[]> {
  const lines: string[] = [];
  for (const dtype of DTYPES) {
    const found = await findExportFiles(folder, family, dtype).catch((error: unknown) => {
      if (error instanceof GlmEvalError) return undefined;
      throw error;
    });
    if (found === undefined) continue;
    const sizes = await Promise.all(
      Object.values(found.parts).map(
        async (file: string) => `${path.basename(file)} (${((await stat(file)).size / 1e6).toFixed(1)} MB)`,
      ),
    );
    lines.push(`${dtype}: ${sizes.join(" + ")}`);
  }
  return lines;
}

/** Prints one fact per line, or all as JSON. The lines omit facts that are null. */
export function printFacts(facts: Readonly<Record<string, unknown>>, { json }: PrintingOptions): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
    return;
  }
  for (const [name, value] of Object.entries(facts)) {
    if (value === null) continue;
    process.stdout.write(`${name.padEnd(14)}${formatValue(value)}\n`);
  }
}

function formatValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  if (typeof value === "number") return value.toLocaleString("en-US");
  if (typeof value === "object")
    return Object.entries(value as object)
      .map(([name, entry]) => `${name} ${entry}`)
      .join(", ");
  return String(value);
}
