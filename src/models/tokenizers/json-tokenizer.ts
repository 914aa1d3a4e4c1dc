import { createHash } from "node:crypto";
import { GlmEvalError } from "../../errors.js";
import { cutter, readAddedToken } from "./json-added.js";
import { type Frame, readFrame } from "./json-frame.js";
import { readModel } from "./json-model.js";
import { readNormalizer } from "./json-normalizer.js";
import { readPreTokenizer } from "./json-pre-tokenizer.js";
import { Section } from "./json-section.js";
import { type JsonSpecialTokens, jsonSpecialTokens } from "./json-special.js";
import { TokenizerConfig } from "./tokenizer-config.js";
import { TokenizerFolder } from "./tokenizer-folder.js";

/** A tokenizer.json, for text that is put together from parts. */
export interface JsonTokenizer {
  readonly special: JsonSpecialTokens;
  /** what the model's own template puts around one text, and between two */
  readonly frame: Frame;
  /** ids that can come out, exclusive upper bound */
  readonly size: number;
  /**
   * Ids of one part of a text, no specials added, none recognised inside. A leading space is a part of the text: " Yes" and
   * "Yes" differ wherever the vocabulary tells them apart.
   *
   * @param options.first the part begins the text, so a SentencePiece tokenizer's dummy prefix applies to it (and to no
   *   other part)
   */
  encode(text: string, options?: { readonly first?: boolean }): number[];
  /** The vocabulary's own spelling of an id ("##ing", "Ġthe", "▁的"); ids outside it give "<id>". */
  token(id: number): string;
  /** Content hash (sha256, hex) of what determines the ids. */
  readonly hash: string;
}

const FILE = "tokenizer.json";
/** Other forms of a tokenizer, which say what kind of folder this is. */
const OTHER_FILES = /^(vocab\.(txt|json)|merges\.txt|.*\.model)$/;
/** Half of a surrogate pair alone is no character: the reference cannot take one, so it counts as U+FFFD. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/**
 * Reads the tokenizer.json of an exported model, with the names of special tokens in tokenizer_config.json and
 * special_tokens_map.json.
 *
 * @param options.vocabSize rows of the model's embedding matrix
 * @throws GlmEvalError (data) where there is no tokenizer.json or it cannot be used, and where an id does not fit the
 *   model; (model) where there is no such folder
 */
export async function loadJsonTokenizer(
  path: string,
  options: { readonly vocabSize: number },
): Promise<JsonTokenizer> {
  const folder = await TokenizerFolder.open(path);
  if (!folder.names.has(FILE)) throw missing(folder);
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
      `${folder.file(FILE)}: token ${JSON.stringify(tokens[last])} has id ${last}, the model a vocabulary of ${options.vocabSize}: tokenizer and model do not belong together`,
      { hint: "Take the tokenizer files from the same repository as the model." },
    );
  }

  const ordinary = added.filter((token) => !token.special);
  const split = readPreTokenizer(file.section("pre_tokenizer"));
  const encoder = (first: boolean) => {
    const normalize = readNormalizer(file.section("normalizer"), first);
    const cutRaw = cutter(
      ordinary.filter(({ normalized }) => !normalized),
      ({ content }) => content,
    );
    const cutNormal = cutter(
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
  const encode = { first: encoder(true), other: encoder(false) };
  const frame = readFrame(file.section("post_processor"));
  const specials = await jsonSpecialTokens(folder, config, ids, special, model.unknown);
  return {
    special: specials,
    frame,
    size: tokens.length,
    encode: (text, { first = false } = {}) => (first ? encode.first : encode.other)(text),
    token: (id) => tokens[id] ?? `<${id}>`,
    hash: contentHash(folder, [specials, frame]),
  };
}

function missing({ path, names }: TokenizerFolder): GlmEvalError {
  const others = [...names].filter((name) => OTHER_FILES.test(name)).sort();
  return new GlmEvalError(
    "tokenizer-not-found",
    `${path} has no ${FILE}${others.length > 0 ? `, only ${others.join(", ")}` : " and no other tokenizer"}`,
    {
      hint: "Write one with Python's transformers (AutoTokenizer.from_pretrained(NAME).save_pretrained(FOLDER), where the model has a fast tokenizer), or take the model from an ONNX repository that has it.",
    },
  );
}

/** Of the other files only the ids of special tokens count. */
function contentHash(folder: TokenizerFolder, settings: unknown): string {
  const hash = createHash("sha256").update(JSON.stringify(settings));
  for (const { name, bytes } of folder.filesRead) {
    if (name === FILE) hash.update(`\n${name} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}
