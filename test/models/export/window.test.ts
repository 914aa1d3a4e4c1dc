import { expect, it } from "vitest";
import { parseExportConfig } from "../../../src/models/export/config.js";

const windowOf = (fields: Record<string, unknown>) =>
  parseExportConfig({ model_type: "mistral", vocab_size: 10, ...fields }, "config.json").window;

it("reads how far a model's layers look back under the names that model types give it", () => {
  expect(windowOf({ sliding_window: 4096 })).toBe(4096);
  expect(windowOf({ model_type: "gpt_neo", window_size: 256 })).toBe(256);
  expect(windowOf({ model_type: "qwen2", sliding_window: 32768, use_sliding_window: false })).toBeUndefined();
  expect(windowOf({ sliding_window: null })).toBeUndefined();
  expect(windowOf({})).toBeUndefined();
});
