import { type CommonOptions, cancel, intro, isCancel, outro, select, text } from "@clack/prompts";
import type { TasksNewOptions } from "../../../../options/index.js";
import type { DataPreview } from "../../../../tasks/index.js";
import { INTERRUPTED } from "../../../terminal/exit.js";
import { guessLabel, guessText, isLabelLike, orderLabels } from "./guess.js";

const IN_A_LIST = "\u0000list";

/**
 * Prompts at the terminal for what the flags do not give; each prompt suggests an answer based on the data. Ctrl-C ends the
 * program without writing anything.
 * @param streams where to prompt; default: the terminal
 */
export async function promptForOptions(
  argv: TasksNewOptions,
  preview: DataPreview,
  streams: Pick<CommonOptions, "input" | "output"> = {},
): Promise<TasksNewOptions> {
  intro(
    `A task for ${argv.from}: ${preview.rows} rows, columns ${preview.columns.map(({ name }) => name).join(", ")}`,
    streams,
  );
  const label = argv.label ?? (argv.answersFrom ? undefined : await askLabel(preview, streams));
  const isList = label === IN_A_LIST;
  const answersFrom = argv.answersFrom ?? (isList ? await askList(preview, streams) : undefined);
  const gold = isList ? await askGold(preview, answersFrom!, streams) : label;
  const shown = argv.text ?? (await askText(preview, gold, streams));
  const column = preview.columns.find(({ name }) => name === gold);
  const needsWords = answersFrom === undefined && argv.word === undefined && column !== undefined;
  const word = needsWords ? await askWords(orderLabels(column), streams) : argv.word;
  outro("Done.", streams);
  return {
    ...argv,
    text: shown,
    ...(gold !== undefined && { label: gold }),
    ...(answersFrom !== undefined && { answersFrom }),
    ...(word && { word }),
  };
}

type Streams = Pick<CommonOptions, "input" | "output">;

async function askLabel(preview: DataPreview, streams: Streams): Promise<string> {
  const columns = preview.columns.filter(isLabelLike);
  const guess = guessLabel(preview);
  return requireAnswer(
    await select({
      message: "Which column has the gold label?",
      options: [
        ...columns.map((column) => ({ value: column.name, hint: formatFrequencies(column.values) })),
        { value: IN_A_LIST, label: "none: each row has a list of answers" },
      ],
      ...(guess && { initialValue: guess.name }),
      ...streams,
    }),
  );
}

async function askList(preview: DataPreview, streams: Streams): Promise<string> {
  const lists = preview.columns.filter(({ kind }) => kind === "list");
  return requireAnswer(
    await select({
      message: "Which column has the list of answers?",
      options: (lists.length > 0 ? lists : preview.columns).map(({ name }) => ({ value: name })),
      ...streams,
    }),
  );
}

async function askGold(preview: DataPreview, answers: string, streams: Streams): Promise<string> {
  const others = preview.columns.filter(({ name }) => name !== answers);
  return requireAnswer(
    await select({
      message: "Which column has the text of the gold answer?",
      options: others.map(({ name }) => ({ value: name })),
      ...streams,
    }),
  );
}

async function askText(preview: DataPreview, label: string | undefined, streams: Streams): Promise<string> {
  const guess = guessText(preview, label);
  return requireAnswer(
    await text({
      message:
        "What is the pattern? Write one [MASK] for the answer, and {{ column }} for each column to show",
      initialValue: guess,
      validate: (value) => (value?.includes("[MASK]") ? undefined : "write one [MASK] for the answer"),
      ...streams,
    }),
  );
}

async function askWords(labels: readonly string[], streams: Streams): Promise<string[]> {
  const words: string[] = [];
  for (const label of labels) {
    const word = requireAnswer(
      await text({
        message: `Which word fills the blank for ${JSON.stringify(label)}? (separate several by commas)`,
        initialValue: label,
        validate: (value) => (value?.trim() ? undefined : "enter a word"),
        ...streams,
      }),
    );
    words.push(`${label}=${word}`);
  }
  return words;
}

function formatFrequencies(values: ReadonlyMap<string, number>): string {
  const shown = [...values].slice(0, 5).map(([value, count]) => `${value} ${count}`);
  return [...shown, ...(values.size > 5 ? ["…"] : [])].join(", ");
}

function requireAnswer<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel("Nothing was written.");
  process.exit(INTERRUPTED);
}
