import { bertNormalize, lowerCase } from "./bert-normalizer.js";
import type { Section } from "./json-section.js";
import { CharacterRules } from "./sentencepiece-normalizer.js";

export type Normalize = (text: string) => string;

const LEADING = /^\p{White_Space}+/u;
const TRAILING = /\p{White_Space}+$/u;
const COMBINING = /\p{M}/gu;

/**
 * The normaliser of a tokenizer.json, as the Rust `tokenizers` does it. The library's own differs for some characters: it
 * replaces the character rules of SentencePiece by an approximation and lower-cases whole words.
 *
 * @param first whether the text begins a text. Where it does not, no dummy prefix is put before it, and leading white
 *   space that the tokenizer would strip (to put its prefix there again) stays as one space.
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
      return precompiled(section);
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
        const begun = left ? text.replace(LEADING, first ? "" : " ") : text;
        return right ? begun.replace(TRAILING, "") : begun;
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

/** Longest UTF-8 length, in bytes, of a grapheme that is looked up as a whole. */
const WHOLE_GRAPHEME = 5;

/**
 * SentencePiece's character rules as the Rust library applies them, which is not as SentencePiece does: a short grapheme is
 * replaced as a whole by the shortest rule that it starts with; of other graphemes each character.
 */
function precompiled(section: Section): Normalize {
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
    const found = rules.shortest(bytes);
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
