// Quiz cards: a line "# theme", then its cards, "question ;; answer". The wrong options of a question are the answers of the
// theme's other cards, so a theme must be read to its end before its first example can be yielded.

// The fields of every example. With this list, a pattern that uses any other field is reported without reading data.
export const columns = ["theme", "question", "options"];

// Takes the data file's rows, { fields, row, file }, and yields the examples in order. An error that it throws is reported with
// the number of the last row read.
export async function* read(rows) {
  let theme;
  let cards = [];
  for await (const { fields } of rows) {
    if (fields.line.startsWith("#")) {
      yield* examples(theme, cards);
      theme = fields.line.slice(1).trim();
      cards = [];
      continue;
    }
    const [question, answer] = fields.line.split(";;").map((text) => text.trim());
    if (!question || !answer) throw new Error(`found "${fields.line}"; expected question ;; answer`);
    if (theme === undefined)
      throw new Error('found a card before the first theme; expected a line "# theme"');
    cards.push({ question, answer });
  }
  yield* examples(theme, cards);
}

function examples(theme, cards) {
  const options = cards.map(({ answer }) => answer);
  return cards.map(({ question, answer }, i) => ({
    fields: { theme, question, options },
    gold: answer, // the right text, or a list of texts that are all right
    id: `${theme}-${i + 1}`, // unique; default: the example's number
    cluster: theme, // examples of one cluster are not independent: the confidence interval resamples clusters
  }));
}
