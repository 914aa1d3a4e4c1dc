import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Tests of the library import it as its users do.
  resolve: {
    alias: [{ find: /^glm-eval$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) }],
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // ONNX Runtime is native code with threads of its own: one process a test file, two at a time.
    pool: "forks",
    maxWorkers: 2,
  },
});
