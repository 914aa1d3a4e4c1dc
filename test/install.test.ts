import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

interface Lock {
  readonly packages: Record<string, { readonly hasInstallScript?: boolean }>;
}

/**
 * onnxruntime-node's install script downloads a CUDA library (hundreds of MB) from outside the npm registry. The CPU does
 * not need it, and `glm-eval setup cuda` runs the script for those who do.
 */
describe("`npm ci` and `npm install` of this repository do not run onnxruntime-node's install script", () => {
  it("with npm 11, which reads allowScripts in package.json", () => {
    const { allowScripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      allowScripts: Record<string, boolean>;
    };
    expect(allowScripts["onnxruntime-node"]).toBe(false);
  });

  it("with npm 10, which runs the scripts of packages with hasInstallScript in package-lock.json", () => {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
    const entry = packages["node_modules/onnxruntime-node"];
    expect(entry).toBeDefined();
    // npm writes the line again when onnxruntime-node is updated: remove it manually then.
    expect(entry).not.toHaveProperty("hasInstallScript");
  });
});
