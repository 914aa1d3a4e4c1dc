import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

const PERSONAL = makeWordSet(
  "i me myself we us ourselves you yourself yourselves he him himself she herself it itself they them themselves",
);
/** Words that refer to something by themselves, but may also start a phrase ("one look"). */
const PRONOUNS = makeWordSet(
  "my mine our ours your yours his her hers its their theirs this that these those who whom whose which what there " +
    "one oneself each other another such so less more most all both none",
);
const DETERMINERS = makeWordSet(
  "the a an this that these those my our your his her its their some any every each no",
);
const PLURAL_PRONOUNS = makeWordSet("they them their theirs themselves we us our");
/** Words at which a phrase is split in two. Not "of": "a picture of an orchard" is one thing. */
const BORDERS = makeWordSet(
  "about above across after against along among around at before behind below beneath beside between beyond by down " +
    "during except for from in inside into like near off on onto out outside over past since through to toward " +
    "towards under until up upon with within without if as because while when that than but",
);

/**
 * Finds noun phrases of a text that a pronoun may refer to instead of `span`, as written in the text: no pronouns, distinct
 * from each other and from `span` regardless of case and determiner, none inside `span` or around it (but "Joe's uncle" is
 * not "Joe"). The tagger is rule-based, so some phrases are wrong; another tagger would find others, which would change
 * predictions.
 */
export function findDistractors(text: string, span: string, pronoun: string): string[] {
  // Loaded only when needed, because the tagger's lexicon takes a while; as CommonJS, one file instead of four hundred modules.
  const nlp = require("compromise") as typeof import("compromise").default;
  // "A and B" is one referent for a plural pronoun, two for a singular one.
  const conjunction = PLURAL_PRONOUNS.has(pronoun.toLowerCase()) ? /$^/ : /\s+(?:and|or)\s+/i;
  const phrases = (nlp(text).nouns().out("array") as string[])
    .flatMap((phrase) => phrase.split(conjunction))
    .flatMap((phrase) => phrase.split(/[,;:()"]/))
    .flatMap(cutAtBorders)
    .flatMap(withPossessor)
    .map(trimPhrase)
    .filter((phrase) => /\p{L}/u.test(phrase) && !isPronoun(phrase, pronoun));
  const target = normalizePhrase(span);
  const seen = new Set<string>();
  return phrases.filter((phrase) => {
    const own = normalizePhrase(phrase);
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

/** Removes punctuation at the ends and a possessive 's; the period of "Mr." inside stays. */
function trimPhrase(phrase: string): string {
  return phrase.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "").replace(/'s$/, "");
}

/** Whether it is a pronoun, one with a loose word ("it pleasant"), or a phrase that starts with the pronoun itself ("his work"). */
function isPronoun(phrase: string, pronoun: string): boolean {
  const [first = "", ...rest] = phrase.toLowerCase().split(" ");
  if (PERSONAL.has(first) || first === pronoun.toLowerCase()) return true;
  return rest.length === 0 && PRONOUNS.has(first);
}

/** Reduces phrases with the same meaning to one form: words in lower case, no determiner, no punctuation. */
function normalizePhrase(phrase: string): string {
  const tokens = phrase.toLowerCase().match(/[\p{L}\p{N}]+(?:'\p{L}+)*/gu) ?? [];
  while (tokens.length > 1 && DETERMINERS.has(tokens[0]!)) tokens.shift();
  return tokens.join(" ");
}

function contains(phrase: string, part: string): boolean {
  return ` ${phrase} `.includes(` ${part} `);
}

function makeWordSet(list: string): ReadonlySet<string> {
  return new Set(list.split(" "));
}
