import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GlmEvalError } from "../../../src/errors.js";
import { parseGlmConfig } from "../../../src/models/glm/glm-config.js";
import { countGlmParameters, ensureConverted, readConfig } from "../../../src/models/glm/index.js";

const golden = path.resolve("test/fixtures/golden");
let work: string;
beforeEach(() => {
  work = mkdtempSync(path.join(os.tmpdir(), "glm-eval-test-"));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

function copyFixture(name: string): string {
  const folder = path.join(work, name);
  cpSync(path.join(golden, name), folder, { recursive: true });
  return folder;
}

async function refusal(promise: Promise<unknown>): Promise<GlmEvalError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(GlmEvalError);
  return error as GlmEvalError;
}

describe("ensureConverted", () => {
  it("converts once, and again only if the weights changed", async () => {
    const folder = copyFixture("wordpiece-fp16-safetensors");
    const config = await readConfig(folder);
    const cache = path.join(work, "cache");
    const first = await ensureConverted(folder, config, { cacheFolder: cache });
    expect(first.converted).toBe(true);
    expect((await ensureConverted(folder, config, { cacheFolder: cache })).converted).toBe(false);

    const file = path.join(folder, "model.safetensors");
    const bytes = readFileSync(file);
    bytes[bytes.length - 2]! ^= 1;
    writeFileSync(file, bytes);
    const changed = await ensureConverted(folder, config, { cacheFolder: cache });
    expect(changed.converted).toBe(true);
    expect(changed.folder).not.toBe(first.folder);
    expect(changed.weights).not.toBe(first.weights);
  });

  it("uses the same folder for the same weights, wherever they are", async () => {
    const cache = path.join(work, "cache");
    const a = path.join(golden, "wordpiece-fp32");
    const b = copyFixture("wordpiece-fp32");
    const config = await readConfig(a);
    const first = await ensureConverted(a, config, { cacheFolder: cache });
    expect(await ensureConverted(b, config, { cacheFolder: cache })).toEqual({ ...first, converted: false });
  });

  it("removes the remains of a killed conversion", async () => {
    const folder = path.join(golden, "wordpiece-fp32");
    const config = await readConfig(folder);
    const cache = path.join(work, "cache");
    const { folder: target } = await ensureConverted(folder, config, { cacheFolder: cache });
    const abandoned = `${target}.999999999.partial`;
    mkdirSync(abandoned);
    rmSync(target, { recursive: true });
    expect((await ensureConverted(folder, config, { cacheFolder: cache })).converted).toBe(true);
    expect(existsSync(abandoned)).toBe(false);
    expect(readdirSync(path.dirname(target))).toEqual([path.basename(target)]);
  });

  it("replaces a converted folder with a truncated data file", async () => {
    const folder = path.join(golden, "wordpiece-fp32");
    const config = await readConfig(folder);
    const cache = path.join(work, "cache");
    const { folder: target } = await ensureConverted(folder, config, { cacheFolder: cache });
    const data = path.join(target, "weights.bin");
    const whole = readFileSync(data);
    writeFileSync(data, whole.subarray(0, 1000));
    expect((await ensureConverted(folder, config, { cacheFolder: cache })).converted).toBe(true);
    expect(readFileSync(data).equals(whole)).toBe(true);
  });

  it("names tensors that are missing, extra or of the wrong shape", async () => {
    const folder = path.join(golden, "wordpiece-fp32");
    const config = await readConfig(folder);
    const cache = path.join(work, "cache");
    const deeper = { ...config, layers: config.layers + 1 };
    const missing = await refusal(ensureConverted(folder, deeper, { cacheFolder: cache }));
    expect(missing.message).toMatch(
      /12 of \d+ tensors missing: transformer\.layers\.\d+\.input_layernorm\.weight/,
    );
    const wider = { ...config, maxLength: config.maxLength + 1 };
    const shape = await refusal(ensureConverted(folder, wider, { cacheFolder: cache }));
    expect(shape.message).toMatch(
      /transformer\.position_embeddings\.weight has shape \[\d+, \d+\], expected \[\d+, \d+\]/,
    );
    const shallower = { ...config, layers: config.layers - 1 };
    const extra = await refusal(ensureConverted(folder, shallower, { cacheFolder: cache }));
    expect(extra.message).toContain("12 tensors that no GLM has");
    expect(extra.hint).toContain("--allow-extra-tensors");
    const allowed = await ensureConverted(folder, shallower, { cacheFolder: cache, allowExtraTensors: true });
    expect(allowed.converted).toBe(true);
    expect([missing, shape, extra].map(({ kind }) => kind)).toEqual(["data", "data", "data"]);
  });
});

describe("parseGlmConfig", () => {
  const good = {
    model_type: "glm",
    num_layers: 2,
    hidden_size: 8,
    num_attention_heads: 2,
    vocab_size: 16,
    max_sequence_length: 4,
  };
  const refused = (change: object): GlmEvalError => {
    try {
      parseGlmConfig({ ...good, ...change }, "config.json");
    } catch (error) {
      return error as GlmEvalError;
    }
    throw new Error("not refused");
  };

  it("reads the shape, and counts parameters as V·h + 2(L+1)·h + N(12h² + 13h) + 2h", () => {
    const config = parseGlmConfig(good, "config.json");
    expect(config).toEqual({ layers: 2, hidden: 8, heads: 2, vocabSize: 16, maxLength: 4 });
    expect(countGlmParameters(config)).toBe(16 * 8 + 2 * 5 * 8 + 2 * (12 * 64 + 13 * 8) + 2 * 8);
  });

  it("counts the published models' parameters", () => {
    const large = { layers: 24, hidden: 1024, heads: 16, vocabSize: 50304, maxLength: 512 };
    expect(countGlmParameters(large) / 1e6).toBeCloseTo(354.87, 2);
    const ten = { layers: 48, hidden: 4096, heads: 64, vocabSize: 50304, maxLength: 1024 };
    expect(countGlmParameters(ten) / 1e6).toBeCloseTo(9880.7, 1);
  });

  it("uses the activation if config.json states it", () => {
    expect(parseGlmConfig({ ...good, hidden_act: "gelu" }, "c").gelu).toBe("erf");
    expect(parseGlmConfig({ ...good, hidden_act: "gelu_new" }, "c").gelu).toBe("tanh");
  });

  it("refuses other architectures and names the supported one", () => {
    expect(refused({ model_type: "bert" }).message).toMatch(
      /model_type is "bert"; the supported architecture is "glm"/,
    );
    expect(refused({ model_type: undefined }).message).toContain("missing");
    expect(refused({ num_key_value_heads: 2 }).message).toContain("GLM-4");
    expect(refused({ relative_encoding: true }).kind).toBe("model");
  });

  it("refuses invalid configs and names the field", () => {
    expect(refused({ num_layers: "two" })).toMatchObject({ kind: "data" });
    expect(refused({ num_layers: "two" }).message).toContain("num_layers");
    expect(refused({ num_attention_heads: 3 }).message).toContain("not a multiple");
  });
});
