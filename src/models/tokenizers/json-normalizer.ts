import { bertNormalize, lowerCase } from "./bert-normalizer.js";
import type { Section } from "./json-section.js";
import { CharacterRules } from "./sentencepiece-normalizer.js";

export type Normalize = (text: string) => string;

const LEADING = /^\p{White_Space}+/u;
const TRAILING = /\p{White_Space}+$/u;
const COMBINING = /\p{M}/gu;

/**
 * Reads the normalizer of a tokenizer.json, with the behavior of the Rust `tokenizers`. The library's own version
 * differs for some characters: it replaces SentencePiece's character rules with an approximation and lower-cases entire
 * words.
 *
 * @param first whether this part starts the text. If it does not, no dummy prefix is added, and leading white space that
 *   the tokenizer would strip (to add its prefix there again) is kept as one space.
 */
export function readNormalizer(section: Section | undefined, first: boolean): Normalize {
  if (section === undefined) return (text) => text;
  switch (section.type) {
    case "Sequence": {
      const steps = section.sections("normalizers").map((step) => readNormalizer(step, first));
      return (text) => steps.reduce((out, step) => step(out), text);
    }
    case "BertNormalizer": {
      const lower = section.flag("lowercase") ?? true;
      const options = {
        cleanText: section.flag("clean_text") ?? true,
        splitChinese: section.flag("handle_chinese_chars") ?? true,
        stripAccents: section.flag("strip_accents") ?? lower,
        lowerCase: lower,
      };
      return (text) => bertNormalize(text, options);
    }
    case "Precompiled":
      return readCharacterRules(section);
    case "Replace": {
      const pattern = section.pattern();
      const content = section.text("content") ?? "";
      return (text) => text.replace(pattern, () => content);
    }
    case "Prepend": {
      const prefix = section.text("prepend") ?? "";
      return first ? (text) => (text === "" ? text : prefix + text) : (text) => text;
    }
    case "Strip": {
      const left = section.flag("strip_left") ?? false;
      const right = section.flag("strip_right") ?? false;
      return (text) => {
        const stripped = left ? text.replace(LEADING, first ? "" : " ") : text;
        return right ? stripped.replace(TRAILING, "") : stripped;
      };
    }
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD": {
      const form = section.type;
      return (text) => text.normalize(form);
    }
    case "Lowercase":
      return lowerCase;
    case "StripAccents":
      return (text) => text.replace(COMBINING, "");
    default:
      throw section.refuse(`the normalizer ${JSON.stringify(section.type)}`);
  }
}

/** Maximum UTF-8 length, in bytes, of a grapheme that is looked up as a whole. */
const WHOLE_GRAPHEME = 5;

/**
 * Reads SentencePiece's character rules and applies them like the Rust library, which differs from SentencePiece: a
 * short grapheme is replaced as a whole by the shortest rule that it starts with; other graphemes are replaced
 * character by character.
 */
function readCharacterRules(section: Section): Normalize {
  let rules: CharacterRules;
  try {
    rules = new CharacterRules(Buffer.from(section.text("precompiled_charsmap") ?? "", "base64"));
  } catch (cause) {
    throw section.error("precompiled_charsmap", "…", `character rules (${(cause as Error).message})`);
  }
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
  const replacement = (bytes: Uint8Array): string | undefined => {
    const found = rules.findShortest(bytes);
    return found && decoder.decode(found);
  };
  return (text) => {
    let out = "";
    for (const { segment } of graphemes.segment(text)) {
      const bytes = encoder.encode(segment);
      const whole = bytes.length <= WHOLE_GRAPHEME ? replacement(bytes) : undefined;
      if (whole !== undefined) out += whole;
      else for (const character of segment) out += replacement(encoder.encode(character)) ?? character;
    }
    return out;
  };
}
