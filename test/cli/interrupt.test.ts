import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { onLinux } from "../platform.js";
import { expectDone, jsonLines, workspace } from "./command.js";

const { path, run, start } = workspace();
const journal = (): { id: string }[] => {
  if (!existsSync(path("stopped/journal.jsonl"))) return [];
  const text = readFileSync(path("stopped/journal.jsonl"), "utf8");
  return jsonLines(text.slice(0, text.lastIndexOf("\n") + 1));
};

it.runIf(onLinux)(
  "Ctrl-C keeps finished work, prints its folder and how to resume, and exits with 130",
  async () => {
    // Small batches of long texts on one thread leave time to interrupt.
    const flags = ["--tasks", "copa,multirc,rte", "--max-batch-tokens", "256", "--threads", "1"];
    const { child, finished } = start(["superglue", ...flags, "--output", "stopped"]);
    const watch = setInterval(() => {
      if (!journal().some(({ id }) => id.startsWith("multirc/"))) return;
      clearInterval(watch);
      child.kill("SIGINT");
    }, 20);
    const { code, stdout, stderr } = await finished;
    clearInterval(watch);

    expect(stderr).toContain("stopping after the batches in flight");
    const command = `glm-eval superglue ${flags.join(" ")} --output stopped --resume`;
    expect(stderr.endsWith(`interrupted; finished work is in stopped/\nto resume: ${command}\n`)).toBe(true);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(130);

    const { tasks } = JSON.parse(readFileSync(path("stopped/results.json"), "utf8"));
    expect(tasks).toMatchObject([{ task: "copa", status: "done", examples: 40 }]);
    expect(stdout).toMatch(/^COPA +Acc\. +\d/m);
    expect(stdout).not.toMatch(/^(MultiRC|RTE) /m);
    expect(readFileSync(path("stopped/results.csv"), "utf8")).toMatch(/,copa,p0,accuracy,/);
    expect(JSON.parse(readFileSync(path("stopped/run.json"), "utf8"))).toMatchObject({ interrupted: true });

    const ids = journal().map(({ id }) => id.split("/")[0]);
    expect(ids.filter((id) => id === "copa")).toHaveLength(40);
    const scored = ids.filter((id) => id === "multirc").length;
    expect(scored).toBeGreaterThan(0);
    expect(scored).toBeLessThan(148);
    expect(ids).not.toContain("rte");

    const words = command.split(" ").slice(1);
    expectDone(await run(words));
    const scoredIds = journal().map(({ id }) => id);
    expect(scoredIds).toHaveLength(40 + 148 + 36);
    expect(new Set(scoredIds).size).toBe(scoredIds.length);
  },
  120_000,
);
