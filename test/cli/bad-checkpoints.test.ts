import { copyFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { startHub } from "../fetch/hub/hub-server.js";
import { checkpointFixture, goldenFixture } from "../models/checkpoint/helpers.js";
import { asFloat32, copyWithoutWeights, edited, type Stored } from "./checkpoints.js";
import { expectDone, expectRefused, jsonLines, type Outcome, workspace } from "./command.js";

const { path, run } = workspace();
let count = 0;
const folder = (): string => path(`model-${count++}`);
const score = (model: string, ...more: string[]): Promise<Outcome> =>
  run(["score", "w0100 [MASK] w0101", "--answers", "w0200,w0201 w0202", "--model", model, ...more]);

const WEIGHT = "transformer.layers.1.mlp.dense_h_to_4h.weight";
const change = (name: string, how: (tensor: Stored) => Stored) => (tensors: Map<string, Stored>) =>
  void tensors.set(name, how(tensors.get(name)!));

describe("missing models", () => {
  it("a folder: suggests the nearest name", async () => {
    mkdirSync(path("glm-large"));
    expectRefused(
      await score("./glm-larg"),
      4,
      "no such folder: ./glm-larg",
      "Did you mean",
      path("glm-large"),
    );
  });

  it("a name that is invalid on any hub", async () => {
    expectRefused(
      await score("glm-2b"),
      4,
      '"glm-2b" is neither an existing folder',
      "Did you mean THUDM/glm-2b?",
    );
  });

  it("a file instead of a folder", async () => {
    expectRefused(await score(goldenFixture("README.md")), 4, "is a file; a model is a folder");
  });

  it("a name unknown to the hub", async () => {
    const hub = await startHub({});
    try {
      const outcome = await run(["score", "a [MASK]", "-a", "b", "--model", "THUDM/glm-2bb"], {
        env: { HF_ENDPOINT: hub.url },
      });
      expectRefused(outcome, 4, "has no model THUDM/glm-2bb", "Did you mean THUDM/glm-2b?");
    } finally {
      await hub.close();
    }
  });

  it("an unreachable hub", async () => {
    const port = await closedPort();
    const outcome = await run(["score", "a [MASK]", "-a", "b", "--model", "THUDM/glm-2b"], {
      env: { HF_ENDPOINT: `http://127.0.0.1:${port}` },
    });
    expectRefused(outcome, 4, "cannot download THUDM/glm-2b", "connection refused", "HF_ENDPOINT");
  });

  it("--offline with an empty cache", async () => {
    expectRefused(await score("THUDM/glm-2b", "--offline"), 4, "THUDM/glm-2b");
  });
});

describe("broken checkpoints", () => {
  it("a missing tensor", async () => {
    const model = edited(folder(), (tensors) => void tensors.delete(WEIGHT));
    expectRefused(await score(model), 3, `1 of 41 tensors missing: ${WEIGHT}`);
  });

  it("an extra tensor, which --allow-extra-tensors ignores", async () => {
    const extra = { dtype: "F16", shape: [2], bytes: new Uint8Array(4) };
    const model = edited(folder(), (tensors) => void tensors.set("classifier.weight", extra));
    expectRefused(
      await score(model),
      3,
      "a tensor that no GLM has: classifier.weight",
      "--allow-extra-tensors",
    );
    const without = await score(model, "--allow-extra-tensors", "--json");
    const original = await score(goldenFixture("wordpiece-fp16-safetensors"), "--json");
    expect(expectDone(without)).toBe(expectDone(original));
  });

  it("a tensor of the wrong shape", async () => {
    const turn = change(WEIGHT, (tensor) => ({ ...tensor, shape: [...tensor.shape].reverse() }));
    const model = edited(folder(), turn);
    expectRefused(await score(model), 3, `${WEIGHT} has shape [`, "expected [");
  });

  it("a truncated file", async () => {
    const model = edited(folder(), () => undefined);
    const file = join(model, "model.safetensors");
    truncateSync(file, readFileSync(file).length - 100);
    expectRefused(await score(model), 3, "model.safetensors");
  });

  it("a truncated pickle", async () => {
    const model = folder();
    copyWithoutWeights("wordpiece-fp32", model);
    const bytes = readFileSync(goldenFixture("wordpiece-fp32/pytorch_model.bin"));
    writeFileSync(join(model, "pytorch_model.bin"), bytes.subarray(0, bytes.length >> 1));
    expectRefused(await score(model), 3, "pytorch_model.bin");
  });

  it.each([
    ["no length", Buffer.from("abc")],
    ["no JSON", Buffer.concat([Buffer.from([5, 0, 0, 0, 0, 0, 0, 0]), Buffer.from("{abc}")])],
    ["a length beyond the file", Buffer.concat([Buffer.alloc(8, 255), Buffer.from("{}")])],
  ])("a safetensors header with %s", async (_, content) => {
    const model = folder();
    copyWithoutWeights("wordpiece-fp16-safetensors", model);
    writeFileSync(join(model, "model.safetensors"), content);
    expectRefused(await score(model), 3, "model.safetensors");
  });

  it.each(["hostile-global-zip", "hostile-legacy"])("%s: rejected, and no code in it runs", async (name) => {
    const model = folder();
    copyWithoutWeights("wordpiece-fp32", model);
    copyFileSync(checkpointFixture(`${name}/pytorch_model.bin`), join(model, "pytorch_model.bin"));
    expectRefused(await score(model), 3, 'the pickle names "posix.system"', "safetensors");
    expect(existsSync(path("was-run"))).toBe(false);
    expect(existsSync(join(model, "was-run"))).toBe(false);
  });

  it("NaN in the weights", async () => {
    const poison = change("transformer.final_layernorm.weight", (tensor) => {
      const bytes = Uint8Array.from(tensor.bytes);
      bytes.set([0x00, 0x7e], 6);
      return { ...tensor, bytes };
    });
    const model = edited(folder(), poison);
    expectRefused(await score(model), 3, "transformer.final_layernorm.weight", "NaN at element 3 of 64");
  });

  it("no weights at all", async () => {
    const model = folder();
    copyWithoutWeights("wordpiece-fp32", model);
    expectRefused(await score(model), 3, "holds no weights: looked for model.safetensors");
  });
});

describe("overflowing weights", () => {
  const huge = "transformer.final_layernorm.weight";

  it("everywhere: the first text is reported", async () => {
    const model = edited(
      folder(),
      change(huge, (tensor) => asFloat32(tensor, (values) => void values.fill(1e38))),
    );
    expectRefused(await score(model), 4, "the text: the model's log-probabilities are NaN or infinite");
    const outcome = await run([
      "superglue",
      "--tasks",
      "copa,rte",
      "--limit",
      "2",
      "--model",
      model,
      "-o",
      "nan",
    ]);
    expect(outcome.code).toBe(4);
    expect(outcome.stderr).toMatch(/copa: failed: copa\/p0\/\d.*NaN or infinite/);
    expect(outcome.stderr).toMatch(/rte: failed: rte\/p0\/\d/);
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  it("at one position: earlier texts keep their results", async () => {
    // One dimension of one position is far larger than all others, and makes one unit of an MLP overflow.
    const set = (name: string, how: (values: Float32Array, columns: number) => void) =>
      change(name, (tensor) => asFloat32(tensor, (values) => how(values, tensor.shape[1] ?? 1)));
    const changes = [
      set("transformer.position_embeddings.weight", (values, hidden) => values.set([1e4], 21 * hidden)),
      set("transformer.layers.0.mlp.dense_h_to_4h.weight", (values, hidden) => {
        values.fill(0, 0, hidden);
        values[0] = 2e37;
      }),
      set("transformer.layers.0.mlp.dense_h_to_4h.bias", (values) => values.set([-1.1e38])),
      set("transformer.layers.0.mlp.dense_4h_to_h.weight", (values, inner) => {
        for (let k = 0; k < values.length; k += inner) values[k] = (k / inner) % 2 === 0 ? 100 : -100;
      }),
    ];
    const model = edited(folder(), (tensors) => {
      for (const one of changes) one(tensors);
    });
    const texts = ["w0100 [MASK]", "w0101 [MASK]", `${"w0102 ".repeat(20)}[MASK]`, "w0103 [MASK]"];
    const input = texts
      .map((text, k) => `${JSON.stringify({ id: `q${k}`, text, answers: ["w0200"] })}\n`)
      .join("");
    const outcome = await run(["score", "--input", "-", "--model", model], { input });
    expectRefused(outcome, 4, "stdin:3 (q2): the model's log-probabilities are NaN or infinite");
    expect(jsonLines<{ id: string }>(outcome.stdout).map(({ id }) => id)).toEqual(["q0", "q1"]);
  });
});

describe("other architectures", () => {
  const withConfig = (config: string): string => {
    const model = folder();
    mkdirSync(model);
    writeFileSync(join(model, "config.json"), config);
    return model;
  };
  test.each([
    ["ChatGLM", { model_type: "chatglm", num_layers: 28 }, 'model_type is "chatglm"'],
    ["a mistyped one", { model_type: "bertt", vocab_size: 9 }, "Did you mean bert?"],
    ["one without a name", { hidden_size: 3 }, "model_type is missing"],
  ])("%s: lists the known ones", async (_, config, found) => {
    const outcome = await score(withConfig(JSON.stringify(config)));
    expectRefused(outcome, 4, "config.json", found);
    for (const known of ["infill: glm (blank infilling)", "masked: bert", "seq2seq: t5", "causal: gpt2"])
      expect(outcome.stderr).toContain(known);
  });

  const glm4 = { num_key_value_heads: 2, intermediate_size: 13696, head_dim: 128 };
  test.each<[string, Record<string, unknown>, ...string[]]>([
    ["BERT", { model_type: "bert" }],
    ["GLM-4", { model_type: "glm", ...glm4 }],
    ["GLM-4 0414", { model_type: "glm4", ...glm4 }],
    ["one that --family says how to read", { model_type: "new" }, "--family", "causal"],
  ])("%s without an export: says how to get one", async (_, config, ...flags) => {
    const model = withConfig(JSON.stringify({ ...config, vocab_size: 9 }));
    writeFileSync(join(model, "model.safetensors"), "");
    const outcome = await score(model, ...flags);
    expectRefused(
      outcome,
      4,
      "has model.safetensors but no ONNX export",
      "optimum-cli export onnx",
      "Xenova/",
    );
  });

  it("a classifier", async () => {
    const config = { model_type: "bert", vocab_size: 9, architectures: ["BertForSequenceClassification"] };
    expectRefused(await score(withConfig(JSON.stringify(config))), 4, "BertForSequenceClassification");
  });

  it("an invalid config.json", async () => {
    expectRefused(await score(withConfig('{"model_type": "glm",')), 3, "config.json is not JSON");
  });

  it("a folder without config.json", async () => {
    const model = folder();
    mkdirSync(model);
    expectRefused(await score(model), 4, "has no config.json");
  });
});

/** Returns a loopback port on which no process listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
