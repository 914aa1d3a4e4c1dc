import { type CommonOptions, cancel, intro, isCancel, outro, select, text } from "@clack/prompts";
import type { TasksNewOptions } from "../../../../options/index.js";
import type { DataPreview } from "../../../../tasks/index.js";
import { INTERRUPTED } from "../../../terminal/exit.js";
import { guessLabel, guessText, isLabelLike, labelsOf } from "./guess.js";

const IN_A_LIST = "\u0000list";

/**
 * Asks at the terminal for what the flags do not say; every question has an answer from the data to begin with. Ctrl-C
 * ends the program, and nothing is written.
 * @param streams where is asked; the terminal unless told otherwise
 */
export async function askFor(
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
  const word = needsWords ? await askWords(labelsOf(column), streams) : argv.word;
  outro("That is all that is needed.", streams);
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
  return answered(
    await select({
      message: "Which column holds the right label?",
      options: [
        ...columns.map((column) => ({ value: column.name, hint: frequencies(column.values) })),
        { value: IN_A_LIST, label: "none: each row has a list of answers" },
      ],
      ...(guess && { initialValue: guess.name }),
      ...streams,
    }),
  );
}

async function askList(preview: DataPreview, streams: Streams): Promise<string> {
  const lists = preview.columns.filter(({ kind }) => kind === "list");
  return answered(
    await select({
      message: "Which column holds the list of answers?",
      options: (lists.length > 0 ? lists : preview.columns).map(({ name }) => ({ value: name })),
      ...streams,
    }),
  );
}

async function askGold(preview: DataPreview, answers: string, streams: Streams): Promise<string> {
  const others = preview.columns.filter(({ name }) => name !== answers);
  return answered(
    await select({
      message: "Which column holds the right answer's text?",
      options: others.map(({ name }) => ({ value: name })),
      ...streams,
    }),
  );
}

async function askText(preview: DataPreview, label: string | undefined, streams: Streams): Promise<string> {
  const guess = guessText(preview, label);
  return answered(
    await text({
      message: "How is it asked? One [MASK] where the answer goes; {{ column }} shows a column",
      initialValue: guess,
      validate: (value) => (value?.includes("[MASK]") ? undefined : "write [MASK] where the answer goes"),
      ...streams,
    }),
  );
}

async function askWords(labels: readonly string[], streams: Streams): Promise<string[]> {
  const words: string[] = [];
  for (const label of labels) {
    const word = answered(
      await text({
        message: `Which word stands for ${JSON.stringify(label)} in the blank? (several: separated by commas)`,
        initialValue: label,
        validate: (value) => (value?.trim() ? undefined : "a word is needed"),
        ...streams,
      }),
    );
    words.push(`${label}=${word}`);
  }
  return words;
}

function frequencies(values: ReadonlyMap<string, number>): string {
  const shown = [...values].slice(0, 5).map(([value, count]) => `${value} ${count}`);
  return [...shown, ...(values.size > 5 ? ["…"] : [])].join(", ");
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel("Nothing was written.");
  process.exit(INTERRUPTED);
}
