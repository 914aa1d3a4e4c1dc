import { createHash } from "node:crypto";
import { GlmEvalError } from "../../errors.js";
import { makeCutter, readAddedToken } from "./json-added.js";
import { type Frame, readFrame } from "./json-frame.js";
import { readModel } from "./json-model.js";
import { readNormalizer } from "./json-normalizer.js";
import { readPreTokenizer } from "./json-pre-tokenizer.js";
import { Section } from "./json-section.js";
import { findJsonSpecialTokens, type JsonSpecialTokens } from "./json-special.js";
import { TokenizerConfig } from "./tokenizer-config.js";
import { TokenizerFolder } from "./tokenizer-folder.js";

/** A tokenizer.json, for text assembled from parts. */
export interface JsonTokenizer {
  readonly special: JsonSpecialTokens;
  /** the special tokens that the model's own template puts around one text, and between two */
  readonly frame: Frame;
  /** exclusive upper bound of the ids that can be produced */
  readonly size: number;
  /**
   * Encodes one part of a text, without adding or recognizing special tokens. A leading space is part of the text:
   * " Yes" and "Yes" differ if the vocabulary distinguishes them.
   *
   * @param options.first whether the part starts the text, so that a SentencePiece tokenizer's dummy prefix applies
   *   to it (and to no other part)
   */
  encode(text: string, options?: { readonly first?: boolean }): number[];
  /** Returns the vocabulary's own spelling of an id ("##ing", "Ġthe", "▁的"); "<id>" for ids outside it. */
  token(id: number): string;
  /** Content hash (sha256, hex) of everything that determines the ids. */
  readonly hash: string;
}

const FILE = "tokenizer.json";
/** Files of other tokenizer formats, to report what kind of folder this is. */
const OTHER_FILES = /^(vocab\.(txt|json)|merges\.txt|.*\.model)$/;
/** A lone surrogate is not a character: the reference cannot process it, so it is treated as U+FFFD. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * Reads the tokenizer.json of an exported model, with the names of special tokens in tokenizer_config.json and
 * special_tokens_map.json.
 *
 * @param options.vocabSize rows of the model's embedding matrix
 * @throws GlmEvalError (data) if there is no tokenizer.json, if it is not usable, or if an id exceeds the model's
 *   vocabulary; (model) if the folder does not exist
 */
export async function loadJsonTokenizer(
  path: string,
  options: { readonly vocabSize: number },
): Promise<JsonTokenizer> {
  const folder = await TokenizerFolder.open(path);
  if (!folder.names.has(FILE)) throw notFound(folder);
  const file = new Section(await folder.json(FILE), folder.file(FILE));
  const config = await TokenizerConfig.read(folder);
  const added = file.sections("added_tokens").map(readAddedToken);
  const special = new Set(added.filter((token) => token.special).map(({ content }) => content));
  const modelSection = file.section("model");
  if (modelSection === undefined) throw file.error("model", null, "the tokenizer's model");
  const model = readModel(modelSection, special);
  const ids = new Map(model.ids);
  for (const { content, id } of added) ids.set(content, id);
  const tokens: string[] = [];
  for (const [token, id] of ids) tokens[id] = token;
  if (tokens.length > options.vocabSize) {
    const last = tokens.length - 1;
    throw new GlmEvalError(
      "tokenizer-mismatch",
      `${folder.file(FILE)}: token ${JSON.stringify(tokens[last])} has id ${last}, but the model's vocabulary has only ${options.vocabSize} ids: tokenizer and model do not belong together`,
      { hint: "Use the tokenizer files from the model's own repository." },
    );
  }

  const ordinary = added.filter((token) => !token.special);
  const split = readPreTokenizer(file.section("pre_tokenizer"));
  const makeEncoder = (first: boolean) => {
    const normalize = readNormalizer(file.section("normalizer"), first);
    const cutRaw = makeCutter(
      ordinary.filter(({ normalized }) => !normalized),
      ({ content }) => content,
    );
    const cutNormal = makeCutter(
      ordinary.filter(({ normalized }) => normalized),
      ({ content }) => normalize(content),
    );
    return (text: string): number[] => {
      const wellFormed = text.replace(LONE_SURROGATE, "\ufffd");
      const stretches = cutRaw(wellFormed)
        .flatMap((stretch) => (typeof stretch === "number" ? [stretch] : cutNormal(normalize(stretch))))
        .filter((stretch) => stretch !== "");
      return stretches.flatMap((stretch, i) =>
        typeof stretch === "number"
          ? [stretch]
          : split({ text: stretch, first, inside: i > 0 }).flatMap((piece) => model.encode(piece)),
      );
    };
  };
  const encode = { first: makeEncoder(true), other: makeEncoder(false) };
  const frame = readFrame(file.section("post_processor"));
  const specials = await findJsonSpecialTokens(folder, config, ids, special, model.unknown);
  return {
    special: specials,
    frame,
    size: tokens.length,
    encode: (text, { first = false } = {}) => (first ? encode.first : encode.other)(text),
    token: (id) => tokens[id] ?? `<${id}>`,
    hash: contentHash(folder, [specials, frame]),
  };
}

function notFound({ path, names }: TokenizerFolder): GlmEvalError {
  const others = [...names].filter((name) => OTHER_FILES.test(name)).sort();
  return new GlmEvalError(
    "tokenizer-not-found",
    `${path} has no ${FILE}${others.length > 0 ? `, only ${others.join(", ")}` : " and no other tokenizer"}`,
    {
      hint: "Create one with Python's transformers (AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER), if the model has a fast tokenizer), or use the model from an ONNX repository that has it.",
    },
  );
}

/** Hashes tokenizer.json; of the other files, only the resulting ids of special tokens matter. */
function contentHash(folder: TokenizerFolder, settings: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  for (const { name, bytes } of folder.filesRead) {
    if (name === FILE) hash.update(`\n${name} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}
