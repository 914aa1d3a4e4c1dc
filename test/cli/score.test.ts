import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type GoldenModel, goldenModels } from "../scoring/golden.js";
import { expectDone, jsonLines, workspace } from "./command.js";

interface Line {
  readonly id: string | number;
  readonly answers: readonly {
    readonly answer: string;
    readonly token_ids: number[];
    readonly tokens: string[];
    readonly token_log_probs: number[];
    readonly is_greedy: boolean[];
    readonly closing: { readonly log_probs: readonly number[] };
    readonly score: number;
  }[];
}

const { path, run, start } = workspace();
const golden = (name: string): GoldenModel => goldenModels.find((model) => model.name === name)!;

/** Returns the golden questions in an order that is neither the original one nor that of their lengths. */
function shuffled(model: GoldenModel): { id: string; text: string; answers: readonly string[]; k: number }[] {
  const order = model.cases.map((_, k) => (k * 7 + 3) % model.cases.length);
  return order.map((k) => {
    const { text, answers } = model.cases[k]!;
    return { id: `question ${k}`, text, answers, k };
  });
}

const toLines = (questions: readonly object[]): string =>
  questions.map((question) => `${JSON.stringify(question)}\n`).join("");

describe.each(goldenModels)("score on $name", (model) => {
  it("gives the reference's numbers, line by line in input order", async () => {
    const questions = shuffled(model);
    expect(new Set(questions.map(({ k }) => k)).size).toBe(model.cases.length);
    const input = path(`${model.name}.jsonl`);
    const output = path(`${model.name}.scores.jsonl`);
    writeFileSync(input, toLines(questions));
    const args = ["--model", model.folder, "--gelu", model.gelu, "--input", input, "--output", output];
    expect(expectDone(await run(["score", ...args]))).toBe("");

    const lines = jsonLines<Line>(readFileSync(output, "utf8"));
    expect(lines.map(({ id }) => id)).toEqual(questions.map(({ id }) => id));
    let worst = 0;
    lines.forEach(({ answers }, n) => {
      const { k, answers: givenAnswers } = questions[n]!;
      const expected = model.cases[k]!;
      expect(answers.map(({ answer }) => answer)).toEqual(givenAnswers);
      expect(answers.map((a) => a.token_ids)).toEqual(expected.answers_ids);
      expect(answers.map((a) => a.is_greedy)).toEqual(expected.is_greedy);
      answers.forEach((answer, i) => {
        const found = [...answer.token_log_probs, ...answer.closing.log_probs];
        const wanted = [...expected.token_log_probs[i]!, expected.end_of_piece_log_probs[i]!];
        expect(found).toHaveLength(wanted.length);
        found.forEach((value, t) => {
          worst = Math.max(worst, Math.abs(value - wanted[t]!));
        });
      });
    });
    expect(worst).toBeLessThanOrEqual(1e-4);
  });
});

describe("score with the conventions of the protocol and the flags", () => {
  const model = golden("wordpiece-fp32");
  const questions = shuffled(model).slice(0, 6);
  const scored = async (...flags: string[]): Promise<Line[]> => {
    const args = ["score", "--model", model.folder, "--input", "-", "--output", "-", ...flags];
    return jsonLines<Line>(expectDone(await run(args, { input: toLines(questions) })));
  };

  it.each<[string, string[], boolean, "sum" | "mean"]>([
    ["the default, --protocol glm", [], true, "sum"],
    ["--protocol glm-hf", ["--protocol", "glm-hf"], false, "sum"],
    ["--end-of-piece no", ["--end-of-piece", "no"], false, "sum"],
    ["--protocol glm-hf --end-of-piece yes", ["--protocol", "glm-hf", "--end-of-piece", "yes"], true, "sum"],
    ["--normalization mean", ["--normalization", "mean"], true, "mean"],
    ["lm-eval's spelling of both", ["--end_of_piece=no", "--normalization", "mean"], false, "mean"],
  ])("%s", async (_, flags, endOfPiece, normalization) => {
    const lines = await scored(...flags);
    expect(lines).toHaveLength(questions.length);
    for (const answer of lines.flatMap(({ answers }) => answers)) {
      const terms = [...answer.token_log_probs, ...(endOfPiece ? answer.closing.log_probs : [])];
      const sum = terms.reduce((a, b) => a + b, 0);
      expect(answer.score).toBeCloseTo(normalization === "mean" ? sum / terms.length : sum, 10);
    }
  });

  it("--gelu and the protocol choose the activation", async () => {
    const [tanh, erf, hf] = await Promise.all([
      scored("--gelu", "tanh"),
      scored("--gelu", "erf"),
      scored("--protocol", "glm-hf", "--end-of-piece", "yes"),
    ]);
    expect(erf).not.toEqual(tanh);
    expect(hf).toEqual(erf);
  });
});

