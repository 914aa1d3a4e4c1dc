import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * Tests that open ONNX sessions, start processes, a browser or a hub, or take seconds for another reason. All others are the
 * project "quick", whose setup fails a file that opens a session: no new file has to be named for `npm test` to run it.
 */
const SLOW = [
  "test/architecture.test.ts",
  "test/cli/*.test.ts",
  "test/library/**/*.test.ts",
  "test/models/{devices,export,onnx,sources}/**/*.test.ts",
  "test/models/checkpoint/{damage,streaming}.test.ts",
  "test/models/glm/{dtypes,formats,wide}.test.ts",
  "test/models/tokenizers/json-tokenizer.test.ts",
  "test/public-face/**/*.test.ts",
  "test/public-face.test.ts",
  "test/report/html/browser.test.ts",
  "test/report/submission.test.ts",
  "test/results/compare.test.ts",
  "test/runner/resume.test.ts",
  "test/runner/evaluate.test.ts",
  "test/runner/schedule/score-cache/**/*.test.ts",
  "test/scoring/*.test.ts",
  "test/tasks/safety.test.ts",
];

export default defineConfig({
  // Tests of the library import it as its users do.
  resolve: {
    alias: [{ find: /^glm-eval$/, replacement: fileURLToPath(new URL("src/index.ts", import.meta.url)) }],
  },
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Processes, as some tests change the current folder and the environment. A process keeps its modules from one file
    // to the next: loading them costs more than most files' tests.
    pool: "forks",
    isolate: false,
    maxWorkers: 2,
    coverage: {
      provider: "v8",
      include: ["src/**/*.{ts,js}"],
      // Scripts of the report's page, which run in the browser.
      exclude: ["src/report/html/page/**"],
      reporter: ["text-summary", "html"],
      // A floor, not an aim: raise it with what is measured.
      thresholds: { statements: 94, branches: 88, functions: 95, lines: 95 },
    },
    projects: [
      {
        extends: true,
        test: {
          name: "quick",
          include: ["test/**/*.test.ts"],
          exclude: SLOW,
          setupFiles: ["test/refuse-sessions.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: "slow", include: SLOW, sequence: { groupOrder: 1 } } },
    ],
  },
});
