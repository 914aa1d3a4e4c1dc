import type { Section } from "./json-section.js";

/** What a model's template puts around one text and between two. */
export interface Frame {
  readonly before: readonly number[];
  readonly between: readonly number[];
  readonly after: readonly number[];
  /** token type of segment B, its closing special included */
  readonly typeOfB: 0 | 1;
}

/** Without a processor the second text still has a type of its own. */
const BARE: Frame = { before: [], between: [], after: [], typeOfB: 1 };

/**
 * The frame that the post-processor of a tokenizer.json gives: `before` and `after` as around a single text, `between` as in
 * a pair. Read from the file: the library's processors take RoBERTa's second segment for type 1, and one id a special token.
 */
export function readFrame(section: Section | undefined): Frame {
  const framing = flatten(section);
  const [processor, second] = framing;
  if (second !== undefined) throw second.refuse("a second processor that adds special tokens");
  if (processor === undefined) return BARE;
  if (processor.type === "TemplateProcessing") return template(processor);
  const cls = idOf(processor, "cls");
  const sep = idOf(processor, "sep");
  // RoBERTa has one token type, and closes segment A before it opens B.
  return processor.type === "RobertaProcessing"
    ? { before: [cls], between: [sep, sep], after: [sep], typeOfB: 0 }
    : { before: [cls], between: [sep], after: [sep], typeOfB: 1 };
}

/** The processors that add tokens. */
function flatten(section: Section | undefined): Section[] {
  if (section === undefined) return [];
  switch (section.type) {
    case "Sequence":
      return section.sections("processors").flatMap(flatten);
    case "ByteLevel":
      return []; // moves offsets only
    case "TemplateProcessing":
    case "BertProcessing":
    case "RobertaProcessing":
      return [section];
    default:
      throw section.refuse(`the post-processor ${JSON.stringify(section.type)}`);
  }
}

/** ["[CLS]", 101] */
function idOf(section: Section, key: "cls" | "sep"): number {
  const id = section.list(key)[1];
  if (typeof id === "number" && Number.isInteger(id)) return id;
  throw section.error(key, section.values[key], "a token and its id");
}

function template(section: Section): Frame {
  const special = section.section("special_tokens");
  const read = (key: "single" | "pair") =>
    section.sections(key).map((item) => {
      const sequence = item.section("Sequence");
      if (sequence !== undefined) {
        return { segment: sequence.text("id"), type: sequence.number("type_id") ?? 0, ids: [] };
      }
      const name = item.section("SpecialToken")?.text("id");
      const ids = name === undefined ? undefined : special?.section(name)?.list("ids");
      if (ids === undefined || !ids.every((id) => typeof id === "number")) {
        throw item.error("SpecialToken", item.values.SpecialToken ?? null, "one of the special_tokens");
      }
      return { segment: undefined, type: 0, ids: ids as number[] };
    });
  const single = read("single");
  const pair = read("pair");
  const at = single.findIndex(({ segment }) => segment === "A");
  if (at < 0) throw section.error("single", section.values.single ?? null, "a template with the sequence A");
  const [a, b] = ["A", "B"].map((name) => pair.findIndex(({ segment }) => segment === name)) as [
    number,
    number,
  ];
  const idsOf = (items: typeof single) => items.flatMap(({ ids }) => ids);
  return {
    before: idsOf(single.slice(0, at)),
    between: a >= 0 && b > a ? idsOf(pair.slice(a + 1, b)) : [],
    after: idsOf(single.slice(at + 1)),
    typeOfB: pair[b]?.type === 1 ? 1 : 0,
  };
}
