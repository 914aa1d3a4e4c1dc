import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { jsonSchema, REFERENCE, reference, withReference } from "../../scripts/schemas.js";
import { builtinTaskFile, builtinTasks } from "../../src/tasks/index.js";
import { suiteSchema, taskSchema } from "../../src/tasks/schema.js";
import { TASK } from "./weather.js";

const task = jsonSchema(taskSchema, "A task of glm-eval");
const suite = jsonSchema(suiteSchema, "A suite of glm-eval");

/** Whether the JSON Schema accepts it: keys of a YAML file become strings, as in JSON. */
const accepts = (schema: Record<string, unknown>, yaml: string) =>
  z.fromJSONSchema(schema as never).safeParse(JSON.parse(JSON.stringify(parse(yaml)))).success;

describe("the JSON Schemas of task files", () => {
  it.each([
    ["task", task],
    ["suite", suite],
  ])("schema/%s.schema.json is current", (name, schema) => {
    expect(JSON.parse(readFileSync(`schema/${name}.schema.json`, "utf8"))).toEqual(schema);
  });

  it("accept every built-in task and suite", () => {
    for (const name of builtinTasks())
      expect([name, accepts(task, readFileSync(builtinTaskFile(name), "utf8"))]).toEqual([name, true]);
    expect(accepts(suite, readFileSync("src/tasks/suites/superglue.yaml", "utf8"))).toBe(true);
    expect(accepts(task, TASK)).toBe(true);
  });

  it("accept every example", () => {
    const folders = readdirSync("examples", { withFileTypes: true }).filter((each) => each.isDirectory());
    expect(folders.length).toBeGreaterThan(5);
    for (const { name } of folders)
      expect([name, accepts(task, readFileSync(`examples/${name}/task.yaml`, "utf8"))]).toEqual([name, true]);
    expect(accepts(suite, readFileSync("examples/english.yaml", "utf8"))).toBe(true);
  });

  it.each([
    ["title:", "titel:"],
    ["  validation:", "  vlidation:"],
    ["    verbalizer:", "    verbaliser:"],
    ["normalization: mean", "normalization: median"],
    ["metrics: [accuracy]", "metrics: { accuracy: 1 }"],
    ['["{{ a }}", "{{ b }}", no]', "[]"],
    ["[weather.jsonl, other.jsonl]", "{ a: b }"],
  ])("refuse what the loader refuses: %j replaced with %j", (from, to) => {
    const wrong = TASK.replace(from, to);
    expect(wrong).not.toBe(TASK);
    expect(taskSchema.safeParse(parse(wrong)).success).toBe(false);
    expect(accepts(task, wrong)).toBe(false);
  });

  it("describe every key, with a valid example", () => {
    const objects: [string, z.ZodObject, Record<string, unknown>][] = [
      ["task", taskSchema, task],
      ["suite", suiteSchema, suite],
    ];
    let keys = 0;
    for (const [path, schema, json] of objects) {
      for (const [key, value] of Object.entries(schema.shape)) {
        const at = `${path}.${key}`;
        const made = (json.properties as Record<string, Record<string, unknown>>)[key]!;
        expect([at, made.description]).toEqual([at, expect.stringMatching(/\w.*\.$/s)]);
        const [example] = made.examples as unknown[];
        // An example of a map may show only some of its keys.
        const inner = innerObject(value);
        expect([at, (inner?.partial() ?? value).safeParse(example).success]).toEqual([at, true]);
        keys++;
        const below = (made.items ?? made) as Record<string, unknown>;
        const object = inner ?? innerObject((value as { element?: unknown }).element);
        if (object) objects.push([at, object, below]);
      }
    }
    expect(keys).toBeGreaterThan(35);
  });
});

function innerObject(schema: unknown): z.ZodObject | undefined {
  if (schema instanceof z.ZodObject) return schema;
  return schema instanceof z.ZodPrefault ? innerObject(schema.unwrap()) : undefined;
}

it("docs/tasks.md lists every key of the schema", () => {
  const page = readFileSync(REFERENCE, "utf8");
  expect(withReference(page, reference(task, suite))).toBe(page);
  for (const key of ["fewshot_separator", "answers_from", "sha256", "weight"])
    expect(page).toContain(`| \`${key}\` |`);
});
