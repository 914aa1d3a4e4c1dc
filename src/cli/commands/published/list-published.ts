import type { PrintingOptions } from "../../../options/index.js";
import { listPublished, type PublishedRow } from "../../../report/index.js";
import { plainTable } from "../../terminal/plain-table.js";

/** `glm-eval published` */
export function printPublished({ json }: PrintingOptions): void {
  process.stdout.write(json ? `${JSON.stringify(listPublished().map(toJson), null, 2)}\n` : formatListing());
}

/** Formats all rows, in sections by setting and split. */
function formatListing(): string {
  const sections = new Map<string, PublishedRow[]>();
  for (const row of listPublished()) {
    const title = `${row.setting}, ${row.split} set`;
    sections.set(title, [...(sections.get(title) ?? []), row]);
  }
  const parts = [...sections].map(([title, rows]) => {
    const lines = rows.map(({ id, model, average, source, table }) => [
      id,
      model,
      average === null ? "–" : average.percent.toFixed(1),
      `${source.name}, ${table}`,
    ]);
    return `${title}\n\n${plainTable(["name", "model", "SuperGLUE", "source"], lines, ["SuperGLUE"])}\n`;
  });
  return (
    `${parts.join("\n")}\n` +
    "SuperGLUE: the average printed in the source, in percent. Pass names to --published, separated by commas.\n" +
    "Most comparable to scoring by log-likelihood without fine-tuning: the zero-shot rows of the GLaM paper.\n"
  );
}

function toJson({ cells, average, ...row }: PublishedRow) {
  const percent = [...cells].map(([task, values]) => [
    task,
    Object.fromEntries([...values].map(([metric, value]) => [metric, value.percent])),
  ]);
  return { ...row, average: average?.percent ?? null, cells: Object.fromEntries(percent) };
}
