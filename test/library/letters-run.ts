import { type RunOutcome, run } from "glm-eval";
import { loadLetters } from "./letters-model.js";

export function runLetters(output: string): Promise<RunOutcome> {
  return run({ tasks: ["copa"], model: "letters", output, cache: false }, { load: loadLetters });
}
