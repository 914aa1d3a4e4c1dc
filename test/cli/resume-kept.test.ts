import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { onLinux } from "../platform.js";
import { outcomeOf } from "../runner/sittings.js";
import { expectDone, expectRefused, workspace } from "./command.js";

const { folder, path, run } = workspace();
const MODEL = fileURLToPath(new URL("../../data/models/glm-tiny", import.meta.url));
const GPT2 = fileURLToPath(new URL("../fixtures/exports/gpt2", import.meta.url));
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const ARGS = ["superglue", "--tasks", "copa,wsc", "--limit", "20", "--max-batch-tokens", "64", "--no-cache"];
const model = (): string => path("model");
const command = (): string[] => [...ARGS, "--model", model()];

beforeAll(async () => {
  cpSync(MODEL, model(), { recursive: true });
  expectDone(await run([...command(), "--output", "complete"]));
});

it.runIf(onLinux)("a run stops at the file size limit, keeps its scores and can be resumed", async () => {
  // The system's limit on file sizes (in blocks of 512 or 1024 bytes) causes EFBIG in the middle of a write.
  const home = path(".home");
  const { status, stdout, stderr } = spawnSync(
    "/bin/sh",
    ["-c", 'ulimit -f 16; exec "$0" "$@"', process.execPath, MAIN, ...command(), "--output", "full disk"],
    { cwd: folder, env: { PATH: "", HOME: home, GLM_EVAL_CACHE: `${home}/cache` }, encoding: "utf8" },
  );
  const outcome = { code: status, stdout, stderr };
  expectRefused(
    outcome,
    3,
    "full disk/journal.jsonl: the file exceeds the maximum file size of this system (write)",
  );
  expect(stderr).toMatch(/^to resume: glm-eval superglue .* --output 'full disk' --resume$/m);
  const journal = readFileSync(path("full disk/journal.jsonl"), "utf8");
  expect(journal.split("\n").length).toBeGreaterThan(5);
  expect(journal).not.toMatch(/\n$/);

  const resumed = await run([...command(), "--output", "full disk", "--resume"]);
  expectDone(resumed);
  expect(resumed.stderr).toMatch(/^journal\.jsonl: line \d+ damaged: ignored/m);
  expect(outcomeOf(path("full disk"))).toEqual(outcomeOf(path("complete")));
});

describe("a changed run resumes only if no score depends on the change", () => {
  beforeAll(() => {
    cpSync(path("complete"), path("half"), { recursive: true });
    truncateSync(path("half/journal.jsonl"), Math.floor(statSync(path("complete/journal.jsonl")).size / 2));
  });
  const resumed = (...more: string[]) => run([...command(), "--output", "half", "--resume", ...more]);
  const journal = () => readFileSync(path("half/journal.jsonl"));

  it("does not resume with other threads, another length, another protocol or an added model", async () => {
    const before = journal();
    expectRefused(await resumed("--threads", "1"), 2, "threads: found 1; expected none");
    expectRefused(await resumed("--max-length", "90"), 2, "max_length: found 90; expected ");
    expectRefused(await resumed("--protocol", "glm-hf"), 2, 'protocol: found "glm-hf"; expected "glm"');
    expectRefused(await resumed("--baseline", GPT2), 2, /baselines: found .*gpt2; expected none/);
    expect(journal()).toEqual(before);
  });

  it.each([
    ["weights", "model.safetensors", (text: string) => `${text.slice(0, -1)}\0`],
    ["tokenizer", "vocab.txt", (text: string) => text.replace(/\n[^\n]+\n?$/, "\nzzqx\n")],
  ])("not with %s of the same name that are others", async (what, name, change) => {
    const [file, before] = [path("model", name), journal()];
    const bytes = readFileSync(file);
    writeFileSync(file, change(bytes.toString("latin1")), "latin1");
    expectRefused(await resumed(), 3, `${what}_sha256: found`);
    writeFileSync(file, bytes);
    expect(journal()).toEqual(before);
  });

  it("resumes with the same files given differently", async () => {
    const outcome = await resumed("--json", "--published", "bert-large,t5-large");
    expect(expectDone(outcome)).toBe(readFileSync(path("complete/results.json"), "utf8"));
    expect(outcomeOf(path("half"))).toEqual(outcomeOf(path("complete")));
  });
});
