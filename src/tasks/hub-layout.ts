import { type DataRow, Values } from "./readers/index.js";
import type { DataLayout, HubData } from "./task.js";

type Fields = DataRow["fields"];

/** The part of a task that determines the layout of its rows. */
export interface LayoutTask {
  /** the reader's name */
  readonly reader: string | undefined;
  readonly hub: HubData | undefined;
  /** the label column's name */
  readonly label: string | undefined;
  readonly labels: readonly string[];
}

/** A flat layout of rows that readers expect nested: how to recognize it, and how to nest it. */
interface FlatLayout {
  /** columns that only flat rows have */
  readonly has: readonly string[];
  /** a column that only nested rows have */
  readonly lacks: string;
  /** @throws FindingError for a row that lacks a value */
  nest(values: Values): Fields;
}

/** The hub's flat rows, by the reader that accepts the official ones. */
const FLAT: Readonly<Record<string, FlatLayout>> = {
  /** one row per answer; idx: { paragraph, question, answer } */
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
  /** one row per query; entities and answers are strings, idx: { passage, query } */
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
 * Detects the layout of a row from its columns and the kind of its label; undefined if the row is the same in the official
 * layout and the hub's, and for tasks whose data has only one layout.
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
 * Converts a row of the hub's layout to that of the official files: nested, with a label's value instead of its class
 * number; −1 means no label.
 * @throws FindingError for a row that lacks a value
 */
export function toOfficial(row: DataRow, { reader, hub, label, labels }: LayoutTask): DataRow {
  const named = hub === undefined || label === undefined ? row.fields : nameClass(row.fields, label, labels);
  const flat = FLAT[reader ?? ""];
  const fields = flat === undefined ? named : flat.nest(new Values({ ...row, fields: named }));
  return { ...row, fields };
}

/** Class numbers are indices into the task's labels. One without a label stays as it is and is reported when labels are read. */
function nameClass(fields: Fields, column: string, labels: readonly string[]): Fields {
  const value = fields[column];
  if (!isClass(value)) return fields;
  if (value === -1) {
    const { [column]: _, ...unlabeled } = fields;
    return unlabeled;
  }
  const label = labels[value];
  return label === undefined ? fields : { ...fields, [column]: toJsonValue(label) };
}

function isClass(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= -1;
}

/** As in the JSON of the official files: true and false, 0 and 1, otherwise a string. */
function toJsonValue(label: string): unknown {
  return /^(true|false|0|[1-9]\d*)$/.test(label) ? JSON.parse(label) : label;
}
