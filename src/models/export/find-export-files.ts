import { readdir } from "node:fs/promises";
import path from "node:path";
import { GlmEvalError } from "../../errors.js";
import { DTYPE_SUFFIX, DTYPES, type Dtype } from "../config/index.js";
import type { ExportFamily } from "./model-groups.js";

/** The parts of a model and their file names (without dtype) as written by exporters, in order of preference. */
const PARTS = {
  masked: { model: ["model"] },
  causal: { model: ["model", "decoder_model_merged", "decoder_model"] },
  seq2seq: { encoder: ["encoder_model"], decoder: ["decoder_model_merged", "decoder_model"] },
} as const satisfies Record<ExportFamily, Record<string, readonly string[]>>;

const WEIGHTS =
  /^(pytorch_model.*\.bin|model.*\.safetensors|tf_model\.h5|flax_model\.msgpack)(\.index\.json)?$/;

export interface ExportFiles {
  readonly dtype: Dtype;
  /** path of each part */
  readonly parts: { readonly model: string } | { readonly encoder: string; readonly decoder: string };
}

/**
 * Finds the ONNX files of a model folder: in onnx/, as on the hub, or in the folder itself, as written by optimum.
 * @param dtype default: float32, or the available dtype closest to it
 * @throws GlmEvalError (model) listing what was found and what was expected
 */
export async function findExportFiles(
  folder: string,
  family: ExportFamily,
  dtype?: Dtype,
): Promise<ExportFiles> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const inner = await readdir(path.join(folder, "onnx")).catch(() => [] as string[]);
  const where = inner.some((name) => name.endsWith(".onnx")) ? path.join(folder, "onnx") : folder;
  const present = (where === folder ? names : inner).filter((name) => name.endsWith(".onnx")).sort();
  if (present.length === 0) throw noExport(folder, names);

  const complete = DTYPES.flatMap((candidate) => {
    const found = findParts(family, candidate, present);
    return found.missing.length === 0 ? [{ dtype: candidate, ...found }] : [];
  });
  const chosen = dtype === undefined ? complete[0] : complete.find((files) => files.dtype === dtype);
  if (!chosen) throw wrongFiles(where, family, dtype, present, complete);
  const parts = Object.fromEntries(
    Object.entries(chosen.parts).map(([part, name]) => [part, path.join(where, name)]),
  );
  return { dtype: chosen.dtype, parts: parts as ExportFiles["parts"] };
}

function findParts(
  family: ExportFamily,
  dtype: Dtype,
  present: readonly string[],
): { parts: Record<string, string>; missing: string[] } {
  const parts: Record<string, string> = {};
  const missing: string[] = [];
  for (const [part, stems] of Object.entries<readonly string[]>(PARTS[family])) {
    const candidates = stems.map((stem) => `${stem}${DTYPE_SUFFIX[dtype]}.onnx`);
    const name = candidates.find((candidate) => present.includes(candidate));
    if (name === undefined) missing.push(candidates.join(" or "));
    else parts[part] = name;
  }
  return { parts, missing };
}

function noExport(folder: string, names: readonly string[]): GlmEvalError {
  const weights = names.find((name) => WEIGHTS.test(name));
  return new GlmEvalError(
    "export-not-found",
    weights
      ? `${folder} has ${weights} but no ONNX export (onnx/*.onnx)`
      : `${folder} has no ONNX export (onnx/*.onnx)`,
    {
      hint:
        `Create one with \`optimum-cli export onnx --model ${folder} OUT\` (Python), or use a repository that has one, ` +
        "such as those of onnx-community/… and Xenova/….",
    },
  );
}

function wrongFiles(
  where: string,
  family: ExportFamily,
  dtype: Dtype | undefined,
  present: readonly string[],
  complete: readonly { readonly dtype: Dtype }[],
): GlmEvalError {
  const dtypes = complete.map((files) => files.dtype).join(", ");
  if (dtypes)
    return new GlmEvalError(
      "dtype-not-available",
      `${where} has no ${dtype} export; its dtypes are ${dtypes}`,
      {
        hint: `Pass --dtype with one of them: ${dtypes}.`,
      },
    );
  const nearestDtype =
    dtype ?? DTYPES.find((one) => Object.keys(findParts(family, one, present).parts).length > 0);
  const { missing } = findParts(family, nearestDtype ?? "fp32", present);
  return new GlmEvalError(
    "export-not-found",
    `${where} lacks ${missing.join(" and ")}, which a ${family} model needs; found ${present.join(", ")}`,
    {
      hint: `Export the model for its family, with the task ${family === "seq2seq" ? "text2text-generation-with-past" : family === "causal" ? "text-generation-with-past" : "fill-mask"}.`,
    },
  );
}
