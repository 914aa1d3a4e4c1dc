import type { Section } from "./json-section.js";

/** The special tokens that a model's template puts around one text and between two. */
export interface Frame {
  readonly before: readonly number[];
  readonly between: readonly number[];
  readonly after: readonly number[];
  /** token type of segment B, including its closing special token */
  readonly typeOfB: 0 | 1;
}

/** Even without a processor, the second text has its own token type. */
const BARE: Frame = { before: [], between: [], after: [], typeOfB: 1 };

/**
 * Reads the frame from the post-processor of a tokenizer.json: `before` and `after` as around a single text, `between`
 * as in a pair. Read from the file because the library's processors give RoBERTa's second segment type 1 and support
 * only one id per special token.
 */
export function readFrame(section: Section | undefined): Frame {
  const framing = findProcessors(section);
  const [processor, second] = framing;
  if (second !== undefined) throw second.refuse("a second processor that adds special tokens");
  if (processor === undefined) return BARE;
  if (processor.type === "TemplateProcessing") return readTemplate(processor);
  const cls = readTokenId(processor, "cls");
  const sep = readTokenId(processor, "sep");
  // RoBERTa has a single token type, and closes segment A before it opens B.
  return processor.type === "RobertaProcessing"
    ? { before: [cls], between: [sep, sep], after: [sep], typeOfB: 0 }
    : { before: [cls], between: [sep], after: [sep], typeOfB: 1 };
}

/** Finds the processors that add tokens. */
function findProcessors(section: Section | undefined): Section[] {
  if (section === undefined) return [];
  switch (section.type) {
    case "Sequence":
      return section.sections("processors").flatMap(findProcessors);
    case "ByteLevel":
      return []; // changes only offsets
    case "TemplateProcessing":
    case "BertProcessing":
    case "RobertaProcessing":
      return [section];
    default:
      throw section.refuse(`the post-processor ${JSON.stringify(section.type)}`);
  }
}

/** Reads the id of a pair such as ["[CLS]", 101]. */
function readTokenId(section: Section, key: "cls" | "sep"): number {
  const id = section.list(key)[1];
  if (typeof id === "number" && Number.isInteger(id)) return id;
  throw section.error(key, section.values[key], "a token and its id");
}

function readTemplate(section: Section): Frame {
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
  if (at < 0)
    throw section.error("single", section.values.single ?? null, "a template that contains the sequence A");
  const [a, b] = ["A", "B"].map((name) => pair.findIndex(({ segment }) => segment === name)) as [
    number,
    number,
  ];
  const collectIds = (items: typeof single) => items.flatMap(({ ids }) => ids);
  return {
    before: collectIds(single.slice(0, at)),
    between: a >= 0 && b > a ? collectIds(pair.slice(a + 1, b)) : [],
    after: collectIds(single.slice(at + 1)),
    typeOfB: pair[b]?.type === 1 ? 1 : 0,
  };
}
