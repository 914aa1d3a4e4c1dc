import { type DataRow, Values } from "./readers/index.js";
import type { DataLayout, HubData } from "./task.js";

type Fields = DataRow["fields"];

/** What of a task says how the rows of its data set are laid out. */
export interface LayoutTask {
  /** the reader's name */
  readonly reader: string | undefined;
  readonly hub: HubData | undefined;
  /** the label column's name */
  readonly label: string | undefined;
  readonly labels: readonly string[];
}

/** One layout of rows that readers take nested: how to know it, and how to nest it. */
interface Flat {
  /** columns that only flat rows have */
  readonly has: readonly string[];
  /** a column that only nested rows have */
  readonly lacks: string;
  /** @throws FindingError for a row that lacks something */
  nest(values: Values): Fields;
}

/** The hub's flat rows, by the reader that takes the official ones. */
const FLAT: Readonly<Record<string, Flat>> = {
  /** one row an answer; idx: { paragraph, question, answer } */
  multirc: {
    has: ["paragraph", "answer"],
    lacks: "passage",
    nest(values) {
      const idx = values.inner("idx");
      const answer = { text: values.text("answer"), idx: idx.key("answer"), label: values.raw("label") };
      const question = { question: values.text("question"), idx: idx.key("question"), answers: [answer] };
      return {
        idx: idx.key("paragraph"),
        passage: { text: values.text("paragraph"), questions: [question] },
      };
    },
  },
  /** one row a query; entities and answers are texts, idx: { passage, query } */
  record: {
    has: ["query", "entities"],
    lacks: "qas",
    nest(values) {
      const idx = values.inner("idx");
      const texts = (key: string) => values.texts(key).map((text) => ({ text }));
      const answers = values.has("answers") ? texts("answers") : [];
      // The test split's rows have an empty list.
      const gold = answers.length > 0 ? { answers } : {};
      return {
        idx: idx.key("passage"),
        passage: { text: values.text("passage"), entities: texts("entities") },
        qas: [{ query: values.text("query"), idx: idx.key("query"), ...gold }],
      };
    },
  },
  /** the spans are columns */
  wsc: {
    has: ["span1_text", "span2_text"],
    lacks: "target",
    nest(values) {
      const target = {
        span1_text: values.text("span1_text"),
        span2_text: values.text("span2_text"),
        span2_index: values.integer("span2_index"),
      };
      return { ...values.rest(["span1_text", "span1_index", "span2_text", "span2_index"]), target };
    },
  },
};

/**
 * The layout that a row is in, by its columns and the kind of its label; undefined where the official layout and the hub's
 * have the same row, and for tasks whose data has one layout only.
 */
export function detectLayout(
  fields: Fields,
  { reader, hub, label, labels }: LayoutTask,
): DataLayout | undefined {
  const flat = FLAT[reader ?? ""];
  if (flat !== undefined) {
    const isFlat = flat.has.every((column) => Object.hasOwn(fields, column));
    return isFlat && !Object.hasOwn(fields, flat.lacks) ? "hub" : "official";
  }
  if (hub === undefined || label === undefined) return undefined;
  const value = fields[label];
  if (!isClass(value)) return "official";
  return value >= 0 && labels.includes(String(value)) ? undefined : "hub";
}

/**
 * A row of the hub's layout as the official files have it: nested, its label a value and not the number of its class, −1
 * being none.
 * @throws FindingError for a row that lacks something
 */
export function toOfficial(row: DataRow, { reader, hub, label, labels }: LayoutTask): DataRow {
  const named = hub === undefined || label === undefined ? row.fields : nameClass(row.fields, label, labels);
  const flat = FLAT[reader ?? ""];
  const fields = flat === undefined ? named : flat.nest(new Values({ ...row, fields: named }));
  return { ...row, fields };
}

/** Class numbers count the task's labels. One that no label has stays, and is reported where labels are read. */
function nameClass(fields: Fields, column: string, labels: readonly string[]): Fields {
  const value = fields[column];
  if (!isClass(value)) return fields;
  if (value === -1) {
    const { [column]: _, ...unlabelled } = fields;
    return unlabelled;
  }
  const label = labels[value];
  return label === undefined ? fields : { ...fields, [column]: typed(label) };
}

function isClass(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= -1;
}

/** As JSON of the official files has it: true and false, 0 and 1, else a text. */
function typed(label: string): unknown {
  return /^(true|false|0|[1-9]\d*)$/.test(label) ? JSON.parse(label) : label;
}
