import { expect, it } from "vitest";
import { didYouMean } from "../src/errors.js";
import { describeHiddenDifference, looksLike } from "../src/look-alike.js";

it.each([
  ["caf\u00e9", "cafe\u0301", "the first has U+00E9, the second U+0065 U+0301"],
  ["good", "go\u200bod", "the first has nothing, the second U+200B"],
  ["a b", "a\u00a0b", "the first has U+0020, the second U+00A0"],
])("%j and %j look alike", (one, other, difference) => {
  expect(looksLike(one, other)).toBe(true);
  expect(describeHiddenDifference(one, other)).toBe(difference);
  expect(didYouMean(one, ["x", other], "columns")).toBe(
    `Did you mean "${other}"? They look alike: ${difference}. The columns are: x, ${other}`,
  );
});

it.each([
  ["a", "a"],
  ["a", "b"],
  ["1", "\u2460"],
])("%j and %j do not", (one, other) => {
  expect(describeHiddenDifference(one, other)).toBeUndefined();
});
