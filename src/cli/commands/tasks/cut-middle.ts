/** Characters of a text and tokens of a list that are shown in full. Longer ones are shown without their middle. */
const MAX = { text: 1200, tokens: 240 };

/** Returns a text; of a long one the start and end, with the number of characters omitted between them. */
export function cutText(text: string, max: number = MAX.text): string {
  // By code points, so that a cut never splits a character.
  const characters = text.length > max ? [...text] : [];
  return characters.length <= max ? text : joinEnds(characters, max, "", "characters");
}

/** Joins tokens with spaces; of many, the first and last, with the number omitted between them. */
export function cutWords(words: readonly string[], max: number = MAX.tokens): string {
  return words.length <= max ? words.join(" ") : joinEnds(words, max, " ", "tokens");
}

function joinEnds(items: readonly string[], max: number, separator: string, unit: string): string {
  const [head, tail] = [Math.ceil((max * 2) / 3), Math.floor(max / 3)];
  const count = (items.length - head - tail).toLocaleString("en-US");
  const [start, end] = [items.slice(0, head), items.slice(items.length - tail)].map((part) =>
    part.join(separator),
  );
  return `${start} […${count} ${unit} not shown; --full shows them…] ${end}`;
}
