import { afterEach, describe, expect, it, vi } from "vitest";
import { printPublished } from "../../src/cli/commands/published/list-published.js";
import { listPublished } from "../../src/report/index.js";

afterEach(() => vi.restoreAllMocks());

function printed(json: boolean): string {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  printPublished({ json });
  return write.mock.calls.map(([text]) => String(text)).join("");
}

describe("glm-eval published", () => {
  it("lists every row once, by setting and split, within 100 columns", () => {
    const text = printed(false);
    const lines = text.split("\n");
    for (const { id } of listPublished())
      expect(
        lines.filter((line) => line.startsWith(`${id} `)),
        id,
      ).toHaveLength(1);
    const titles = lines.filter((line) => / set$/.test(line));
    expect(titles).toEqual([
      ...new Set(listPublished().map(({ setting, split }) => `${setting}, ${split} set`)),
    ]);
    const cloze = lines.find((line) => line.startsWith("bert-large-cloze"));
    expect(cloze).toMatch(/BERT-Large \(cloze\) +73\.2 +GLM paper, Table 6$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  it("prints all values as JSON", () => {
    const rows = JSON.parse(printed(true)) as { id: string }[];
    expect(rows).toHaveLength(listPublished().length);
    expect(rows.find(({ id }) => id === "majority-dev")).toMatchObject({
      split: "dev",
      average: 47.7,
      cells: { cb: { f1_macro: 22.2, accuracy: 50 } },
    });
  });
});
