import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { PROTOCOLS } from "../src/options/index.js";
import { formatRunRecord, RunFolder, type RunRecord } from "../src/runner/index.js";
import { peakMemory } from "./conversion.js";
import { removeScratch, scratchFolder } from "./scratch.js";
import { generator } from "./seeded.js";
import type { Bench } from "./table.js";

const EXAMPLES = 50_000;
/** Examples in the page that is opened. */
const SHOWN = 10_000;
const MOST_OPENING_SECONDS = 2;
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const MODELS = ["one", "two", "three"];
const MOST_BYTES = 1.5e9;
const MOST_SECONDS = 20;
/** Examples written to the journal at once. */
const PIECE = 1000;

/** Judges a finished run of three models over 50,000 examples again, and reports it as a table and as a page. */
export const judging: Bench = {
  name: "judging",
  async *run() {
    const scratch = await scratchFolder();
    try {
      const run = path.join(scratch, "run");
      const judged = path.join(scratch, "judged");
      await writeRun(run, EXAMPLES);
      const commands = [
        ["judge", run, "--output", judged],
        ["report", judged, "--format", "text", "--output", path.join(scratch, "report.txt")],
        ["report", judged, "--format", "html", "--output", path.join(scratch, "report.html")],
      ];
      for (const command of commands) {
        const start = performance.now();
        const bytes = await peakMemory(command, scratch);
        const seconds = (performance.now() - start) / 1000;
        const [name, , flag, value] = command;
        yield {
          bench: "judging",
          what: `${name}${flag === "--format" ? ` ${flag} ${value}` : ""}: ${EXAMPLES} examples, ${MODELS.length} models`,
          result: `**${seconds.toFixed(1)} s, ${(bytes / 1e6).toFixed(0)} MB**`,
          rounds: 1,
          aim: `≤ ${MOST_SECONDS} s, ≤ ${MOST_BYTES / 1e6} MB`,
          reached: seconds <= MOST_SECONDS && bytes <= MOST_BYTES,
        };
      }
      if (!existsSync(CHROMIUM)) return;
      const [few, judgedFew, page] = ["few", "judged few", "few.html"].map((name) =>
        path.join(scratch, name),
      );
      await writeRun(few!, SHOWN);
      await peakMemory(["judge", few!, "--output", judgedFew!], scratch);
      await peakMemory(["report", judgedFew!, "--format", "html", "--output", page!], scratch);
      const opened = await opening(page!);
      yield {
        bench: "judging",
        what: `a page of ${SHOWN} examples, ${MODELS.length} models, until Chromium has loaded it`,
        result: `**${opened.toFixed(1)} s**`,
        rounds: 1,
        aim: `≤ ${MOST_OPENING_SECONDS} s`,
        reached: opened <= MOST_OPENING_SECONDS,
      };
    } finally {
      await removeScratch(scratch);
    }
  },
};

/** Seconds until a page's load event has ended. */
async function opening(file: string): Promise<number> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(pathToFileURL(file).href);
    const milliseconds: number = await page.evaluate(
      "performance.getEntriesByType('navigation')[0].loadEventEnd",
    );
    return milliseconds / 1000;
  } finally {
    await browser.close();
  }
}

/** A finished run as the runner writes it, with random scores for two answers. */
async function writeRun(folder: string, examples: number): Promise<void> {
  const run = await RunFolder.create(folder);
  const random = generator(7);
  const labels = ["no", "yes"];
  const text = "A passage of some length stands here, as long as those of a data set are. ".repeat(6);
  const closing = { tokenIds: [2], logProbs: [-1.5], isGreedy: [false] };
  try {
    await run.write("run.json", formatRunRecord(record()));
    await run.appendQuestions(
      "many",
      Array.from({ length: examples }, (_, k) => ({
        id: `many/p0/${k}`,
        pattern: "p0",
        example: String(k),
        text: `${text}Question ${k}? [MASK].`,
        answerKind: "words" as const,
        answers: labels.map((label) => ({ text: ` ${label}`, label })),
        label: labels[random() < 0.5 ? 0 : 1]!,
      })),
    );
    for (const model of MODELS)
      for (let from = 0; from < examples; from += PIECE)
        await run.append(
          model,
          Array.from({ length: PIECE }, (_, k) => ({
            id: `many/p0/${from + k}`,
            answers: labels.map((label, n) => ({
              tokenIds: [n],
              tokens: [label],
              tokenLogProbs: [-5 * random()],
              isGreedy: [false],
              closing,
            })),
            cut: 0,
          })),
        );
  } finally {
    await run.close();
  }
}

function record(): RunRecord {
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
    models: MODELS.map((name) => ({
      name,
      bundled: false,
      family: "infill" as const,
      weightsSha256: name,
      notes: [],
    })),
    baselineRuns: [],
    conventions: PROTOCOLS.glm,
    plan: { maxBatchTokens: 512 },
    threads: null,
    cache: false,
    tasks: [
      {
        name: "many",
        title: "Many examples",
        file: "many.yaml",
        sha256: "",
        labels: ["no", "yes"],
        metrics: [{ name: "accuracy" }, { name: "f1_macro" }],
        defaultPattern: "p0",
        patterns: [{ id: "p0", decision: "best", normalization: "sum" }],
        status: "ready",
      },
    ],
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
  };
}
