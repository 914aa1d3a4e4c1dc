import { GlmEvalError } from "../../errors.js";
import type { Listing } from "../../fetch/hub/index.js";
import type { Dtype } from "../config/index.js";
import { chooseFiles, shardsOf, WEIGHT_FILES } from "./choose-checkpoint-files.js";
import {
  chooseExport,
  dataOf,
  dtypesOf,
  exportKind,
  type ModelKind,
  ONNX_FOLDER,
  wantedGraphs,
} from "./choose-export-files.js";

interface Context {
  /** the repository's */
  readonly name: string;
  readonly dtype: Dtype;
}
/** Fetches a small file of the repository. */
type Text = (path: string) => Promise<string>;

/**
 * Paths of the files to download, each once, in order: what shows that a model is whole comes last.
 * @throws GlmEvalError (model) where the repository lacks something
 */
export async function filesWanted(listing: Listing, text: Text, context: Context): Promise<string[]> {
  if (!listing.files.has("config.json")) {
    throw lacks(
      "config.json",
      listing,
      context,
      "Name a repository that holds a GLM checkpoint or an ONNX export.",
    );
  }
  const kind = exportKind(await text("config.json"));
  return kind === undefined ? glmFiles(listing, text, context) : exportFiles(listing, kind, context);
}

async function glmFiles(listing: Listing, text: Text, context: Context): Promise<string[]> {
  const { tokenizer, weights } = chooseFiles([...listing.files.keys()]);
  if (weights === undefined) {
    throw lacks(
      `weights that can be read (${WEIGHT_FILES})`,
      listing,
      context,
      "Name a repository that holds a GLM checkpoint.",
    );
  }
  const { index } = weights;
  const shards =
    index === undefined ? weights.files : namedShards(await text(index), index, listing, context);
  return ["config.json", ...tokenizer, ...(index === undefined ? [] : [index]), ...shards];
}

async function exportFiles(listing: Listing, kind: ModelKind, context: Context): Promise<string[]> {
  await listing.add(ONNX_FOLDER);
  const paths = [...listing.files.keys()];
  const { plain, graphs } = chooseExport(paths, kind, context.dtype);
  if (graphs === undefined) throw noGraphs(paths, kind, context);
  if (!plain.includes("tokenizer.json")) {
    throw lacks(
      "tokenizer.json",
      listing,
      context,
      "Name a repository that has one, or write it with Python's transformers: AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER), where the model has a fast tokenizer.",
    );
  }
  return [...plain, ...graphs.flatMap((graph) => [...dataOf(graph, paths), graph])];
}

function noGraphs(paths: readonly string[], kind: ModelKind, { name, dtype }: Context): GlmEvalError {
  const dtypes = dtypesOf(paths, kind);
  const wanted = wantedGraphs(kind, dtype).join(" and ");
  if (dtypes.length > 0) {
    return new GlmEvalError(
      "dtype-not-available",
      `${name} has no ONNX files of dtype ${dtype} (${wanted}); it has ${dtypes.join(", ")}`,
      {
        hint: "Choose one of these dtypes.",
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
    `${name} ${found}; a model of type "${kind.modelType}" is run from its ONNX export`,
    {
      hint: `Look for ${elsewhere.join(" or ")}, or make an export with Python: optimum-cli export onnx --model ${name} FOLDER`,
    },
  );
}

function lacks(what: string, { files }: Listing, { name }: Context, advice: string): GlmEvalError {
  const names = [...files.keys()];
  const there = names.length === 0 ? "nothing" : names.slice(0, 12).join(", ");
  return new GlmEvalError("model-incomplete", `${name} has no ${what}`, {
    hint: `Its files are: ${there}${names.length > 12 ? ", …" : ""}. ${advice}`,
  });
}

function namedShards(text: string, index: string, { files }: Listing, { name }: Context): string[] {
  const shards = shardsOf(text);
  if (shards === undefined) {
    throw new GlmEvalError(
      "model-incomplete",
      `${index} of ${name} is no weight index: it has no "weight_map"`,
      {
        hint: "The repository is damaged: tell its owner, or name another revision.",
      },
    );
  }
  const absent = shards.filter((shard) => !files.has(shard));
  if (absent.length > 0) {
    throw new GlmEvalError(
      "model-incomplete",
      `${index} of ${name} names ${absent.join(", ")}, which are not there`,
      {
        hint: "The repository is not whole: tell its owner, or name another revision.",
      },
    );
  }
  return shards;
}
