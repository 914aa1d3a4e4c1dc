import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { onLinux } from "../platform.js";
import { expectDone, expectRefused, workspace } from "./command.js";

const { path, run, folder } = workspace();
const read = (name: string): string => readFileSync(path(name), "utf8");
const create = (...args: string[]) => run(["tasks", "new", ...args]);

beforeAll(() => {
  mkdirSync(path("data"));
  writeFileSync(
    path("data/reviews.csv"),
    'text,mood\n"Long: a #1 read, really",yes\nDull.,no\nFine.,yes\nWeak.,no\n',
  );
  const rows = [
    { question: "Which town lies at the sea?", towns: ["Rostock", "Kassel"], right: "Rostock", ok: true },
    { question: "Which town lies on a river?", towns: ["Basel", "Marfa"], right: "Basel", ok: false },
  ];
  writeFileSync(path("data/towns.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
  writeFileSync(path("data/empty.jsonl"), "");
  const odd = [
    { text: "a", label: "null" },
    { text: "b", label: 'it\'s: "#1"' },
    { text: "c", label: "ja – nein" },
  ];
  writeFileSync(path("data/odd.jsonl"), odd.map((row) => JSON.stringify(row)).join("\n"));
  const many = Array.from({ length: 60 }, (_, k) => ({ text: `t${k}`, label: `label ${k}` }));
  writeFileSync(path("data/many.jsonl"), many.map((row) => JSON.stringify(row)).join("\n"));
});

describe("tasks new, by flags", () => {
  it("writes a valid commented file that can be run", async () => {
    const flags = [
      "--label",
      "mood",
      "--text",
      '"{{ text | shorten }}" It was [MASK].',
      "--word",
      "yes=good,great",
    ];
    const stdout = expectDone(await create("mood.yaml", "--from", "data/reviews.csv", ...flags));
    expect(stdout).toBe("mood.yaml: ok: 4 examples, 1 pattern, labels yes 2 / no 2\n");
    const text = read("mood.yaml");
    expect(text).toMatch(/^# yaml-language-server: \$schema=https:\/\/\S+\/schema\/task\.schema\.json\n/);
    expect(text).toMatch(
      /^ +# .*\{\{ … \}\} inserts a column \(text, mood\);\n +# \| shorten marks text that may be cut/m,
    );
    expect(parse(text)).toEqual({
      task: "mood",
      title: "mood",
      data: { validation: "data/reviews.csv" },
      label: "mood",
      labels: ["yes", "no"],
      metrics: ["accuracy"],
      patterns: [
        {
          id: "p0",
          text: '"{{ text | shorten }}" It was [MASK].',
          verbalizer: { yes: ["good", "great"], no: "no" },
        },
      ],
    });
    expect(expectDone(await run(["run", "mood.yaml", "--output", "asked"]))).toMatch(/^mood +Acc\. /m);
  });

  it("judges the answers of a list column by their text", async () => {
    const flags = ["--answers-from", "towns", "--label", "right", "--text", "{{ question }} [MASK]."];
    expectDone(
      await create("sub.yaml", "--from", "data/towns.jsonl", "--id", "towns", "--title", "Towns", ...flags),
    );
    expect(parse(read("sub.yaml"))).toMatchObject({
      task: "towns",
      title: "Towns",
      label: "right",
      metrics: ["exact_match"],
      patterns: [{ answers_from: "towns" }],
    });
    expect(parse(read("sub.yaml"))).not.toHaveProperty("labels");
  });

  it("quotes labels that YAML would read as another type; accepts booleans and numbers", async () => {
    expectDone(
      await create("odd.yaml", "--from", "data/odd.jsonl", "--label", "label", "--text", "{{ text }} [MASK]"),
    );
    expect(parse(read("odd.yaml")).labels).toEqual(["null", 'it\'s: "#1"', "ja – nein"]);
    const flags = [
      "--label",
      "ok",
      "--text",
      "{{ question }} [MASK]",
      "--word",
      "true=Yes",
      "--word",
      "false=No",
    ];
    const stdout = expectDone(await create("truth.yaml", "--from", "data/towns.jsonl", ...flags));
    expect(stdout).toContain("labels false 1 / true 1");
  });

  it("writes paths relative to the task file", async () => {
    mkdirSync(path("deep/er"), { recursive: true });
    const flags = ["--label", "mood", "--text", "{{ text }} [MASK]"];
    expectDone(await create("deep/er/mood.yaml", "--from", "data/reviews.csv", ...flags));
    expect(parse(read("deep/er/mood.yaml")).data).toEqual({ validation: "../../data/reviews.csv" });
  });

  it("reports what it detected in a file without a header, which flags override", async () => {
    writeFileSync(path("data/plain.txt"), 'good\tA "calm" film\nbad\tThe end\ngood\t"Fine\n');
    const flags = ["--from", "data/plain.txt", "--label", "column1", "--text", "{{ column2 }} [MASK]"];
    const outcome = await create("plain.yaml", ...flags);
    expect(expectDone(outcome)).toContain("3 examples, 1 pattern, labels good 2 / bad 1");
    expect(outcome.stderr).toContain("detected format tsv; no quote character; no header row");
    expect(parse(read("plain.yaml")).data).toEqual({
      validation: "data/plain.txt",
      reader: "tsv",
      header: ["column1", "column2"],
      quote: "",
    });
    const named = ["--header", "mood,text", "--label", "mood", "--text", "{{ text }} [MASK]"];
    expectDone(await create("named.yaml", "--from", "data/plain.txt", ...named));
    expect(parse(read("named.yaml")).data.header).toEqual(["mood", "text"]);
  });

  const label = ["--label", "mood", "--text", "{{ text }} [MASK]"];
  it.each<[string, string[], number, string[]]>([
    [
      "too few flags",
      ["--from", "data/reviews.csv"],
      2,
      ["--text and one of --label", "mood (text, 2 different)", "--label mood"],
    ],
    [
      "a missing data file",
      ["--from", "data/reviws.csv", ...label],
      3,
      ["--from data/reviws.csv: no such file", "Did you mean data/reviews.csv?"],
    ],
    ["no data", ["--from", "data/empty.jsonl", ...label], 3, ["found no rows"]],
    [
      "a mistyped column",
      ["--from", "data/reviews.csv", "--label", "moood", "--text", "[MASK]"],
      2,
      ['Did you mean "mood"'],
    ],
    [
      "a word for an unknown label",
      ["--from", "data/reviews.csv", ...label, "--word", "yess=good"],
      2,
      ["--word yess=good", 'Did you mean "yes"'],
    ],
    [
      "free text for labels",
      ["--from", "data/many.jsonl", "--label", "label", "--text", "{{ text }} [MASK]"],
      2,
      ["more than 50 different values", "--answers-from"],
    ],
  ])("rejects %s, and writes nothing", async (_, flags, code, parts) => {
    expectRefused(await create("never.yaml", ...flags), code, ...parts);
    expect(existsSync(path("never.yaml"))).toBe(false);
  });

  it("replaces a file only with --force", async () => {
    writeFileSync(path("mine.yaml"), "mine");
    const flags = ["mine.yaml", "--from", "data/reviews.csv", ...label];
    expectRefused(await create(...flags), 2, "mine.yaml already exists", "--force");
    // Even if something else is missing: this is reported before any prompt.
    expectRefused(await create("mine.yaml", "--from", "nowhere.csv"), 2, "mine.yaml already exists");
    expect(read("mine.yaml")).toBe("mine");
    expectDone(await create(...flags, "--force"));
  });

  it("writes an invalid pattern, and reports it", async () => {
    const outcome = await create(
      "bad.yaml",
      "--from",
      "data/reviews.csv",
      "--label",
      "mood",
      "--text",
      "{{ txt }}",
    );
    expectRefused(
      { ...outcome, stderr: outcome.stderr.replace(/^written.*\n/, "") },
      3,
      "was written, but has errors",
    );
  });
});

describe.runIf(onLinux)("tasks new, at a terminal", () => {
  /** Runs it at a pseudo-terminal, and answers each prompt in `answers` with its keys. */
  async function talk(
    name: string,
    answers: Readonly<Record<string, string>>,
  ): Promise<{ code: number | null; text: string }> {
    const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
    // A pseudo-terminal has no width by default.
    const command = `stty cols 100 rows 40; exec "${process.execPath}" "${main}" tasks new ${name} --from data/reviews.csv`;
    const child = spawn("script", ["-qec", command, "/dev/null"], {
      cwd: folder,
      stdio: ["pipe", "pipe", "inherit"],
    });
    let text = "";
    const answered = new Set<string>();
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      for (const [question, keys] of Object.entries(answers)) {
        if (answered.has(question) || !text.includes(question)) continue;
        answered.add(question);
        child.stdin.write(keys);
      }
    });
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, text };
  }

  it("suggests answers from the data", async () => {
    const { code, text } = await talk("asked.yaml", {
      "Which column has the gold label?": "\r",
      "What is the pattern?": "\r",
      'fills the blank for "yes"': "\r",
      'fills the blank for "no"': "pe\r",
    });
    expect(text).toContain("yes 2, no 2");
    expect(code).toBe(0);
    expect(parse(read("asked.yaml"))).toMatchObject({
      label: "mood",
      patterns: [{ text: "{{ text | shorten }} Answer: [MASK].", verbalizer: { yes: "yes", no: "nope" } }],
    });
  });

  it("writes nothing after Ctrl-C", async () => {
    const { code, text } = await talk("left.yaml", { "Which column has the gold label?": "\u0003" });
    expect(text).toContain("Nothing was written.");
    expect(code).toBe(130);
    expect(existsSync(path("left.yaml"))).toBe(false);
  });
});
