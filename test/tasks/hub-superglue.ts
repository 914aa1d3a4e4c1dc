/** A row of an official SuperGLUE file. */
// biome-ignore lint/suspicious/noExplicitAny: rows of ten data sets
type Row = any;

/** The class names of the hub's features, by config, as listed in its data set card. */
export const HUB_CLASSES: Readonly<Record<string, readonly string[]>> = {
  boolq: ["False", "True"],
  cb: ["entailment", "contradiction", "neutral"],
  copa: ["choice1", "choice2"],
  multirc: ["False", "True"],
  rte: ["entailment", "not_entailment"],
  wic: ["False", "True"],
  wsc: ["False", "True"],
  axb: ["entailment", "not_entailment"],
  axg: ["entailment", "not_entailment"],
};

/** The columns of the hub's configs whose rows are the same as in the official files. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  boolq: ["question", "passage"],
  cb: ["premise", "hypothesis"],
  copa: ["premise", "choice1", "choice2", "question"],
  rte: ["premise", "hypothesis"],
  wic: ["word", "sentence1", "sentence2", "start1", "start2", "end1", "end2"],
  wsc: ["text", "span1_index", "span2_index", "span1_text", "span2_text"],
  axb: ["sentence1", "sentence2"],
  axg: ["premise", "hypothesis"],
};

/** Returns the rows of the hub's copy for one row of the official file. */
export function toHub(config: string, row: Row): Row[] {
  if (config === "multirc") {
    const { text, questions } = row.passage;
    return questions.flatMap((question: Row) =>
      question.answers.map((answer: Row) => ({
        paragraph: text,
        question: question.question,
        answer: answer.text,
        idx: { paragraph: row.idx, question: question.idx, answer: answer.idx },
        label: getClassNumber(config, answer.label),
      })),
    );
  }
  if (config === "record") return row.qas.map((query: Row) => recordRow(row, query));
  const flat = config === "wsc" ? { ...row, ...row.target } : row;
  const columns = COLUMNS[config]!.map((column) => [column, flat[column]]);
  return [{ ...Object.fromEntries(columns), idx: Number(row.idx), label: getClassNumber(config, row.label) }];
}

function recordRow({ passage, idx }: Row, query: Row): Row {
  const characters = Array.from(passage.text as string);
  const spans = passage.entities.map(({ start, end }: Row) => ({
    text: characters.slice(start, end + 1).join(""),
    start,
    end: end + 1,
  }));
  const set = (texts: string[]) => [...new Set(texts)].reverse();
  return {
    passage: passage.text,
    query: query.query,
    entities: set(spans.map(({ text }: Row) => text)),
    entity_spans: Object.fromEntries(
      ["text", "start", "end"].map((key) => [key, spans.map((span: Row) => span[key])]),
    ),
    answers: set((query.answers ?? []).map(({ text }: Row) => text)),
    idx: { passage: idx, query: query.idx },
  };
}

function getClassNumber(config: string, label: unknown): number {
  if (label === undefined) return -1;
  const classes = HUB_CLASSES[config]!;
  return typeof label === "string" ? classes.indexOf(label) : Number(label);
}
