/** Characters of a text, and tokens of a list, that are shown in full; of longer ones the first and last. */
const MOST = { text: 1200, tokens: 240 };

/** A text, or of a long one its beginning and end with the number of characters that are left out between them. */
export function cutText(text: string, most: number = MOST.text): string {
  // By code points, so that a cut never leaves half a character.
  const characters = text.length > most ? [...text] : [];
  return characters.length <= most ? text : joined(characters, most, "", "characters");
}

/** Words separated by spaces, or of many the first and last with the number that is left out between them. */
export function cutWords(words: readonly string[], most: number = MOST.tokens): string {
  return words.length <= most ? words.join(" ") : joined(words, most, " ", "tokens");
}

function joined(items: readonly string[], most: number, separator: string, unit: string): string {
  const [head, tail] = [Math.ceil((most * 2) / 3), Math.floor(most / 3)];
  const count = (items.length - head - tail).toLocaleString("en-US");
  const [start, end] = [items.slice(0, head), items.slice(items.length - tail)].map((part) =>
    part.join(separator),
  );
  return `${start} […${count} ${unit} not shown; --full shows them…] ${end}`;
}
