import fc from "fast-check";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { formatTaskFile } from "../../../../../src/cli/commands/tasks/new-task/write-task-file.js";
import { taskSchema } from "../../../../../src/tasks/schema.js";

it("a new task file parses back to any content it was made from", () => {
  const characters = [..."a01 :#-'\"\\{}[],&*!|>%@é字\n\t", "yes", "no", "1.0", "null", "# ", ": "];
  const texts = fc
    .string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: 12 })
    .filter((text) => text.trim() !== "");
  const task = fc.record({
    title: texts,
    validation: texts,
    label: texts,
    labels: fc.uniqueArray(texts, { minLength: 1, maxLength: 4 }),
    text: texts,
    some: fc.array(texts, { minLength: 1, maxLength: 3 }),
    columns: fc.array(texts, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(task, ({ title, validation, label, labels, text, some, columns }) => {
      const words = new Map(labels.map((each) => [each, some]));
      const made = { id: "t", title, validation, label, labels, text, words, metrics: ["accuracy"], columns };
      const yaml = formatTaskFile(made);
      expect(yaml).toMatch(/^# yaml-language-server: \$schema=\S+\n/);
      const read = taskSchema.parse(parse(yaml));
      expect(read).toMatchObject({ task: "t", title, label, labels, data: { validation: [validation] } });
      expect(read.patterns[0]).toMatchObject({ text, verbalizer: Object.fromEntries(words) });
    }),
    { numRuns: 300 },
  );
});
