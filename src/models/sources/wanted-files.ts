import { GlmEvalError } from "../../errors.js";
import type { Listing } from "../../fetch/hub/index.js";
import type { Dtype } from "../config/index.js";
import { chooseFiles, readShardNames, WEIGHT_FILES } from "./choose-checkpoint-files.js";
import {
  chooseExport,
  findDataFiles,
  listDtypes,
  listWantedGraphs,
  type ModelKind,
  ONNX_FOLDER,
  readExportKind,
} from "./choose-export-files.js";

interface Context {
  /** the repository's name */
  readonly name: string;
  readonly dtype: Dtype;
}
/** Fetches a small file of the repository. */
type Text = (path: string) => Promise<string>;

/**
 * Lists the paths of the files to download, without duplicates, in order: files whose presence implies a complete model
 * come last.
 * @throws GlmEvalError (model) if the repository lacks something
 */
export async function listWantedFiles(listing: Listing, text: Text, context: Context): Promise<string[]> {
  if (!listing.files.has("config.json")) {
    throw lacks(
      "config.json",
      listing,
      context,
      "Use a repository that contains a GLM checkpoint or an ONNX export.",
    );
  }
  const kind = readExportKind(await text("config.json"));
  return kind === undefined ? listGlmFiles(listing, text, context) : listExportFiles(listing, kind, context);
}

async function listGlmFiles(listing: Listing, text: Text, context: Context): Promise<string[]> {
  const { tokenizer, weights } = chooseFiles([...listing.files.keys()]);
  if (weights === undefined) {
    throw lacks(
      `supported weights (${WEIGHT_FILES})`,
      listing,
      context,
      "Use a repository that contains a GLM checkpoint.",
    );
  }
  const { index } = weights;
  const shards = index === undefined ? weights.files : readShards(await text(index), index, listing, context);
  return ["config.json", ...tokenizer, ...(index === undefined ? [] : [index]), ...shards];
}

async function listExportFiles(listing: Listing, kind: ModelKind, context: Context): Promise<string[]> {
  await listing.add(ONNX_FOLDER);
  const paths = [...listing.files.keys()];
  const { plain, graphs } = chooseExport(paths, kind, context.dtype);
  if (graphs === undefined) throw noGraphs(paths, kind, context);
  if (!plain.includes("tokenizer.json")) {
    throw lacks(
      "tokenizer.json",
      listing,
      context,
      "Use a repository that has one, or create it with Python's transformers: AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER), if the model has a fast tokenizer.",
    );
  }
  return [...plain, ...graphs.flatMap((graph) => [...findDataFiles(graph, paths), graph])];
}

function noGraphs(paths: readonly string[], kind: ModelKind, { name, dtype }: Context): GlmEvalError {
  const dtypes = listDtypes(paths, kind);
  const wanted = listWantedGraphs(kind, dtype).join(" and ");
  if (dtypes.length > 0) {
    return new GlmEvalError(
      "dtype-not-available",
      `${name} has no ONNX files of dtype ${dtype} (${wanted}); it has ${dtypes.join(", ")}`,
      {
        hint: "Pass --dtype with one of these.",
      },
    );
  }
  const graphs = paths.filter((path) => path.endsWith(".onnx"));
  const found =
    graphs.length === 0 ? "has no ONNX files" : `has no ${wanted}, only ${graphs.slice(0, 12).join(", ")}`;
  const bare = name.slice(name.indexOf("/") + 1);
  const elsewhere = ["onnx-community", "Xenova"]
    .map((owner) => `${owner}/${bare}`)
    .filter((other) => other !== name);
  return new GlmEvalError(
    "export-not-found",
    `${name} ${found}; a model of type "${kind.modelType}" needs an ONNX export`,
    {
      hint: `Look for ${elsewhere.join(" or ")}, or create an export with Python: optimum-cli export onnx --model ${name} FOLDER`,
    },
  );
}

function lacks(what: string, { files }: Listing, { name }: Context, advice: string): GlmEvalError {
  const names = [...files.keys()];
  const found = names.length === 0 ? "nothing" : names.slice(0, 12).join(", ");
  return new GlmEvalError("model-incomplete", `${name} has no ${what}`, {
    hint: `Its files are: ${found}${names.length > 12 ? ", …" : ""}. ${advice}`,
  });
}

function readShards(text: string, index: string, { files }: Listing, { name }: Context): string[] {
  const shards = readShardNames(text);
  if (shards === undefined) {
    throw new GlmEvalError(
      "model-incomplete",
      `${index} of ${name} is not a weight index: it has no "weight_map"`,
      {
        hint: "The repository is damaged: report this to its owner, or use another revision.",
      },
    );
  }
  const absent = shards.filter((shard) => !files.has(shard));
  if (absent.length > 0) {
    throw new GlmEvalError(
      "model-incomplete",
      `${index} of ${name} names ${absent.join(", ")}, which do not exist`,
      {
        hint: "The repository is incomplete: report this to its owner, or use another revision.",
      },
    );
  }
  return shards;
}