describe("score from stdin to stdout", () => {
  it("keeps ids unchanged, and accepts other keys, blank lines and a byte-order mark", async () => {
    const input = [
      '\uFEFF{"id": 7, "text": "w0005 [MASK]", "answers": ["w0006"], "label": 1}',
      "",
      '{"id": "a\u2028b", "text": "w0005\u2028[MASK]", "answers": ["w0006"]}\r',
    ].join("\n");
    const args = ["score", "--model", golden("wordpiece-fp32").folder, "-i", "-"];
    const lines = jsonLines<Line>(expectDone(await run(args, { input })));
    expect(lines.map(({ id }) => id)).toEqual([7, "a\u2028b"]);
  });

  it("ends silently when the reader of its results does", async () => {
    const { child, finished } = start(["score", "--model", golden("wordpiece-fp32").folder, "-i", "-"]);
    child.stdout.destroy();
    child.stdin.end(toLines(shuffled(golden("wordpiece-fp32"))));
    const { code, stderr } = await finished;
    expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
    expect(code).toBe(0);
  });
});

describe("score on the command line with the bundled model", () => {
  const paris = "Paris is the capital of [MASK].";

  it("prints a table: most probable first, probabilities that sum to one, tokens", async () => {
    const answers = 'France,Italy,"the Netherlands, a kingdom"';
    const stdout = expectDone(await run(["score", paris, "--answers", answers]));
    const [first, ...rest] = stdout.trimEnd().split("\n");
    expect(first).toBe(paris);
    expect(rest[0]).toMatch(/^answer +probability +score +tokens/);
    const rows = rest
      .filter((line) => /^(France|Italy|the Neth)/.test(line))
      .map((line) => line.split(/ {2,}/));
    expect(rows.map((cells) => cells[0]).sort()).toEqual(["France", "Italy", "the Netherlands, a kingdom"]);
    const probabilities = rows.map((cells) => Number(cells[1]));
    expect([...probabilities].sort((a, b) => b - a)).toEqual(probabilities);
    expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
    expect(rows.find((cells) => cells[0] === "Italy")![3]).toMatch(/italy \(-\d+\.\d\d\)/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test checks that there are none
    expect(stdout).not.toMatch(/\u001b/);
  });

  it("accepts several texts, repeated --answers, spaces after commas and doubled quotes", async () => {
    const args = [
      "score",
      paris,
      "Rome is the capital of [MASK].",
      "-a",
      'France, "Italy; or so"',
      "-a",
      '"a ""b"""',
    ];
    const lines = jsonLines<Line>(expectDone(await run([...args, "--json"])));
    expect(lines.map(({ id }) => id)).toEqual(["1", "2"]);
    for (const { answers } of lines)
      expect(answers.map(({ answer }) => answer)).toEqual(["France", "Italy; or so", 'a "b"']);
  });

  it("prints the same lines with --output - as with --json", async () => {
    const args = ["score", paris, "-a", "France,Italy"];
    const [json, dash] = await Promise.all([run([...args, "--json"]), run([...args, "--output", "-"])]);
    expect(expectDone(dash)).toBe(expectDone(json));
    expect(jsonLines<Line>(json.stdout)[0]!.answers[0]!.tokens).toEqual(["france"]);
  });

  it("differs only by rounding with --batch_size, --max-batch-tokens and --threads", async () => {
    const args = [
      "score",
      paris,
      "Rome is the capital of [MASK], they say.",
      "-a",
      "France,Italy,a town",
      "--json",
    ];
    const flags = ["--batch_size", "1", "--max-batch-tokens", "16", "--threads", "1"];
    const [plain, other] = await Promise.all([run(args), run([...args, ...flags])]);
    const numbers = (stdout: string) =>
      jsonLines<Line>(stdout).flatMap(({ answers }) =>
        answers.flatMap((a) => [...a.token_log_probs, a.score]),
      );
    const expected = numbers(expectDone(plain));
    numbers(expectDone(other)).forEach((value, k) => {
      expect(Math.abs(value - expected[k]!)).toBeLessThanOrEqual(1e-4);
    });
  });
});
