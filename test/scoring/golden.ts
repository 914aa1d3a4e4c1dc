import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One golden question, with the PyTorch reference's float32 results. */
export interface GoldenCase {
  readonly text: string;
  readonly answers: readonly string[];
  readonly context_ids: readonly number[];
  readonly answers_ids: readonly (readonly number[])[];
  readonly token_log_probs: readonly (readonly number[])[];
  readonly end_of_piece_log_probs: readonly number[];
  readonly is_greedy: readonly (readonly boolean[])[];
}

export interface GoldenModel {
  readonly name: string;
  readonly folder: string;
  readonly gelu: "erf" | "tanh";
  readonly cases: readonly GoldenCase[];
}

const root = fileURLToPath(new URL("../fixtures/golden", import.meta.url));

/** The random checkpoints in every weight format, with the reference's results. */
export const goldenModels: readonly GoldenModel[] = readdirSync(root)
  .filter((name) => existsSync(`${root}/${name}/cases.json`))
  .map((name) => {
    const folder = `${root}/${name}`;
    const { gelu, cases } = JSON.parse(readFileSync(`${folder}/cases.json`, "utf8"));
    return { name, folder, gelu, cases };
  });
