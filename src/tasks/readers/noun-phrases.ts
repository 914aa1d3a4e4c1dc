import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

const PERSONAL = words(
  "i me myself we us ourselves you yourself yourselves he him himself she herself it itself they them themselves",
);
/** Words that refer to something by themselves, but may begin a phrase too ("one look"). */
const PRONOUNS = words(
  "my mine our ours your yours his her hers its their theirs this that these those who whom whose which what there " +
    "one oneself each other another such so less more most all both none",
);
const DETERMINERS = words(
  "the a an this that these those my our your his her its their some any every each no",
);
const PLURAL_PRONOUNS = words("they them their theirs themselves we us our");
/** Words at which a phrase is cut in two. Not "of": "a picture of an orchard" is one thing. */
const BORDERS = words(
  "about above across after against along among around at before behind below beneath beside between beyond by down " +
    "during except for from in inside into like near off on onto out outside over past since through to toward " +
    "towards under until up upon with within without if as because while when that than but",
);

/**
 * Noun phrases of a text that a pronoun may refer to instead of `span`, as they stand in the text: no pronouns,
 * different from each other and from `span` whatever their case and determiner, none inside `span` or round it (but
 * "Joe's uncle" is not "Joe"). Found with a rule-based tagger, so some are wrong; another tagger finds others, and with
 * them predictions change.
 */
export function distractors(text: string, span: string, pronoun: string): string[] {
  // Loaded where needed, for the tagger's lexicon takes a while; as CommonJS, one file in place of four hundred modules.
  const nlp = require("compromise") as typeof import("compromise").default;
  // "A and B" is one referent for a plural pronoun, two for a singular one.
  const conjunction = PLURAL_PRONOUNS.has(pronoun.toLowerCase()) ? /$^/ : /\s+(?:and|or)\s+/i;
  const phrases = (nlp(text).nouns().out("array") as string[])
    .flatMap((phrase) => phrase.split(conjunction))
    .flatMap((phrase) => phrase.split(/[,;:()"]/))
    .flatMap(cutAtBorders)
    .flatMap(withPossessor)
    .map(trimmed)
    .filter((phrase) => /\p{L}/u.test(phrase) && !isPronoun(phrase, pronoun));
  const target = key(span);
  const seen = new Set<string>();
  return phrases.filter((phrase) => {
    const own = key(phrase);
    if (seen.has(own) || contains(own, target) || contains(target, own)) return false;
    seen.add(own);
    return true;
  });
}

function cutAtBorders(phrase: string): string[] {
  const pieces: string[][] = [[]];
  for (const token of phrase.trim().split(/\s+/)) {
    if (BORDERS.has(token.toLowerCase())) pieces.push([]);
    else pieces.at(-1)!.push(token);
  }
  return pieces.map((tokens) => tokens.join(" "));
}

/** "Larry's father" is a phrase, and so is "Larry". */
function withPossessor(phrase: string): string[] {
  const joined = phrase.replace(/\s+(?='s\b)/g, "");
  const possessor = /^(.+?)'s\s/.exec(joined)?.[1];
  return possessor === undefined ? [joined] : [possessor, joined];
}

/** Without punctuation at its ends and without a possessive's 's; the point of "Mr." inside stays. */
function trimmed(phrase: string): string {
  return phrase.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "").replace(/'s$/, "");
}

/** A pronoun, one with a loose word ("it pleasant"), or a phrase that the pronoun itself begins ("his work"). */
function isPronoun(phrase: string, pronoun: string): boolean {
  const [first = "", ...rest] = phrase.toLowerCase().split(" ");
  if (PERSONAL.has(first) || first === pronoun.toLowerCase()) return true;
  return rest.length === 0 && PRONOUNS.has(first);
}

/** What phrases that mean the same have in common: words in lower case, no determiner, no punctuation. */
function key(phrase: string): string {
  const tokens = phrase.toLowerCase().match(/[\p{L}\p{N}]+(?:'\p{L}+)*/gu) ?? [];
  while (tokens.length > 1 && DETERMINERS.has(tokens[0]!)) tokens.shift();
  return tokens.join(" ");
}

function contains(phrase: string, part: string): boolean {
  return ` ${phrase} `.includes(` ${part} `);
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}
