import type { Problems } from "../findings.js";
import type { DataTask } from "./check-schema.js";
import type { DataFile, FileFormat } from "./formats/index.js";
import { detectLayout, type LayoutTask, toOfficial } from "./hub-layout.js";
import type { DataRow } from "./readers/index.js";
import type { SplitData } from "./split-files.js";
import type { DataLayout } from "./task.js";

/** Reads the rows of a split: those of all its files in order, in the official layout. */
export class SplitRows {
  /** the data's name in messages; for several shards "train-*-of-00002.parquet", whose rows are counted together */
  readonly name: string;
  #layout: DataLayout | undefined;
  readonly #task: LayoutTask;

  constructor(
    private readonly data: DataTask["data"],
    { label, labels = [] }: Pick<DataTask, "label" | "labels">,
    private readonly split: SplitData,
  ) {
    const { name } = split.files[0]!;
    this.name = split.files.length === 1 ? name : name.replace(/\d+(?=(-of-\d+)?\.\w+$)/, "*");
    this.#task = { reader: data.reader, hub: data.hub, label, labels };
  }

  /** The layout of the first row; undefined before it is read, and for tasks whose data has only one layout. */
  get layout(): DataLayout | undefined {
    return this.#layout;
  }

  async *read(format: FileFormat, problems: Problems): AsyncGenerator<DataRow> {
    let before = 0;
    let isFirst = true;
    for (const { path } of this.split.files) {
      const file: DataFile = { path, name: this.name };
      let last = before;
      for await (const { row, fields } of format.rows(file, this.data, problems)) {
        if (isFirst) this.#layout = this.#resolveLayout(fields);
        isFirst = false;
        last = before + row.number;
        const found = { file: this.name, row: { ...row, number: last }, fields };
        yield this.#layout === "hub" ? toOfficial(found, this.#task) : found;
      }
      before = last;
    }
  }

  /** If a row fits both layouts, the file's name decides. */
  #resolveLayout(fields: DataRow["fields"]): DataLayout | undefined {
    const detected = detectLayout(fields, this.#task);
    if (detected !== undefined || this.data.hub === undefined) return detected;
    return this.split.isHubNamed ? "hub" : "official";
  }
}
