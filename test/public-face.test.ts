import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readPublicFace } from "./public-face/declarations.js";

describe("the package's declarations", () => {
  const face = readPublicFace("dist/index.d.ts");

  it("name every type that appears in them", () => {
    expect(face.names.length).toBeGreaterThan(0);
    expect(face.leaks).toEqual([]);
  });

  it("document every name, and give an example of every function", () => {
    expect(face.names.filter(({ summary }) => summary === "").map(({ name }) => name)).toEqual([]);
    const functions = face.names.filter(({ kind }) => kind === "function");
    expect(functions.length).toBeGreaterThan(0);
    expect(functions.filter(({ examples }) => examples.length === 0).map(({ name }) => name)).toEqual([]);
    expect(face.moduleExamples).toHaveLength(1);
  });
});

describe("readPublicFace", () => {
  function faceOf(files: Record<string, string>) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "glm-eval-face-"));
    try {
      for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
      return readPublicFace(path.join(folder, "index.d.ts"));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("finds what a signature hides, however deep, and what an unnamed type hides in turn", () => {
    const { leaks } = faceOf({
      "index.d.ts": 'export { open, type Shown } from "./inner.js";\n',
      "inner.d.ts": [
        "export declare class Hidden { private secret: Secret; go(): Deeper }",
        "interface Secret { a: 1 }",
        "interface Deeper { b: 2 }",
        "interface Base { c: 3 }",
        "export interface Shown extends Base { own: { nested: string } }",
        "export declare function open<T extends Shown>(of: T): Promise<Hidden[]>;",
        "export declare function unused(): Secret;",
      ].join("\n"),
    });
    expect(leaks.map(({ name, within }) => `${name} in ${within}`).sort()).toEqual([
      "Base in Shown",
      "Deeper in Hidden",
      "Hidden in open",
    ]);
  });

  it("reads summaries and examples", () => {
    const { names, moduleExamples } = faceOf({
      "index.d.ts": [
        "/**\n * The module.\n *\n * @example\n * first();\n * @module\n */",
        "/**\n * Says hello.\n *\n * @example\n * hello();\n */",
        "export declare function hello(): void;",
        "export interface Bare { a: 1 }",
      ].join("\n"),
    });
    expect(names).toEqual([
      { name: "hello", kind: "function", summary: "Says hello.", examples: ["hello();"] },
      { name: "Bare", kind: "type", summary: "", examples: [] },
    ]);
    expect(moduleExamples).toEqual(["first();\n"]);
  });
});
