import fc from "fast-check";
import { expect, it } from "vitest";
import { camelKeys, snakeKeys } from "../src/json.js";

it("keys become snake_case, and values are unchanged", () => {
  const inCode = {
    tokenLogProbs: [-1, -2],
    isGreedy: [true],
    answers: [{ tokenLogProbs: null, text: "aB" }],
  };
  const inFile = {
    token_log_probs: [-1, -2],
    is_greedy: [true],
    answers: [{ token_log_probs: null, text: "aB" }],
  };
  expect(snakeKeys(inCode)).toEqual(inFile);
  expect(camelKeys(inFile)).toEqual(inCode);
});

it("any object survives a round trip", () => {
  const key = fc.stringMatching(/^[a-z]+([A-Z][a-z]+)*$/);
  fc.assert(
    fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 0 })), (value) => {
      expect(camelKeys(snakeKeys({ ...value, list: [value] }))).toEqual({ ...value, list: [value] });
    }),
  );
});
