import { PROTOCOLS } from "../../src/options/index.js";
import type { RunRecord } from "../../src/runner/index.js";

/** Makes the record of a finished empty run, with the given properties replaced. */
export function aRecord(given: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 3,
    glmEval: "0.0.0",
    command: [],
    started: "2026-01-01T00:00:00.000Z",
    resumed: [],
    finished: "2026-01-01T01:00:00.000Z",
    interrupted: false,
    node: process.version,
    platform: process.platform,
    cpu: null,
    models: [{ name: "one", bundled: false }],
    baselineRuns: [],
    conventions: PROTOCOLS.glm,
    plan: { maxBatchTokens: 512 },
    threads: null,
    cache: false,
    tasks: [],
    suites: [],
    data: {
      root: "",
      split: "validation",
      limit: null,
      fewshot: null,
      onError: "stop",
      sample: false,
      files: [],
    },
    published: [],
    ...given,
  };
}
